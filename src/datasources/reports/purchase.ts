import { storeUnavailable, type Failure } from '../../errors.js';
import { delay } from '../../lib/delay.js';
import { timeOrderedUuid } from '../../lib/uuid.js';
import type { ReportKey, ReportType } from '../../model/report.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { PurchaseOutcome } from '../jobalyzer/purchase-response.js';
import { buyingStopped } from './buyer.js';
import type { Buying, Departure } from './buying.js';
import type { Commit } from './commit.js';
import type { Entry } from './ledger.js';
import { transitionAll } from './transition.js';
import type { LedgerEvent } from './ledger-events.js';
import type { Ledger } from './ports.js';
import type { Permit, PurchaseBreaker } from './purchase-breaker.js';
import {
  ClaimChanged,
  outcomeOfError,
  pauseBeforeNextAttempt,
  purchaseEvent,
  resultOf,
  resultWithoutPurchase,
  type NotAccepted,
} from './purchase-decisions.js';
import type { ReadResponses, ResponseSettings } from './read-responses.js';

/** One purchase: from a claim in the ledger to links in the ledger, or to the reason why not. At most once, by construction. */
export type Purchase = (report: ReportKey, claimed: readonly Entry[]) => Promise<void>;

interface Dependencies {
  readonly ledger: Ledger;
  readonly client: JobalyzerClient;
  readonly commit: Commit;
  readonly readResponses: ReadResponses;
  readonly breaker: PurchaseBreaker;
  readonly buying: Pick<Buying, 'depart'>;
  readonly settings: ResponseSettings;
  /** Ends the pauses between attempts. What is left in INTENT then is resumed at the next start. */
  readonly stopping: AbortSignal;
}

