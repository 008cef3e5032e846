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

/** What the latest read of the usage log says of a purchase of which it does not tell what came of it. */
export interface UsageLogEvidence {
  readonly readAt: Date;
  /** When the newest of this server's purchases of that time in it was recorded. Null: there is none. */
  readonly newestAt: Date | null;
  /** How many other purchases of this server of the half hours before and after it upstream is known to have accepted. */
  readonly accepted: number;
  /** How many of those the log has. */
  readonly inLog: number;
}
