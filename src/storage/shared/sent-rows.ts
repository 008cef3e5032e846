import type { LogEvidence, SentOutcome, SentPlace, PurchaseRecord } from '../../datasources/reports/sent-purchases.js';
import type { ReportType } from '../../model/report.js';

/** A row of `purchases`; PostgreSQL's driver returns large numbers as text. */
export interface SentRow {
  readonly purchase_id: string;
  readonly type: string;
  readonly report_id: string;
  readonly sent_at: number | string;
  readonly request: string;
  readonly client: string | null;
  readonly day: string | null;
  readonly outcome: string | null;
  readonly upstream_report_id: string | null;
  readonly look_at: number | string | null;
  readonly evidence: string | null;
}

export function purchaseRecordOf(row: SentRow): PurchaseRecord {
  const { client, day } = row;
  return {
    purchaseId: row.purchase_id,
    type: row.type as ReportType,
    reportId: row.report_id,
    sentAt: Number(row.sent_at),
    request: row.request,
    charge: client === null || day === null ? null : { client, day },
    outcome: row.outcome as SentOutcome | null,
    upstreamReportId: row.upstream_report_id,
    lookAt: row.look_at === null ? null : Number(row.look_at),
    evidence: row.evidence === null ? null : evidenceIn(row.evidence),
  };
}

/** It is for people to see; one that cannot be read is made again. */
function evidenceIn(text: string): LogEvidence | null {
  try {
    return JSON.parse(text) as LogEvidence | null;
  } catch {
    return null;
  }
}

export const OUTCOMES: readonly SentOutcome[] = ['accepted', 'refused', 'not-accepted', 'uncertain', 'found', 'absent'];

/** Before all others. */
export const FIRST_PLACE: Omit<SentPlace, 'type'> & { readonly type: string } = {
  sentAt: Number.MIN_SAFE_INTEGER,
  purchaseId: '',
  type: '',
};
