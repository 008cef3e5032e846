import type { ReportType } from '../../../model/report.js';
import type { LoggedReport, UsageLog } from '../../jobalyzer/usage-log/usage-log.js';
import { entryOf } from '../ledger.js';
import type { Ledger } from '../ports.js';
import type { Look, PurchaseRecord } from '../sent-purchases.js';
import { isWithin, purchasesAround, type AskedPurchase } from './around.js';
import { evidenceIn } from './evidence.js';
import { linkTemplate, type KnownLink, type LinkTemplate } from './link-template.js';
import { readRows } from './log-rows.js';
import { matchPurchases } from './match.js';
import { nextLookAt } from './schedule.js';
import type { Settle } from './settle.js';
import { leftOver, mayBeAmong } from './unexplained.js';

/** One read of upstream's usage log, and what follows from it for every purchase that is looked for. Throws what reading throws. */
export type Round = (sought: readonly PurchaseRecord[], signal: AbortSignal) => Promise<void>;

interface Dependencies {
  readonly ledger: Pick<Ledger, 'read' | 'purchases'>;
  readonly usageLog: UsageLog;
  readonly customerId: string;
  /** What the log may call this customer. */
  readonly clientId: string;
  readonly settle: Settle;
  /** After so long a purchase may count as absent, in milliseconds. Null: it never does. */
  readonly absentAfterMs: number | null;
}

/** Of these it is certain that whatever they compete with is known. */
const NEAR_MS = 30 * 60_000;
const STORED_AT_ONCE = 200;
/** Links of one type from which is learned how they are made. */
const MOST_LINKS = 6;
const MOST_LOOKED_AT = 30;

export function createRound({ ledger, usageLog, customerId, clientId, settle, absentAfterMs }: Dependencies): Round {
  const { purchases: records } = ledger;
  const customers = new Set([customerId, clientId]);

  async function store<T>(all: readonly T[], write: (some: readonly T[]) => Promise<void>): Promise<void> {
    for (let first = 0; first < all.length; first += STORED_AT_ONCE)
      await write(all.slice(first, first + STORED_AT_ONCE));
  }

  /**
   * Stores the REPORTIDs of those that have a row, and resolves to the rows that are theirs now. The ledger decides: a REPORTID
   * that is another purchase's, of whatever time, is no other's.
   */
  async function learn(
    assigned: ReadonlyMap<AskedPurchase, LoggedReport>,
  ): Promise<ReadonlyMap<AskedPurchase, LoggedReport>> {
    const learned = [...assigned].flatMap(([{ purchaseId, type, upstreamReportId }, row]) =>
      upstreamReportId === null && row.upstreamReportId !== null
        ? { purchaseId, type, upstreamReportId: row.upstreamReportId }
        : [],
    );
    await store(learned, (some) => records.learn(some));
    const kept = new Map<string, string | null>();
    await store(learned, async (some) => {
      for (const record of await records.withIds(some.map(({ purchaseId }) => purchaseId)))
        kept.set(keyOf(record), record.upstreamReportId);
    });
    return new Map(
      [...assigned].filter(
        ([purchase, row]) => (kept.get(keyOf(purchase)) ?? purchase.upstreamReportId) === row.upstreamReportId,
      ),
    );
  }

  /** How links of a type are made, from the latest of ours that have one. */
  async function templateOf(
    type: ReportType,
    assigned: ReadonlyMap<AskedPurchase, LoggedReport>,
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

  return async (sought, signal) => {
    const before = await purchasesAround(sought, { records, customerId }, signal);
    const { rows, unexplained, readAt } = await readRows(usageLog, before, customers, signal);
    // What was sent while the log was read may be in it as well, and its row must not be taken for another one's.
    const around = await purchasesAround(sought, { records, customerId }, signal);
    const matches = matchPurchases(around.purchases, rows);
    const { assigned, ambiguous } = matches;
    const certain = await learn(
      new Map([...assigned].filter(([{ sentAt }]) => isWithin(before.times, sentAt, NEAR_MS))),
    );
    const templates = { PAY: await templateOf('PAY', certain), YOE: await templateOf('YOE', certain) };
    const rowOf = byKey(certain);
    const matched = byKey(assigned);
    const leftOverFor = leftOver(rows, matches);
    const askedOf = new Map(around.purchases.map((each) => [keyOf(each), each]));
    const candidatesOf = (key: string): readonly LoggedReport[] => {
      const asked = askedOf.get(key);
      return asked ? (ambiguous.get(asked) ?? leftOverFor(asked)) : [];
    };
    const mayBeUnexplained = unexplained && mayBeAmong(unexplained);
    /** Those of which upstream has received the request: whatever was asked for in it, it was bought. */
    const received = new Set([...assigned.keys(), ...ambiguous.keys()].map(({ purchaseId }) => purchaseId));
    const accepted = before.purchases
      .filter(({ outcome }) => outcome === 'accepted')
      .map((purchase) => ({
        sentAt: purchase.sentAt,
        recordedAt: matched.get(keyOf(purchase))?.recordedAt?.getTime() ?? null,
      }));
    const evidenceOf = evidenceIn({ readAt, accepted, isComplete: before.isComplete, absentAfterMs });

    const looks: Look[] = [];
    for (const record of sought) {
      signal.throwIfAborted();
      const { purchaseId, type, sentAt } = record;
      const row = rowOf.get(keyOf(record));
      const seen = matched.get(keyOf(record));
      const { evidence, isAbsent } = evidenceOf(record, seen ? [seen] : candidatesOf(keyOf(record)));
      const again = row ? await settle.found(record, row, templates[type]) : 'later';
      if (isAbsent && !received.has(purchaseId) && mayBeUnexplained?.(record) === false) await settle.absent(record);
      const lookAt = again === 'later' ? nextLookAt(sentAt, Date.now()) : again === 'never' ? null : again;
      looks.push({ purchaseId, type, lookAt, evidence });
    }
    await store(looks, (some) => records.looked(some));
  };
}

function byKey<T>(values: ReadonlyMap<AskedPurchase, T>): ReadonlyMap<string, T> {
  return new Map([...values].map(([purchase, value]) => [keyOf(purchase), value]));
}

function keyOf({ purchaseId, type }: Pick<PurchaseRecord, 'purchaseId' | 'type'>): string {
  return `${purchaseId} ${type}`;
}
