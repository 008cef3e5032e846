import type { ReportType } from '../../../model/report.js';
import type { UsageLogRow } from '../../../model/usage-log.js';
import { EARLIEST_MS, LATEST_MS } from './match.js';

/** A row of upstream's usage log, as a bill is compared by it. */
export interface BilledRow extends UsageLogRow {
  readonly recordedAt: Date;
  /** What was asked for, in canonical form. Null: it cannot be read. */
  readonly requestKey: string | null;
  /** Of the report. Null: the row has none. */
  readonly rating: number | null;
  /** Whether its CLIENTID is none of ours. It counts only if it is a purchase of ours all the same, by what was asked for. */
  readonly isForeign: boolean;
}

/**
 * What came of a purchase, as far as this server knows:
 *
 * - `bought`: upstream accepted it, and delivered it or is about to.
 * - `found`: not known, until it was found in the log; whether it was delivered is what its row says.
 * - `undelivered`: upstream accepted it, and did not deliver it.
 * - `refused`: upstream did not accept it.
 * - `uncertain`: not known. Somebody may have settled it without knowing, or nothing of it was found in the log.
 */
export type BillOutcome = 'bought' | 'found' | 'undelivered' | 'refused' | 'uncertain';

/** A purchase of this server, as a bill is compared by it. */
export interface BilledPurchase {
  readonly purchaseId: string;
  readonly reportId: string;
  readonly type: ReportType;
  readonly requestKey: string;
  /** Epoch ms. */
  readonly sentAt: number;
  /** Upstream's REPORTID. Null: it is not known. */
  readonly upstreamReportId: string | null;
  readonly outcome: BillOutcome;
}

/**
 * Which row may be which purchase, for counting: none is two purchases', and as many purchases as possible have one. Which of
 * several equal requests a row belongs to cannot be told and does not matter for a sum; no report is delivered by it.
 */
export function assignRows(
  rows: readonly BilledRow[],
  purchases: readonly BilledPurchase[],
): ReadonlyMap<BilledPurchase, BilledRow> {
  const assigned = assign(
    rows.filter(({ isForeign }) => !isForeign),
    purchases,
  );
  const missing = purchases.filter((purchase) => !assigned.has(purchase));
  const foreign = rows.filter(({ isForeign }) => isForeign);
  return new Map([...assigned, ...assign(foreign, missing)]);
}

function assign(
  rows: readonly BilledRow[],
  purchases: readonly BilledPurchase[],
): ReadonlyMap<BilledPurchase, BilledRow> {
  const assigned = new Map<BilledPurchase, BilledRow>();
  const left = new Set(rows.toSorted(inOrderOfRows));
  const sent = purchases.toSorted(inOrderOfPurchases);
  assignKnown(left, sent, assigned);
  const open = Map.groupBy(
    // One whose REPORTID is known is in no row with another one.
    sent.filter(({ upstreamReportId }) => upstreamReportId === null),
    (purchase) => questionOf(purchase.type, purchase.requestKey),
  );
  const candidates = Map.groupBy(left, ({ type, requestKey }) => questionOf(type, requestKey));
  for (const [question, asked] of open) assignEqual(candidates.get(question) ?? [], asked, assigned);
  return assigned;
}

/** Those whose REPORTID is known, whatever else their rows say. */
function assignKnown(
  left: Set<BilledRow>,
  purchases: readonly BilledPurchase[],
  assigned: Map<BilledPurchase, BilledRow>,
): void {
  const known = new Map<string, BilledRow>();
  for (const row of left) {
    if (row.upstreamReportId === null) continue;
    const name = `${row.type} ${row.upstreamReportId}`;
    const other = known.get(name);
    if (!other || (other.successful !== true && row.successful === true)) known.set(name, row);
  }
  for (const purchase of purchases) {
    const row = purchase.upstreamReportId === null ? null : known.get(`${purchase.type} ${purchase.upstreamReportId}`);
    if (!row || !left.delete(row)) continue;
    assigned.set(purchase, row);
  }
}

/**
 * In this order purchases are assigned rows that are billed, or not. What was bought comes first, and has what is billed: two
 * sides that agree are not to be told that they do not. A row that is not billed says nothing of an uncertain purchase.
 */
const PASSES: readonly { readonly outcomes: readonly BillOutcome[]; readonly billed: boolean }[] = [
  { outcomes: ['bought', 'found'], billed: true },
  { outcomes: ['bought', 'found'], billed: false },
  { outcomes: ['uncertain'], billed: true },
  { outcomes: ['undelivered', 'refused'], billed: false },
  { outcomes: ['undelivered', 'refused'], billed: true },
];

/** Of one question. Both lists are in order of time. */
function assignEqual(
  rows: readonly BilledRow[],
  purchases: readonly BilledPurchase[],
  assigned: Map<BilledPurchase, BilledRow>,
): void {
  const taken = new Set<BilledRow>();
  for (const { outcomes, billed } of PASSES) {
    assignInTurn(
      rows.filter((row) => !taken.has(row) && (row.successful === true) === billed),
      purchases.filter((purchase) => !assigned.has(purchase) && outcomes.includes(purchase.outcome)),
      (purchase, row) => {
        assigned.set(purchase, row);
        taken.add(row);
      },
    );
  }
}

/** Each the first that can be its own, in order of time: since all may be recorded equally late, no other way assigns more. */
function assignInTurn(
  rows: readonly BilledRow[],
  purchases: readonly BilledPurchase[],
  assign: (purchase: BilledPurchase, row: BilledRow) => void,
): void {
  let next = 0;
  for (const purchase of purchases) {
    const offset = (row: BilledRow): number => row.recordedAt.getTime() - purchase.sentAt;
    for (let row = rows[next]; row && offset(row) < EARLIEST_MS; row = rows[next]) next += 1;
    const row = rows[next];
    if (!row || offset(row) > LATEST_MS) continue;
    assign(purchase, row);
    next += 1;
  }
}

function questionOf(type: string | null, requestKey: string | null): string {
  return `${type} ${requestKey}`;
}

/** In order of time. What is of the same time has an order as well, so that the order of reading does not matter. */
function inOrderOfRows(a: BilledRow, b: BilledRow): number {
  return (
    a.recordedAt.getTime() - b.recordedAt.getTime() ||
    compareText(a.upstreamReportId ?? '', b.upstreamReportId ?? '') ||
    (a.rating ?? -1) - (b.rating ?? -1)
  );
}

function inOrderOfPurchases(a: BilledPurchase, b: BilledPurchase): number {
  return a.sentAt - b.sentAt || compareText(a.purchaseId, b.purchaseId);
}

/** Of a sort: by the code units of the texts. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
