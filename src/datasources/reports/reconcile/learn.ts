import type { ReportType } from '../../../model/report.js';
import type { LoggedReport } from '../../jobalyzer/usage-log/usage-log.js';
import { entryOf } from '../ledger.js';
import type { Ledger } from '../ports.js';
import type { SentPurchases } from '../sent-purchases.js';
import { purchaseKey, type AskedPurchase } from './around.js';
import { linkTemplate, type KnownLink, type LinkTemplate } from './link-template.js';

/** Purchases with the row that is theirs. */
type Assigned = ReadonlyMap<AskedPurchase, LoggedReport>;

const STORED_AT_ONCE = 200;
/** Links of one type from which is learned how they are made. */
const MOST_LINKS = 6;
const MOST_LOOKED_AT = 30;

/**
 * Stores the REPORTIDs of those that have a row, and resolves to the rows that are theirs now. The ledger decides: a REPORTID
 * that is another purchase's, of whatever time, is no other's.
 */
export async function learnIds(
  records: Pick<SentPurchases, 'learn' | 'withIds'>,
  assigned: Assigned,
): Promise<Assigned> {
  const learned = [...assigned].flatMap(([{ purchaseId, type, upstreamReportId }, row]) =>
    upstreamReportId === null && row.upstreamReportId !== null
      ? { purchaseId, type, upstreamReportId: row.upstreamReportId }
      : [],
  );
  await inParts(learned, (some) => records.learn(some));
  const kept = new Map<string, string | null>();
  await inParts(learned, async (some) => {
    for (const record of await records.withIds(some.map(({ purchaseId }) => purchaseId)))
      kept.set(purchaseKey(record), record.upstreamReportId);
  });
  return new Map(
    [...assigned].filter(
      ([purchase, row]) => (kept.get(purchaseKey(purchase)) ?? purchase.upstreamReportId) === row.upstreamReportId,
    ),
  );
}

/** How links of a type are made, from the latest of ours that have one. Null: it cannot be told. */
export async function learnTemplate(
  ledger: Pick<Ledger, 'read'>,
  type: ReportType,
  assigned: Assigned,
): Promise<LinkTemplate | null> {
  const latest = [...assigned]
    .filter(([purchase]) => purchase.type === type && purchase.outcome === 'accepted')
    .toSorted(([a], [b]) => b.sentAt - a.sentAt);
  const known: KnownLink[] = [];
  for (const [{ reportId }, { upstreamReportId }] of latest.slice(0, MOST_LOOKED_AT)) {
    if (known.length === MOST_LINKS) break;
    const entry = entryOf((await ledger.read(reportId))?.entries ?? [], reportId, type);
    const link = 'link' in entry && entry.fromLog === undefined ? entry.link : undefined;
    if (link !== undefined && upstreamReportId !== null) known.push({ link, upstreamReportId });
  }
  return linkTemplate(known);
}

/** Calls `write` with these one after the other, so many at once. */
export async function inParts<T>(all: readonly T[], write: (some: readonly T[]) => Promise<void>): Promise<void> {
  for (let first = 0; first < all.length; first += STORED_AT_ONCE)
    await write(all.slice(first, first + STORED_AT_ONCE));
}
