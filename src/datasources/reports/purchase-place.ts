import { reportId } from '../../model/report-id.js';
import { ReportType, type ReportKey, type ReportsRequest } from '../../model/report.js';
import type { Expiry } from './expiry.js';
import { entryOf, hasExpired, type Entry } from './ledger.js';
import type { Alias, Ledger } from './ports.js';
import { neverRequested, seeThrough, type SeenReport } from './see-through.js';
import { transition, transitionAll } from './transition.js';
import type { Watcher } from './watch.js';

/** As which report something is bought. */
interface PurchasePlace {
  readonly seen: SeenReport;
  /** What makes the id that was asked stand for that report, in the write that claims it; null: nothing has to. */
  readonly alias: Alias | null;
}

/** The place of reports that are asked for in several spellings. */
export interface PurchasePlaces {
  /**
   * Where a report is bought whose answers are `corrected` in upstream's spelling; null: they are as they were given. What is there
   * of it is added to as it is.
   * Null: something else ended with this call, and whoever asks has to look again.
   */
  find(seen: SeenReport, corrected: ReportsRequest | null, now: number): Promise<PurchasePlace | null>;
  /** Whether anything is stored of it or under way. */
  isLive(seen: SeenReport): boolean;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly watcher: Pick<Watcher, 'notice'>;
  readonly expiry: Pick<Expiry, 'timeFor'>;
}

const TYPES = Object.values(ReportType);

export function createPurchasePlaces({ ledger, watcher, expiry }: Dependencies): PurchasePlaces {
  const isLiveEntry = (entry: Entry): boolean => entry.state !== 'ABSENT' && !hasExpired(entry, expiry.timeFor(entry));
  const isLive = ({ entries }: SeenReport): boolean => entries.some(isLiveEntry);

  /** Whether it stands for another report of one type alone, and what was its own of the other has ended. */
  const standsPartly = ({ report, aliases, entries }: SeenReport): boolean =>
    aliases.length > 0 &&
    aliases.length < TYPES.length &&
    !entries.some((entry) => entry.reportId === report.id && isLiveEntry(entry)) &&
    ledger.canWrite('stands-for');

  /** What it stood for has ended. Whether it stood for anything. */
  async function standAlone({ report, aliases }: SeenReport, now: number): Promise<boolean> {
    if (aliases.length === 0) return false;
    const committed = await ledger.commit(report, transitionAll(aliases, { kind: 'stand-alone' }, now));
    for (const { entry } of committed) watcher.notice(entry);
    return true;
  }

  async function seenOr(unrequested: ReportKey): Promise<SeenReport> {
    return (await seeThrough(ledger, unrequested.id)) ?? neverRequested(unrequested);
  }

  return {
    isLive,

    async find(seen, corrected, now) {
      const itself: PurchasePlace = { seen, alias: null };
      const { report, aliases, entries } = seen;
      if (isLive(seen) && !standsPartly(seen)) return itself;
      const spelling = corrected ? { id: reportId(corrected), request: corrected } : report;
      const target = isLive(seen) ? seen.stored : spelling;
      if (target.id === report.id || !ledger.canWrite('stands-for'))
        return (await standAlone(seen, now)) ? null : itself;
      const spelled = await seenOr(target);
      if (!isLive(spelled) && (await standAlone(spelled, now))) return null;
      // If that stands for another report, entries of its own, such as of a late response, are no part of what is bought.
      const other = spelled.aliases.length > 0 ? await seenOr(spelled.stored) : spelled;
      if (other.aliases.length > 0) return null;
      const standsFor = other.stored.id;
      if (aliases.some((alias) => alias.standsFor !== standsFor)) {
        await standAlone(seen, now);
        return null;
      }
      const steps = TYPES.filter((type) => !aliases.some((alias) => alias.type === type)).map((type) =>
        transition(entryOf(entries, report.id, type), { kind: 'stand-for', standsFor }, now),
      );
      return steps.every((step) => step !== null) ? { seen: other, alias: { report, steps } } : itself;
    },
  };
}
