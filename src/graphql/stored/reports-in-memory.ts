import type { Kept } from '../../datasources/reports/cache.js';
import type { ReportReading } from '../../datasources/reports/read.js';
import type { StorableContext } from '../../resolvers/storable.js';
import { GIVE_UP } from './give-up.js';

/** The context of storable fields, and what they took from memory. For one answer at a time, since none waits. */
export interface ReportsInMemory {
  readonly context: StorableContext;
  /** Forgets what was taken before. */
  begin(): void;
  /** Every report that was taken, as often as it was. */
  taken(): readonly Kept[];
}

function giveUp(): never {
  throw GIVE_UP;
}

/** Behind what an object has: whatever else it is asked for, it gives up. */
const NOTHING_ELSE: object = new Proxy({}, { get: giveUp, has: giveUp });

export function createReportsInMemory(
  reports: Pick<ReportReading, 'inMemory'>,
  { reportWaitMs }: { readonly reportWaitMs: number },
): ReportsInMemory {
  let taken: Kept[] = [];

  const load: StorableContext['loader']['load'] = (report, type) => {
    const kept = reports.inMemory(report.id, type);
    if (!kept) throw GIVE_UP;
    taken.push(kept);
    return kept.report;
  };

  return {
    context: only<StorableContext>({ reportWaitMs, loader: only({ load }) }),
    begin: () => void (taken = []),
    taken: () => taken,
  };
}

function only<T extends object>(members: T): T {
  return Object.freeze(Object.assign(Object.create(NOTHING_ELSE) as object, members));
}
