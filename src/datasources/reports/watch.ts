import type { ReportType } from '../jobalyzer/types.js';
import { entryOf, isNewer, type Entry } from './ledger.js';
import type { Ledger, ReportRecord } from './ports.js';

/** One report, followed. */
export interface Watch {
  readonly record: ReportRecord;
  /** What stood when it was joined: every later sight has been told to `onChange`, in order and without repetition. */
  readonly snapshot: Readonly<Record<ReportType, Entry>>;
  /** What stands now. */
  entry(type: ReportType): Entry;
  close(): void;
}

export interface Watcher {
  /** Null where the ledger does not know the report. `onChange` hears all that comes after the snapshot. */
  watch(id: string, onChange: (entry: Entry) => void): Promise<Watch | null>;
  /**
   * What stands, as the ledger itself has just said: whoever watches from now on sees nothing older, though a ledger may
   * tell its subscribers late.
   */
  observe(entry: Entry): void;
  /** How many reports are being followed in this process. */
  readonly size: number;
}

interface Followed {
  readonly entries: Record<ReportType, Entry>;
  readonly record: ReportRecord;
  readonly listeners: Set<(entry: Entry) => void>;
  readonly hear: (entry: Entry) => void;
  readonly close: () => void;
}

/**
 * However many wait for a report in this process, the ledger is subscribed to and read once. It is subscribed to before
 * it is read, and what came meanwhile is told apart by its version: no gap, no repetition. `onListenerError` hears of a
 * listener that throws; the others are told all the same.
 */
export function createWatcher(
  ledger: Ledger,
  onListenerError: (error: unknown) => void = (error) => process.emitWarning(String(error)),
): Watcher {
  const followed = new Map<string, Promise<Followed | null>>();

  async function follow(id: string): Promise<Followed | null> {
    const early: Entry[] = [];
    let hear = (entry: Entry): void => void early.push(entry);
    const unsubscribe = await ledger.subscribe(id, (entry) => hear(entry));
    try {
      const record = await ledger.read(id);
      if (!record) {
        unsubscribe();
        return null;
      }
      const entries: Record<ReportType, Entry> = {
        PAY: entryOf(record.entries, id, 'PAY'),
        YOE: entryOf(record.entries, id, 'YOE'),
      };
      const listeners = new Set<(entry: Entry) => void>();
      hear = (entry) => {
        if (!isNewer(entries[entry.type], entry)) return;
        entries[entry.type] = entry;
        for (const listener of [...listeners]) {
          try {
            listener(entry);
          } catch (error) {
            onListenerError(error);
          }
        }
      };
      early.forEach(hear);
      return { record, entries, listeners, hear, close: unsubscribe };
    } catch (error) {
      unsubscribe();
      throw error;
    }
  }

  function forget(id: string, following: Promise<Followed | null>): void {
    if (followed.get(id) === following) followed.delete(id);
  }

  async function join(id: string, onChange: (entry: Entry) => void, again: boolean): Promise<Watch | null> {
    const begun = followed.get(id);
    const following = begun ?? follow(id);
    followed.set(id, following);
    const shared = await following.catch((error: unknown) => {
      forget(id, following);
      throw error;
    });
    if (!shared) {
      forget(id, following);
      // A read that somebody else began may be older than what this one has just made sure of. Once more, not in rounds.
      return begun && again ? join(id, onChange, false) : null;
    }
    // The last one out may have closed it while this one waited: then it is begun anew.
    if (followed.get(id) !== following) return join(id, onChange, again);

    const listener = (entry: Entry): void => onChange(entry);
    shared.listeners.add(listener);
    return {
      record: shared.record,
      snapshot: { ...shared.entries },
      entry: (type) => shared.entries[type],
      close() {
        if (!shared.listeners.delete(listener) || shared.listeners.size > 0) return;
        followed.delete(id);
        shared.close();
      },
    };
  }

  return {
    get size() {
      return followed.size;
    },
    watch: (id, onChange) => join(id, onChange, true),
    observe(entry) {
      // Whoever joins after this waits for the same promise, and so is told after it.
      void followed.get(entry.reportId)?.then(
        (shared) => shared?.hear(entry),
        () => undefined,
      );
    },
  };
}