export function createPurchase(dependencies: Dependencies): Purchase {
  const { ledger, client, commit, readResponses, breaker, buying, settings, stopping } = dependencies;

  /** One POST for what is still claimed. It is SENDING on disk once there is a connection, before its first byte leaves. */
  async function attempt(report: ReportKey, claimed: readonly Entry[], settled: Promise<void>): Promise<Attempt> {
    const purchaseId = timeOrderedUuid();
    let permit = null as Permit | null;
    let departure = null as Departure | null;
    let isMarked = false;
    let sending: readonly Entry[] = [];
    const beforeConnect = (): void => {
      permit = breaker.enter();
    };
    const beforeSend = async (request: string): Promise<void> => {
      departure = buying.depart();
      const steps = transitionAll(claimed, { kind: 'send', purchaseId, request }, Date.now());
      isMarked = true;
      const committed = await ledger.commit(report, steps);
      if (committed.some(({ refused }) => refused)) throw buyingStopped();
      if (committed.some(({ won }) => !won)) throw new ClaimChanged('A late response changed the claim.');
      sending = committed.map(({ entry }) => entry);
    };
    const beforeFirstByte = (): void => {
      departure?.leave();
      if (!ledger.mayBuy(sending))
        throw storeUnavailable(new Error('The purchase may belong to another process by now.'));
    };
    const types = claimed.map(({ type }) => type);
    const outcome = await client
      .purchase(report.request, types, { beforeConnect, beforeSend, beforeFirstByte, settled }, stopping)
      .catch(outcomeOfError);
    return { purchaseId, outcome, permit, departure, isMarked, sending: sending.length > 0 ? sending : null };
  }

  /** Raw and before it is read, so that a response nobody can read yet is not lost. */
  async function responseEvent(
    { state, type }: Entry,
    purchaseId: string,
    { body, cookies }: Extract<PurchaseOutcome, { readonly kind: 'responded' }>,
  ): Promise<LedgerEvent> {
    const event = { kind: 'response', purchaseId, body, cookies } as const;
    if (state === 'SENDING') return event;
    const kept = await ledger.purchases.withIds([purchaseId]);
    return { ...event, isCounted: kept.some((each) => each.type === type && each.outcome !== null) };
  }

  /** Stores an outcome after which nothing is sent again. */
  async function conclude(
    report: ReportKey,
    types: readonly ReportType[],
    { purchaseId, sending }: Attempt,
    outcome: Decisive,
  ): Promise<readonly Entry[]> {
    const concluded =
      outcome.kind === 'responded'
        ? (entry: Entry) => responseEvent(entry, purchaseId, outcome)
        : () => purchaseEvent(outcome, purchaseId, Date.now() + settings.rejectedTtlMs);
    const entries = await commit(report, types, concluded, sending);
    // Without a response of its own, one of an earlier purchase may have been stored meanwhile: the ledger is read again.
    return readResponses(report, types, outcome.kind === 'responded' ? entries : null);
  }

  /** Stores that the attempt was not accepted. Resolves to what is still to be bought: a late response may have a link. */
  async function takeBack(
    report: ReportKey,
    types: readonly ReportType[],
    { purchaseId, isMarked, sending }: Attempt,
  ): Promise<readonly Entry[]> {
    if (isMarked) await commit(report, types, () => ({ kind: 'not-accepted', purchaseId }), sending);
    const entries = await readResponses(report, types);
    return entries.filter(({ state }) => state === 'INTENT');
  }

  async function giveUp(report: ReportKey, claimed: readonly Entry[], failure: Failure): Promise<void> {
    const types = claimed.map(({ type }) => type);
    await commit(report, types, () => ({ kind: 'give-up', failure }));
    await readResponses(report, types);
  }

  /** An attempt with its consequences, during which it keeps its connection. Resolves to null if it was the last one. */
  async function attemptAndSettle(
    report: ReportKey,
    claimed: readonly Entry[],
    pauseBeforeNext: (outcome: NotAccepted, sent: boolean) => number | null,
  ): Promise<NextAttempt | null> {
    const settled = Promise.withResolvers<void>();
    let departure: Departure | null = null;
    try {
      const attempted = await attempt(report, claimed, settled.promise);
      const { purchaseId, outcome, permit } = attempted;
      departure = attempted.departure;
      const types = claimed.map(({ type }) => type);
      if (outcome.kind !== 'not-accepted') {
        const entries = await conclude(report, types, attempted, outcome);
        breaker.settle(permit, resultOf(entries, purchaseId));
        return null;
      }
      const left = await takeBack(report, types, attempted);
      if (stopping.aborted) return null;
      const pauseMs = pauseBeforeNext(outcome, permit !== null);
      breaker.settle(permit, resultWithoutPurchase(outcome, pauseMs === null));
      if (pauseMs !== null) return { left, pauseMs };
      await giveUp(report, left, outcome.failure);
      return null;
    } finally {
      departure?.end();
      // If others were sent before this is known, the breaker would be asked too early about as many as wait.
      settled.resolve();
    }
  }

  return async (report, claimed) => {
    const startedAt = performance.now();
    let left = claimed;
    let attempts = 0;
    while (left.length > 0) {
      const refusal = breaker.refusal();
      if (refusal) return giveUp(report, left, refusal.toFailure());
      const again = await attemptAndSettle(report, left, (outcome, sent) => {
        if (sent) attempts += 1;
        return pauseBeforeNextAttempt(outcome, attempts, performance.now() - startedAt);
      });
      if (!again) return;
      left = again.left;
      await delay(again.pauseMs, stopping).catch(() => undefined);
      if (stopping.aborted) return;
    }
  };
}

interface NextAttempt {
  readonly left: readonly Entry[];
  readonly pauseMs: number;
}

type Decisive = Exclude<PurchaseOutcome, NotAccepted>;

interface Attempt {
  readonly purchaseId: string;
  readonly outcome: PurchaseOutcome;
  /** Null if it was never about to be sent. */
  readonly permit: Permit | null;
  readonly departure: Departure | null;
  /** Whether the ledger was told that it is being sent, and may have it. */
  readonly isMarked: boolean;
  /** What was claimed, once all of it is SENDING on disk. Null: perhaps none of it is. */
  readonly sending: readonly Entry[] | null;
}
