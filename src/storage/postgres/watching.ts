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
  const followed = new Map<string, Followed>();
  const stale = new Set<string>();
  let isReading = false;

  function tell(entry: Entry): void {
    const report = followed.get(entry.reportId);
    if (!report || isTooEarly(report)) return;
    const before = report.told.get(entry.type);
    if (before && !isNewer(before, entry)) return;
    report.told.set(entry.type, entry);
    subscribers.notify(entry);
  }

  /** Then what has changed meanwhile is read once it is known what was there before. */
  function isTooEarly(report: Followed): boolean {
    report.hasMissed ||= !report.isKnown;
    return !report.isKnown;
  }

  /** Reads what is there when the first subscriber comes, which is not told. */
  async function begin(id: string, report: Followed): Promise<void> {
    const record = await read(id);
    for (const entry of record?.entries ?? []) report.told.set(entry.type, entry);
    report.isKnown = true;
    if (report.hasMissed) readSoon([id]);
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

  const catchUp = (): void => readSoon([...followed].filter(([, { isKnown }]) => isKnown).map(([id]) => id));
  const timer = setInterval(catchUp, CATCH_UP_MS).unref();

  return {
    async add(id, listener) {
      const present = followed.get(id) ?? newlyFollowed();
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
      present.beginning ??= begin(id, present);
      try {
        await present.beginning;
      } catch (error) {
        present.beginning = null;
        end();
        throw error;
      }
      return end;
    },

    changed: tell,

    heard(message) {
      const [id, type, version, progress] = message as [string, ReportType, number, Progress?];
      const report = followed.get(id);
      if (!report || isTooEarly(report)) return;
      const known = report.told.get(type);
      if (progress && known?.state === 'LINKED' && known.version === version) return tell({ ...known, ...progress });
      if (!known || known.version < version || progress) readSoon([id]);
    },

    catchUp,
    close: () => clearInterval(timer),
  };
}

/** A report that somebody follows. */
interface Followed {
  listeners: number;
  /** The newest entries that were told, or that were there before. */
  readonly told: Map<ReportType, Entry>;
  /** Whether it is known what was there before. */
  isKnown: boolean;
  /** Whether anything has changed before that was known. */
  hasMissed: boolean;
  beginning: Promise<void> | null;
}

function newlyFollowed(): Followed {
  return { listeners: 0, told: new Map(), isKnown: false, hasMissed: false, beginning: null };
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
