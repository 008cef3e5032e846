import type { ReportType } from './report.js';

/** A row of upstream's usage log: a report that was requested of upstream, as upstream recorded it. */
export interface UsageLogRow {
  /** Upstream's REPORTID, which is not a report id of this server. Null: the row has none. */
  readonly upstreamReportId: string | null;
  /** When upstream recorded it. Null: the row does not say. */
  readonly recordedAt: Date | null;
  /** Null: the row does not say, or names a type that is not known here. */
  readonly type: ReportType | null;
  /** Whether it was delivered; only then is it billed. Null: the row does not say. */
  readonly successful: boolean | null;
}
