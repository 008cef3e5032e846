import { unknownReport, type ApiError } from '../../errors.js';
import { endedQueue, pushQueue } from '../../lib/push-queue.js';
import type { ReportKey, ReportType, StatusEvent } from '../../model/report.js';
import type { Buyer } from './buyer.js';
import type { ReportClaims } from './claim.js';
import type { Expiry } from './expiry.js';
import { isChange, isLast, refusedEvent, statusEvent } from './status-event.js';
import type { Usage } from './usage.js';
import type { Change, Watcher } from './watch.js';

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
  const unbought: FollowOptions = { ensured: false, expiry, onReady: () => usage.countSaved(1) };

  return {
    async follow(report, types, buyer) {
      if (!buyer) return followReport(watcher, report.id, types, { ...unbought, unrequested: report });
      const { bought, refused } = await claims.ensure(report, types, buyer);
      const [refusal] = refused.values();
      if (refusal && bought.length === 0) throw refusal;
      // No types requested, so the ledger need not have an entry.
      if (types.length === 0) return endedQueue();
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
  { ensured, expiry, unrequested, refused = new Map(), onReady = () => undefined }: FollowOptions,
): Promise<AsyncIterableIterator<StatusEvent>> {
  const emitted = new Map<ReportType, StatusEvent>();
  const open = new Set(types);
  const early: Change[] = [];
  let onChange = (change: Change): void => void early.push(change);

  const watch = await watcher.watch(id, (change) => onChange(change), unrequested);
  if (!watch) throw unknownReport(id);
  const queue = pushQueue<StatusEvent>(MOST_EVENTS_BEHIND, () => watch.close());

  function emit(event: StatusEvent): void {
    const last = emitted.get(event.type);
    if (!open.has(event.type) || (last && !isChange(last, event))) return;
    emitted.set(event.type, event);
    if (isLast(event)) open.delete(event.type);
    if (event.status === 'READY') onReady(event.type);
    queue.push(event);
    if (open.size === 0) queue.end();
  }

  for (const type of types) {
    const entry = watch.snapshot[type];
    const refusal = refused.get(type);
    if (refusal) emit(refusedEvent(watch.report, type, refusal));
    else emit(statusEvent(watch.report, entry, ensured, expiry?.timeFor(entry)));
  }
  onChange = ({ event }) => emit(event);
  early.forEach(onChange);
  if (open.size === 0) queue.end();
  return queue.values;
}
