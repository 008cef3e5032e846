import type { ReportKey, ReportType, StatusEvent } from '../../model/report.js';
import { storeUnavailable } from '../../errors.js';
import { aliasOf } from './alias-state.js';
import { absent, entryOf, isNewer, type Entry } from './ledger.js';
import type { Ledger } from './ports.js';
import { statusEvent } from './status-event.js';

/** One change of a watched report. All who watch it get the same objects, so what is derived from them can be shared. */
export interface Change {
  readonly entry: Entry;
  readonly event: StatusEvent;
}

export type Listener = (change: Change) => void;

/** One caller's view of a watched report. */
export interface Watch {
  readonly report: ReportKey;
  /** The entries when the watch began. Every later change is passed to `onChange`, in order and without repetition. */
  readonly snapshot: Readonly<Record<ReportType, Entry>>;
  /** The current entry. */
  entry(type: ReportType): Entry;
  close(): void;
}

/** Watches the report with this id; null if the ledger does not have it. */
export type WatchOther = (id: string, onChange: Listener) => Promise<Watch | null>;

interface Options {
  /** For the report that the id stands for. */
  readonly watchOther: WatchOther;
  /** Called when a listener throws. */
  readonly onError: (error: unknown) => void;
}

/**
 * Subscribes before it reads and compares versions, so that no change is missed or repeated. Null, without a subscription,
 * if the ledger does not have the report and it is not given.
 */
export async function openWatched(
  ledger: Ledger,
  id: string,
  unrequested: ReportKey | null,
  options: Options,
): Promise<WatchedReport | null> {
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
    const watched = new WatchedReport(report, record.entries, options, unsubscribe);
    notice = (entry) => watched.notice(entry);
    early.forEach(notice);
    return watched;
  } catch (error) {
    unsubscribe();
    throw error;
  }
}

/**
 * A report that is watched, with everybody who watches it. While its id stands for another one, what is seen of it are the
 * entries of that report, which is watched for it.
 */
export class WatchedReport {
  readonly #watches = new Set<JoinedWatch>();
  /** What the ledger has under this id. */
  readonly #own: Record<ReportType, Entry>;
  /** What those who watch it know. */
  readonly #seen: Record<ReportType, Entry>;
  #other: { readonly id: string; readonly watch: Watch | null } | null = null;
  /** Until what the id stands for is watched. Null: it is. */
  #turning: Promise<void> | null = null;
  #turns = 0;
  /** Why that cannot be watched. */
  #fault: Error | null = null;
  #isClosed = false;

  constructor(
    readonly report: ReportKey,
    entries: readonly Entry[],
    private readonly options: Options,
    private readonly unsubscribe: () => void,
  ) {
    const { id } = report;
    this.#own = { PAY: entryOf(entries, id, 'PAY'), YOE: entryOf(entries, id, 'YOE') };
    this.#seen = { PAY: this.#current('PAY'), YOE: this.#current('YOE') };
    if (aliasOf(entries) !== null) this.#turn();
  }

  get entries(): Readonly<Record<ReportType, Entry>> {
    return this.#seen;
  }

  /** Whether the ledger has it, as far as this process has been told. */
  isRequested(): boolean {
    return Object.values(this.#own).some(({ version }) => version > 0);
  }

  notice(entry: Entry): void {
    const before = this.#own[entry.type];
    if (!isNewer(before, entry)) return;
    this.#own[entry.type] = entry;
    if (before.state === 'ALIAS' || entry.state === 'ALIAS') this.#turn();
    else this.#show(entry.type);
  }

  /** Resolves when what is seen are the entries of the report that the id stands for, if it stands for one. Throws STORE_UNAVAILABLE. */
  async settled(): Promise<void> {
    if (this.#fault) this.#turn();
    while (this.#turning) await this.#turning;
    if (this.#fault) throw this.#fault;
  }

  /** Whether nobody watches it. */
  isUnused(): boolean {
    return this.#watches.size === 0;
  }

  join(watch: JoinedWatch): void {
    this.#watches.add(watch);
  }

  /** True: nobody watches it any more. */
  leave(watch: JoinedWatch): boolean {
    return this.#watches.delete(watch) && this.isUnused();
  }

  close(): void {
    this.#isClosed = true;
    this.unsubscribe();
    this.#leaveOther();
  }

  #current(type: ReportType): Entry {
    const own = this.#own[type];
    if (own.state !== 'ALIAS') return own;
    return this.#other?.watch?.entry(type) ?? absent(this.report.id, type);
  }

  #show(type: ReportType): void {
    const entry = this.#current(type);
    if (entry === this.#seen[type]) return;
    this.#seen[type] = entry;
    const change = { entry, event: statusEvent(this.report, entry, true) };
    for (const { onChange } of [...this.#watches]) {
      try {
        onChange(change);
      } catch (error) {
        this.options.onError(error);
      }
    }
  }

  #turn(): void {
    this.#turns += 1;
    this.#turning = this.#turnAfter(this.#turning, this.#turns);
  }

  /** One after another, each to what the id stands for then. */
  async #turnAfter(before: Promise<void> | null, number: number): Promise<void> {
    await before;
    try {
      await this.#watchOther();
      this.#fault = null;
    } catch (error) {
      this.#fault = storeUnavailable(error);
    }
    if (number === this.#turns) this.#turning = null;
  }

  async #watchOther(): Promise<void> {
    const id = aliasOf(Object.values(this.#own));
    if (id !== (this.#other?.id ?? null)) {
      this.#leaveOther();
      const watch = id === null ? null : await this.options.watchOther(id, ({ entry }) => this.#show(entry.type));
      this.#other = id === null ? null : { id, watch };
      if (this.#isClosed) return this.#leaveOther();
    }
    for (const type of ['PAY', 'YOE'] as const) {
      const { state, version } = this.#current(type);
      // What there is nothing of yet is not told to have failed.
      if (state !== 'ABSENT' || version > 0) this.#show(type);
      else this.#seen[type] = this.#current(type);
    }
  }

  #leaveOther(): void {
    this.#other?.watch?.close();
    this.#other = null;
  }
}

/** `onLastClosed` is called when nobody watches the report any more. */
export class JoinedWatch implements Watch {
  readonly snapshot: Watch['snapshot'];

  constructor(
    private readonly shared: WatchedReport,
    readonly onChange: Listener,
    private readonly onLastClosed: (shared: WatchedReport) => void,
  ) {
    shared.join(this);
    this.snapshot = { ...shared.entries };
  }

  get report(): ReportKey {
    return this.shared.report;
  }

  entry(type: ReportType): Entry {
    return this.shared.entries[type];
  }

  close(): void {
    if (this.shared.leave(this)) this.onLastClosed(this.shared);
  }
}
