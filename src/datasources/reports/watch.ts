import type { ReportKey } from '../../model/report.js';
import type { Entry } from './ledger.js';
import type { Ledger } from './ports.js';
import { JoinedWatch, openWatched, type Listener, type Watch, type WatchedReport, type WatchOther } from './watched.js';

export interface Watcher {
  /**
   * Null if the ledger does not have the report, unless the caller says what it would be. `onChange` is called with every
   * change after the snapshot.
   */
  watch(id: string, onChange: Listener, unrequested?: ReportKey): Promise<Watch | null>;
  /**
   * Passes an entry that the ledger has just returned: watches that start from now on see nothing older, even if the ledger
   * notifies its subscribers late.
   */
  notice(entry: Entry): void;
  /** Whether anybody in this process watches the report. */
  watches(id: string): boolean;
  /** How many reports are being watched in this process. */
  readonly size: number;
}

/**
 * Subscribes to and reads the ledger once per report, however many callers watch the report in this process.
 * `onListenerError` is called when a listener throws; the other listeners are still notified.
 */
export function createWatcher(
  ledger: Ledger,
  onListenerError: (error: unknown) => void = (error) => process.emitWarning(String(error)),
): Watcher {
  const watched = new Map<string, Promise<WatchedReport | null>>();

  function forget(id: string, opening: Promise<WatchedReport | null>): void {
    if (watched.get(id) === opening) watched.delete(id);
  }

  /** Nobody watches the report any more. */
  function onLastClosed(shared: WatchedReport): void {
    watched.delete(shared.report.id);
    shared.close();
  }

  // What that stands for itself is not waited for: it may be the report that waits for this one.
  const watchOther: WatchOther = (id, onChange) => join(id, onChange, null, true, false);

  async function join(
    id: string,
    onChange: Listener,
    unrequested: ReportKey | null,
    again: boolean,
    untilSettled = true,
  ): Promise<Watch | null> {
    const begun = watched.get(id);
    const opening = begun ?? openWatched(ledger, id, unrequested, { watchOther, onError: onListenerError });
    watched.set(id, opening);
    const shared = await opening.catch((error: unknown) => {
      forget(id, opening);
      throw error;
    });
    if (!shared) {
      forget(id, opening);
      // A read that another caller started may predate an entry this caller has just committed: retry once. Whoever knows
      // what the report would be needs a watch of its own.
      return begun && (again || unrequested) ? join(id, onChange, unrequested, false, untilSettled) : null;
    }
    // Others watch it although it was never requested, as far as this process has been told.
    if (!unrequested && !shared.isRequested()) {
      const record = await ledger.read(id);
      if (!record) return null;
      record.entries.forEach((entry) => shared.notice(entry));
    }
    if (untilSettled) {
      await shared.settled().catch((error: unknown) => {
        if (shared.isUnused()) {
          forget(id, opening);
          shared.close();
        }
        throw error;
      });
    }
    // The last watch may have been closed while this one waited: then start again.
    if (watched.get(id) !== opening) return join(id, onChange, unrequested, again, untilSettled);
    return new JoinedWatch(shared, onChange, onLastClosed);
  }

  return {
    get size() {
      return watched.size;
    },
    watches: (id) => watched.has(id),
    watch: (id, onChange, unrequested) => join(id, onChange, unrequested ?? null, true),
    notice(entry) {
      // Callers that join later wait for the same promise and so are notified after this.
      void watched.get(entry.reportId)?.then(
        (shared) => shared?.notice(entry),
        () => undefined,
      );
    },
  };
}
