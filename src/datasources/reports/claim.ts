import type { ReportKey, ReportType } from '../../model/report.js';
import type { ReportCache } from './cache.js';
import { entryOf, transition } from './ledger.js';
import type { Ledger } from './ports.js';
import type { Purchases } from './purchases.js';
import type { Watcher } from './watch.js';

/** The only way to a purchase: what is claimed in the ledger is bought by the process that claimed it. */
export interface ReportClaims {
  /**
   * Buys those of the types that are neither stored nor pending, in one POST, and returns them without waiting.
   * Throws STORE_UNAVAILABLE if the claim cannot be stored; nothing is bought then.
   */
  ensure(report: ReportKey, types: readonly ReportType[], resubmitUncertain?: boolean): Promise<readonly ReportType[]>;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly cache: ReportCache;
  readonly watcher: Watcher;
  readonly purchases: Purchases;
}

export function createClaims({ ledger, cache, watcher, purchases }: Dependencies): ReportClaims {
  async function ensure(
    report: ReportKey,
    types: readonly ReportType[],
    resubmitUncertain = false,
  ): Promise<readonly ReportType[]> {
    const now = Date.now();
    const wanted = types.filter((type) => !cache.has(report.id, type, now));
    if (wanted.length === 0) return [];
    const record = await ledger.read(report.id);
    const claims = wanted
      .map((type) => entryOf(record?.entries ?? [], report.id, type))
      .map((entry) => transition(entry, { kind: 'claim', resubmitUncertain }, now))
      .filter((claim) => claim !== null);
    if (claims.length === 0) return [];

    const committed = await ledger.commit(report, claims);
    for (const { entry } of committed) watcher.notice(entry);
    const claimed = committed.filter(({ won }) => won).map(({ entry }) => entry);
    if (claimed.length > 0) purchases.start(report, claimed);
    // Lost, but nobody else is buying it: it was pruned or given up between the read and the claim. Claim it again.
    const unclaimed = committed
      .filter(({ won, entry }) => !won && entry.state === 'ABSENT')
      .map(({ entry }) => entry.type);
    return [...claimed.map(({ type }) => type), ...(await ensure(report, unclaimed, resubmitUncertain))];
  }

  return { ensure };
}
