import type { ReportKey, ReportType, StatusEvent } from '../../model/report.js';
import { entryOf, isNewer, type Entry } from './ledger.js';
import type { Ledger } from './ports.js';
import { statusEvent } from './status-event.js';

/** One change of a watched report. All who watch it get the same objects, so what is derived from them can be shared. */
export interface Change {
  readonly entry: Entry;
  readonly event: StatusEvent;
}

type Listener = (change: Change) => void;

/** One caller's view of a watched report. */
export interface Watch {
  readonly report: ReportKey;
  /** The entries when the watch began. Every later change is passed to `onChange`, in order and without repetition. */
  readonly snapshot: Readonly<Record<ReportType, Entry>>;
  /** The current entry. */
  entry(type: ReportType): Entry;
  close(): void;
}

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
  /** How many reports are being watched in this process. */
  readonly size: number;
}

/** A report that is watched, and everybody who watches it. */
interface Watched {
  readonly report: ReportKey;
  readonly entries: Record<ReportType, Entry>;
  readonly watches: Set<JoinedWatch>;
  isRequested(): boolean;
  notice(entry: Entry): void;
  close(): void;
}

/**
 * Subscribes to and reads the ledger once per report, however many callers watch the report in this process.
 * `onListenerError` is called when a listener throws; the other listeners are still notified.
 */
export function createWatcher(
  ledger: Ledger,
  onListenerError: (error: unknown) => void = (error) => process.emitWarning(String(error)),
): Watcher {
  const watched = new Map<string, Promise<Watched | null>>();

  function forget(id: string, opening: Promise<Watched | null>): void {
    if (watched.get(id) === opening) watched.delete(id);
  }

  /** Nobody watches the report any more. */
  function onLastClosed(shared: Watched): void {
    watched.delete(shared.report.id);
    shared.close();
  }

  async function join(
    id: string,
    onChange: Listener,
    unrequested: ReportKey | null,
    again: boolean,
  ): Promise<Watch | null> {
    const begun = watched.get(id);
    const opening = begun ?? openWatched(ledger, id, unrequested, onListenerError);
    watched.set(id, opening);
    const shared = await opening.catch((error: unknown) => {
      forget(id, opening);
      throw error;
    });
    if (!shared) {
      forget(id, opening);
      // A read that another caller started may predate an entry this caller has just committed: retry once. Whoever knows
      // what the report would be needs a watch of its own.
      return begun && (again || unrequested) ? join(id, onChange, unrequested, false) : null;
    }
    // Others watch it although it was never requested, as far as this process has been told.
    if (!unrequested && !shared.isRequested()) {
      const record = await ledger.read(id);
      if (!record) return null;
      record.entries.forEach((entry) => shared.notice(entry));
    }
    // The last watch may have been closed while this one waited: then start again.
    if (watched.get(id) !== opening) return join(id, onChange, unrequested, again);
    return new JoinedWatch(shared, onChange, onLastClosed);
  }

  return {
    get size() {
      return watched.size;
    },
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

/**
 * Subscribes before it reads and compares versions, so that no change is missed or repeated. Null, without a subscription,
 * if the ledger does not have the report and it is not given.
 */
async function openWatched(
  ledger: Ledger,
  id: string,
  unrequested: ReportKey | null,
  onListenerError: (error: unknown) => void,
): Promise<Watched | null> {
  const early: Entry[] = [];
  let notice = (entry: Entry): void => void early.push(entry);
  const unsubscribe = await ledger.subscribe(id, (entry) => notice(entry));
  try {
    const record = (await ledger.read(id)) ?? (unrequested && { ...unrequested, entries: [] });
    if (!record) {
      unsubscribe();
      return null;
    }
    const report: ReportKey = { id, request: record.request };
    const entries: Record<ReportType, Entry> = {
      PAY: entryOf(record.entries, id, 'PAY'),
      YOE: entryOf(record.entries, id, 'YOE'),
    };
    const watches = new Set<JoinedWatch>();
    notice = (entry) => {
      if (!isNewer(entries[entry.type], entry)) return;
      entries[entry.type] = entry;
      tellAll(watches, { entry, event: statusEvent(report, entry, true) }, onListenerError);
    };
    early.forEach(notice);
    const isRequested = (): boolean => Object.values(entries).some(({ version }) => version > 0);
    return { report, entries, watches, isRequested, notice, close: unsubscribe };
  } catch (error) {
    unsubscribe();
    throw error;
  }
}

function tellAll(watches: ReadonlySet<JoinedWatch>, change: Change, onListenerError: (error: unknown) => void): void {
  for (const { onChange } of [...watches]) {
    try {
      onChange(change);
    } catch (error) {
      onListenerError(error);
    }
  }
}

/** `onLastClosed` is called when nobody watches the report any more. */
class JoinedWatch implements Watch {
  readonly snapshot: Watch['snapshot'];

  constructor(
    private readonly shared: Watched,
    readonly onChange: Listener,
    private readonly onLastClosed: (shared: Watched) => void,
  ) {
    shared.watches.add(this);
    this.snapshot = { ...shared.entries };
  }

  get report(): ReportKey {
    return this.shared.report;
  }

  entry(type: ReportType): Entry {
    return this.shared.entries[type];
  }

  close(): void {
    if (!this.shared.watches.delete(this) || this.shared.watches.size > 0) return;
    this.onLastClosed(this.shared);
  }
}
