import type { ReportKey, ReportType } from '../../model/report.js';
import { aliasOf } from './alias-state.js';
import { entryOf, type Entry, type EntryIn } from './ledger.js';
import type { Ledger } from './ports.js';
import type { Transition } from './transition.js';

/** A report as it is asked for, with the entries that count for it, whichever id they are stored under. */
export interface SeenReport {
  readonly report: ReportKey;
  /** The report that is bought if it is asked for: another one if its id stands for that. */
  readonly stored: ReportKey;
  /** What counts, at most one per type. `reportId` is where it is stored. */
  readonly entries: readonly Entry[];
  /** That its id stands for another one. Empty: it does not. */
  readonly aliases: readonly EntryIn<'ALIAS'>[];
}

/** Null if no report with this id was ever requested. */
export async function seeThrough(ledger: Pick<Ledger, 'read'>, id: string): Promise<SeenReport | null> {
  const record = await ledger.read(id);
  if (!record) return null;
  const report: ReportKey = { id, request: record.request };
  const target = aliasOf(record.entries);
  if (target === null) return { report, stored: report, entries: record.entries, aliases: [] };
  const other = await ledger.read(target);
  const aliases = record.entries.filter((entry) => entry.state === 'ALIAS');
  const own = record.entries.filter((entry) => entry.state !== 'ALIAS');
  // An alias ends with what it stands for.
  if (!other || aliasOf(other.entries) !== null) return { report, stored: report, entries: own, aliases };
  const others = other.entries.filter(({ type }) => aliases.some((alias) => alias.type === type));
  return { report, stored: { id: other.id, request: other.request }, entries: [...own, ...others], aliases };
}

/** The entry of this type that counts. */
export function seenEntry({ report, stored, entries, aliases }: SeenReport, type: ReportType): Entry {
  const isOther = aliases.some((alias) => alias.type === type);
  return entryOf(entries, isOther ? stored.id : report.id, type);
}

/** The transitions of what counts, by the report that they are to be committed to. */
export function byReport(
  { report, stored }: Pick<SeenReport, 'report' | 'stored'>,
  steps: readonly Transition[],
): ReadonlyMap<ReportKey, readonly Transition[]> {
  return Map.groupBy(steps, ({ before }) => (before.reportId === report.id ? report : stored));
}

/** The same of a report of which the ledger has nothing. */
export function neverRequested(report: ReportKey): SeenReport {
  return { report, stored: report, entries: [], aliases: [] };
}
