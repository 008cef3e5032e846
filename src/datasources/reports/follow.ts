import { unknownReport, type ApiError } from '../../errors.js';
import { endedQueue, pushQueue, type PushQueue } from '../../lib/push-queue.js';
import type { ReportKey, ReportType, StatusEvent } from '../../model/report.js';
import type { Buyer } from './buyer.js';
import type { ReportClaims } from './claim.js';
import type { Expiry } from './expiry.js';
import { isChange, isLast, refusedEvent, statusEvent } from './status-event.js';
import type { Usage } from './usage.js';
import type { Watcher } from './watch.js';
import type { Watch } from './watched.js';

/** Following a report: a client's stream of status events. (Watching is what it is made from, once per report.) */
export interface ReportFollowing {
  /**
   * The current status of each type, then every change until each is READY or FAILED. Buys what is not stored yet: a type
   * that is refused is FAILED if another one was bought, otherwise this throws why; like `ensure`, it throws
   * STORE_UNAVAILABLE, too. Null as the buyer: buys nothing, and what was never requested is NOT_REQUESTED until it is.
   */
  follow(
    report: ReportKey,
    types: readonly ReportType[],
    buyer: Buyer | null,
  ): Promise<AsyncIterableIterator<StatusEvent>>;
  /** The same for a known report; buys nothing. Throws NOT_FOUND for an id that was never requested. */
  followKnown(id: string, types: readonly ReportType[]): Promise<AsyncIterableIterator<StatusEvent>>;
}

/** A report takes seconds and has a few events per type; a reader this far behind is stalled. */
const MOST_EVENTS_BEHIND = 128;

/** `expiry` says which of the reports that are only followed have expired. */
export function createFollowing(
  watcher: Watcher,
  claims: ReportClaims,
  usage: Usage,
  expiry?: Pick<Expiry, 'timeFor'>,
): ReportFollowing {
  const onSaved = (): void => usage.countSaved(1);
  const unbought: FollowOptions = { ensured: false, expiry, onReady: onSaved };
  const joined: FollowOptions = { ensured: true, onReady: onSaved };

  return {
    async follow(report, types, buyer) {
      if (!buyer) return followReport(watcher, report.id, types, { ...unbought, unrequested: report });
      const { bought, refused } = await claims.ensure(report, types, buyer);
      const [refusal] = refused.values();
      if (refusal && bought.length === 0) throw refusal;
      // No types requested, so the ledger need not have an entry.
      if (types.length === 0) return endedQueue();
      // Almost all of those who follow a report have bought nothing: they share what there is to know.
      if (bought.length === 0 && refused.size === 0) return followReport(watcher, report.id, types, joined);
      const onReady = (type: ReportType): void => usage.countSaved(bought.includes(type) ? 0 : 1);
      return followReport(watcher, report.id, types, { ensured: true, refused, onReady });
    },

    followKnown: (id, types) => followReport(watcher, id, types, unbought),
  };
}

interface FollowOptions {
  /** The caller has just called `ensure` for these types: see `statusEvent`. */
  readonly ensured: boolean;
  /** What the report would be if it was never requested. */
  readonly unrequested?: ReportKey;
  /** Why types that were not claimed were not; the others were, or need not be. */
  readonly refused?: ReadonlyMap<ReportType, ApiError>;
  /** By this machine's time if it is not given. */
  readonly expiry?: Pick<Expiry, 'timeFor'> | undefined;
  /** Called once for each type that becomes READY. */
  readonly onReady?: (type: ReportType) => void;
}

/**
 * The current status of each of the given types, then every change, then the end once each is READY or FAILED. No event is
 * repeated, out of order, or after the end. Throws NOT_FOUND for an id that was never requested, unless the report is given.
 */
export async function followReport(
  watcher: Watcher,
  id: string,
  types: readonly ReportType[],
  { ensured, expiry, unrequested, refused, onReady }: FollowOptions,
): Promise<AsyncIterableIterator<StatusEvent>> {
  const events = new Events(types, onReady);
  const watch = await watcher.watch(id, ({ event }) => events.emit(event), unrequested);
  if (!watch) throw unknownReport(id);
  return events.open(watch, (type) => {
    const entry = watch.snapshot[type];
    const refusal = refused?.get(type);
    if (refusal) return refusedEvent(watch.report, type, refusal);
    return statusEvent(watch.report, entry, ensured, expiry?.timeFor(entry));
  });
}

/** What is remembered of an event. */
type Sent = Pick<StatusEvent, 'status' | 'attempt'>;

/** What one subscriber is sent. Thousands wait at a time, so it is one small object. */
class Events {
  /** The types of which more events follow. */
  #open: readonly ReportType[];
  #last: Partial<Record<ReportType, Sent>> = {};
  /** Null until it is known what the entries were when the watch began. */
  #queue: PushQueue<StatusEvent> | null = null;
  #early: StatusEvent[] | null = null;

  constructor(
    private readonly types: readonly ReportType[],
    private readonly onReady: FollowOptions['onReady'],
  ) {
    this.#open = types;
  }

  /** `firstOf`: the current status of each type. Changes that came before are sent after it. */
  open(watch: Watch, firstOf: (type: ReportType) => StatusEvent): AsyncIterableIterator<StatusEvent> {
    this.#queue = pushQueue<StatusEvent>(MOST_EVENTS_BEHIND, () => watch.close());
    for (const type of this.types) this.emit(firstOf(type));
    this.#early?.forEach((event) => this.emit(event));
    this.#early = null;
    if (this.#open.length === 0) this.#queue.end();
    return this.#queue.values;
  }

  emit(event: StatusEvent): void {
    if (!this.#queue) return void (this.#early ??= []).push(event);
    const last = this.#last[event.type];
    if (!this.#open.includes(event.type) || (last && !isChange(last, event))) return;
    this.#last[event.type] = { status: event.status, attempt: event.attempt };
    if (isLast(event)) this.#open = this.#open.filter((type) => type !== event.type);
    if (event.status === 'READY') this.onReady?.(event.type);
    this.#queue.push(event);
    if (this.#open.length === 0) this.#queue.end();
  }
}
