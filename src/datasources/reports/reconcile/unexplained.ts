import type { ReportType } from '../../../model/report.js';
import { EARLIEST_MS, LATEST_MS } from './match.js';

/**
 * A row of upstream's usage log that no purchase of ours explains, as one whose request is written in another way or cannot be
 * read. It decides nothing, but a purchase that it may be is not absent. Pure.
 */
export interface Unexplained {
  /** Null: it is not known. */
  readonly type: ReportType | null;
  /** Epoch ms; null: it is not known. */
  readonly recordedAt: number | null;
}

/** Whether one of these rows may be the purchase. */
export function mayBeAmong(
  rows: readonly Unexplained[],
  { type, sentAt }: { readonly type: ReportType; readonly sentAt: number },
): boolean {
  return rows.some((row) => {
    if (row.type !== null && row.type !== type) return false;
    const after = row.recordedAt === null ? 0 : row.recordedAt - sentAt;
    return after >= EARLIEST_MS && after <= LATEST_MS;
  });
}
