import { differenceCursor, type DifferencePlace, type UsageDifference } from '../../../model/usage-audit.js';
import type { ReportKey } from '../../../model/report.js';
import { readSentRequest } from '../../jobalyzer/sent-request.js';
import type { Ledger } from '../ports.js';
import type { BillComparison, BillDifference } from './bill.js';
import { compareText, type BilledPurchase, type BilledRow } from './bill-rows.js';

/** A part of the differences of a month. */
export interface DifferencePage {
  readonly differences: readonly { readonly cursor: string; readonly difference: UsageDifference }[];
  /** How many there are in all. */
  readonly total: number;
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

/** At most `most` differences after a place; null: from the beginning. Throws STORE_UNAVAILABLE. */
export async function differencePage(
  ledger: Pick<Ledger, 'read' | 'purchases'>,
  { differences }: BillComparison,
  after: DifferencePlace | null,
  most: number,
): Promise<DifferencePage> {
  const from = after ? differences.filter((each) => !isAfter(each, after)).length : 0;
  const some = differences.slice(from, from + most);
  return {
    differences: await Promise.all(
      some.map(async (each) => ({
        cursor: differenceCursor(each),
        difference: await differenceOf(ledger, each),
      })),
    ),
    total: differences.length,
    hasEarlier: from > 0,
    hasLater: from + some.length < differences.length,
  };
}

function isAfter({ at, name }: DifferencePlace, place: DifferencePlace): boolean {
  return (at - place.at || compareText(name, place.name)) > 0;
}

async function differenceOf(
  ledger: Pick<Ledger, 'read' | 'purchases'>,
  { at, row, purchase, reason }: BillDifference,
): Promise<UsageDifference> {
  return {
    at: new Date(at),
    theirs: row && loggedRow(row),
    ours: purchase && (await reportOf(ledger, purchase)),
    type: row?.type ?? purchase?.type ?? null,
    reason,
  };
}

function loggedRow({ upstreamReportId, recordedAt, type, successful }: BilledRow): UsageDifference['theirs'] {
  return { upstreamReportId, recordedAt, type, successful };
}

/** Of a report that has been forgotten since, what was sent tells the answers. Null: that cannot be read. */
async function reportOf(
  ledger: Pick<Ledger, 'read' | 'purchases'>,
  { reportId: id, purchaseId }: BilledPurchase,
): Promise<ReportKey | null> {
  const record = await ledger.read(id);
  if (record) return { id, request: record.request };
  const [sent] = await ledger.purchases.withIds([purchaseId]);
  const request = sent ? readSentRequest(sent.request) : null;
  return request && { id, request };
}
