import type { ReportType } from '../../model/report.js';
import type { ReportCache } from './cache.js';
import { mayReopen } from './collect-decisions.js';
import type { Expiry } from './expiry.js';
import { hasExpired } from './ledger.js';
import { transition } from './transition.js';
import type { CollectionQueue, Ledger } from './ports.js';
import { byReport, seeThrough } from './see-through.js';
import type { Watcher } from './watch.js';

interface Dependencies {
  readonly ledger: Ledger;
  readonly cache: Pick<ReportCache, 'has'>;
  readonly queue: CollectionQueue;
  readonly watcher: Watcher;
  readonly expiry: Pick<Expiry, 'time' | 'timeFor'>;
}

/**
 * Polls those of the types again that failed and whose link is stored, unless they have expired. Buys nothing. However many ask, one poll is made at a
 * time, and they all get what it says.
 */
export type Reopen = (id: string, types: readonly ReportType[]) => Promise<void>;

export function createReopen({ ledger, cache, queue, watcher, expiry }: Dependencies): Reopen {
  return async (id, types) => {
    const now = Date.now();
    const wanted = types.filter((type) => !cache.has(id, type, expiry.time()));
    const seen = wanted.length > 0 ? await seeThrough(ledger, id) : null;
    const steps = (seen?.entries ?? [])
      .filter((entry) => wanted.includes(entry.type) && !hasExpired(entry, expiry.timeFor(entry)))
      .filter((entry) => mayReopen(entry, now))
      .map((entry) => transition(entry, { kind: 'reopen' }, now))
      .filter((step) => step !== null);
    if (!seen) return;
    for (const [stored, own] of byReport(seen, steps)) {
      for (const { won, entry } of await ledger.commit(stored, own)) {
        watcher.notice(entry);
        if (won) queue.schedule({ id: stored.id, type: entry.type }, 0);
      }
    }
  };
}
