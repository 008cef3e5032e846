import type { ReportType } from '../../model/report.js';
import { entryOf, isNewer, type Entry } from './ledger.js';
import type { Ledger, ReportRecord } from './ports.js';

/** One subscriber's view of a watched report. */
export interface Watch {
  readonly record: ReportRecord;
  /** The entries when the watch began. Every later change is passed to `onChange`, in order and without repetition. */
  readonly snapshot: Readonly<Record<ReportType, Entry>>;
  /** The current entry. */
  entry(type: ReportType): Entry;
  close(): void;
}

export interface Watcher {
  /** Null if the ledger does not have the report. `onChange` is called with every change after the snapshot. */
  watch(id: string, onChange: (entry: Entry) => void): Promise<Watch | null>;
  /**
   * Passes an entry that the ledger has just returned: watches that start from now on see nothing older, even if the ledger
   * notifies its subscribers late.
   */
  observe(entry: Entry): void;
  /** How many reports are being watched in this process. */
  readonly size: number;
}

interface Followed {
  readonly entries: Record<ReportType, Entry>;
  readonly record: ReportRecord;
  readonly listeners: Set<(entry: Entry) => void>;
  readonly onEntry: (entry: Entry) => void;
  readonly close: () => void;
}

/**
 * Subscribes to and reads the ledger once per report, however many callers watch the report in this process. It
 * subscribes before it reads and compares versions, so that no change is missed or repeated. `onListenerError` is called
 * when a listener throws; the other listeners are still notified.
 */
export function createWatcher(
  ledger: Ledger,
  onListenerError: (error: unknown) => void = (error) => process.emitWarning(String(error)),
): Watcher {
  const followed = new Map<string, Promise<Followed | null>>();

  async function follow(id: string): Promise<Followed | null> {
    const early: Entry[] = [];
    let onEntry = (entry: Entry): void => void early.push(entry);
    const unsubscribe = await ledger.subscribe(id, (entry) => onEntry(entry));
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
      onEntry = (entry) => {
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
      early.forEach(onEntry);
      return { record, entries, listeners, onEntry, close: unsubscribe };
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
      // A read that another caller started may predate an entry this caller has just committed. Retry once only.
      return begun && again ? join(id, onChange, false) : null;
    }
    // The last subscriber may have closed it while this one waited: then start again.
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
      // Callers that join later wait for the same promise and so are notified after this.
      void followed.get(entry.reportId)?.then(
        (shared) => shared?.onEntry(entry),
        () => undefined,
      );
    },
  };
}
