import { isNewer, type Entry, type EntryIn } from '../../datasources/reports/ledger.js';
import type { LinkedState } from '../../datasources/reports/link-state.js';
import type { ReportRecord } from '../../datasources/reports/ports.js';
import type { ReportType } from '../../model/report.js';
import type { Subscribers } from '../shared/subscribers.js';
import type { Database } from './connections.js';
import { entryColumns, type EntryRow } from './entry-rows.js';
import type { Message } from './notifications.js';

/** What subscribers are told of the reports they follow, whichever process changes them: never backwards, the last always. */
export interface Watching {
  /** Resolves to the function that ends the subscription. What is stored by then is not told. */
  add(id: string, listener: (entry: Entry) => void): Promise<() => void>;
  /** This process has stored the entry, or polled it. */
  changed(entry: Entry): void;
  /** Another process has, as `messageOf` says it. */
  heard(message: Message): void;
  /** Reads everything that is followed again: notifications may be lost. */
  catchUp(): void;
  close(): void;
}

export interface WatchingOptions {
  readonly database: Database;
  readonly subscribers: Subscribers;
  readonly read: (id: string) => Promise<ReportRecord | null>;
  readonly readEntry: (row: EntryRow) => Entry;
}

/** A lost notification is made up for within two seconds. */
const CATCH_UP_MS = 1_500;
const READ_AT_ONCE = 500;

/** Of polling, what subscribers see. */
type Progress = Pick<LinkedState, 'attempt' | 'faults' | 'failure' | 'nextPollAt' | 'retryAfterMs'> & { at: number };

export function createWatching({ database, subscribers, read, readEntry }: WatchingOptions): Watching {
  /** Of each report that is followed, how often, and the newest entries that were told. */
  const followed = new Map<string, { listeners: number; readonly told: Map<ReportType, Entry> }>();
  const stale = new Set<string>();
  let isReading = false;

  function tell(entry: Entry): void {
    const told = followed.get(entry.reportId)?.told;
    const before = told?.get(entry.type);
    if (!told || (before && !isNewer(before, entry))) return;
    told.set(entry.type, entry);
    subscribers.notify(entry);
  }

  function readSoon(ids: Iterable<string>): void {
    for (const id of ids) stale.add(id);
    if (isReading || stale.size === 0) return;
    isReading = true;
    setImmediate(() => void readStale());
  }

  async function readStale(): Promise<void> {
    while (stale.size > 0) {
      const ids = [...stale].slice(0, READ_AT_ONCE);
      for (const id of ids) stale.delete(id);
      // What cannot be read now is read again when everything is.
      for (const row of await newerThanTold(ids).catch(() => [])) tell(readEntry(row));
    }
    isReading = false;
  }

  function newerThanTold(ids: readonly string[]): Promise<EntryRow[]> {
    const known = ids.flatMap((id) =>
      (['PAY', 'YOE'] as const).map((type) => ({ id, type, version: followed.get(id)?.told.get(type)?.version ?? 0 })),
    );
    return database.rows<EntryRow>(
      `SELECT ${entryColumns('e')} FROM unnest($1::text[], $2::text[], $3::int[]) AS k (report_id, type, version)
       JOIN ${database.schema}.entries e ON e.report_id = k.report_id AND e.type = k.type AND e.version > k.version`,
      [known.map(({ id }) => id), known.map(({ type }) => type), known.map(({ version }) => version)],
    );
  }

  const catchUp = (): void => readSoon(followed.keys());
  const timer = setInterval(catchUp, CATCH_UP_MS).unref();

  return {
    async add(id, listener) {
      const present = followed.get(id) ?? { listeners: 0, told: new Map<ReportType, Entry>() };
      followed.set(id, present);
      present.listeners += 1;
      const remove = subscribers.add(id, listener);
      let isOpen = true;
      const end = (): void => {
        remove();
        if (isOpen) present.listeners -= 1;
        isOpen = false;
        if (present.listeners === 0 && followed.get(id) === present) followed.delete(id);
      };
      const record = await read(id).catch((error: unknown) => {
        end();
        throw error;
      });
      for (const entry of record?.entries ?? []) if (!present.told.has(entry.type)) present.told.set(entry.type, entry);
      return end;
    },

    changed: tell,

    heard(message) {
      const [id, type, version, progress] = message as [string, ReportType, number, Progress?];
      const told = followed.get(id)?.told;
      if (!told) return;
      const known = told.get(type);
      if (progress && known?.state === 'LINKED' && known.version === version) return tell({ ...known, ...progress });
      if (!known || known.version < version || progress) readSoon([id]);
    },

    catchUp,
    close: () => clearInterval(timer),
  };
}

/** What others are told of an entry that was stored; the entry itself is read. */
export function messageOf({ reportId, type, version }: Entry): Message {
  return [reportId, type, version];
}

/** The same of one that was polled, of which nothing is stored. */
export function progressMessage(entry: EntryIn<'LINKED'>): Message {
  const { at, attempt, faults, failure = null, nextPollAt, retryAfterMs } = entry;
  const short = failure && { code: failure.code, message: failure.message.slice(0, LONGEST_FAILURE) };
  return [...messageOf(entry), { at, attempt, faults, failure: short, nextPollAt, retryAfterMs }];
}

const LONGEST_FAILURE = 500;
