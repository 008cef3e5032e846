import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import type { Logger } from 'pino';
import { ApiError, retryAfterOf, type Failure } from '../../errors.js';
import { delay } from '../../lib/delay.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { PurchasedReport, PurchaseOutcome } from '../jobalyzer/purchase-response.js';
import { backoff, faultDelay, withJitter } from '../jobalyzer/retry.js';
import type { ReportType } from '../../model/report.js';
import { transition, type Entry, type LedgerEvent } from './ledger.js';
import type { CollectionQueue, Ledger, ReportKey, Transition } from './ports.js';

export interface SubmissionSettings {
  /** How long a refusal is remembered, in milliseconds. */
  readonly rejectedTtlMs: number;
}

export interface Submissions {
  /** Buys what was claimed, in one POST. Returns at once; the outcome is stored in the ledger. */
  start(report: ReportKey, claimed: readonly Entry[]): void;
  /** Resumes what an earlier process left unfinished. Sends nothing that may have been sent before. */
  resume(report: ReportKey, entries: readonly Entry[]): Promise<void>;
  /** Cancels pauses between attempts; waits up to `graceMs` milliseconds for POSTs in flight to be answered and stored. */
  close(graceMs: number): Promise<void>;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly queue: CollectionQueue;
  readonly client: JobalyzerClient;
  readonly settings: SubmissionSettings;
  readonly log: Logger;
}

/** Attempts that were certainly not accepted are retried for this long; then the claim is given up with the error. */
const LONGEST_SUBMISSION_MS = 15_000;
const MOST_ATTEMPTS = 5;
/** An INTENT older than this is released at startup instead of bought: nobody is likely to be waiting for it. */
const INTENT_LIFE_MS = 10 * 60_000;
/** Polls resumed at startup are spread over a while, and start after a typical retry hint: the last hint is not stored. */
const RESUME_FROM_MS = 250;
const RESUME_SPREAD_MS = 500;
const BREAK_AFTER_FAILURES = 5;
const HALF_OPEN_AFTER_MS = 5_000;

type Result = 'settled' | 'unavailable';

/** Buying: from a claim in the ledger to links in the ledger, or to the reason why not. At most once, by construction. */
export function createSubmissions({ ledger, queue, client, settings, log }: Dependencies): Submissions {
  const stopping = new AbortController();
  /** The ledger is about to be closed. Anything not stored yet resumes from its stored state at the next start. */
  const abandoned = new AbortController();
  const inFlight = new Set<Promise<void>>();
  const breaker = circuitBreaker(
    handleWhenResult((result) => result === 'unavailable'),
    { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: new ConsecutiveBreaker(BREAK_AFTER_FAILURES) },
  );

  /** Applies the event to all entries. Throws if another process changed an entry; the caller must stop. */
  async function advance(report: ReportKey, entries: readonly Entry[], event: LedgerEvent): Promise<readonly Entry[]> {
    return commit(report, transitionsOf(entries, event));
  }

  async function commit(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Entry[]> {
    const committed = await ledger.commit(report, transitions);
    const lost = committed.find(({ won }) => !won);
    if (lost)
      throw new Error(
        `The ledger entry of ${lost.entry.type} was changed by another process (now ${lost.entry.state}).`,
      );
    return committed.map(({ entry }) => entry);
  }

  /** Retries until stored or until shutdown. */
  async function commitWithRetry(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Entry[]> {
    if (transitions.length === 0) return [];
    for (let attempt = 0; ; attempt++) {
      try {
        return await commit(report, transitions);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        log.error({ err: error, reportId: report.id, attempt }, 'failed to store a purchase outcome; retrying');
        await delay(backoff(attempt), abandoned.signal);
      }
    }
  }

  async function buy(report: ReportKey, claimed: readonly Entry[]): Promise<Result> {
    const startedAt = performance.now();
    const types = claimed.map(({ type }) => type);
    let entries = claimed;
    for (let attempt = 0; ; attempt++) {
      let outcome: PurchaseOutcome;
      try {
        outcome = await client.purchase(
          report.request,
          types,
          async () => {
            entries = await advance(report, entries, { kind: 'send' });
          },
          stopping.signal,
        );
      } catch (error) {
        // The client rejects only if nothing was accepted.
        outcome = notAccepted(error);
      }

      switch (outcome.kind) {
        case 'responded': {
          const stored = await commitWithRetry(
            report,
            transitionsOf(entries, { kind: 'response', body: outcome.body }),
          );
          await settle(report, stored, client.readPurchase(outcome.body, types));
          return 'settled';
        }
        case 'rejected':
          await commitWithRetry(report, transitionsOf(entries, rejection(outcome.failure)));
          return 'settled';
        case 'uncertain':
          await commitWithRetry(report, transitionsOf(entries, { kind: 'lose', failure: outcome.failure }));
          return 'unavailable';
        case 'not-accepted': {
          const sent = entries.filter(({ state }) => state === 'SENDING');
          if (sent.length > 0) entries = await commitWithRetry(report, transitionsOf(sent, { kind: 'not-accepted' }));
          // An entry left in INTENT is resumed at the next start.
          if (stopping.signal.aborted) return 'settled';
          const waitMs = withJitter(faultDelay(outcome.retryAfterMs, attempt));
          const inTime = performance.now() - startedAt + waitMs <= LONGEST_SUBMISSION_MS;
          if (!outcome.again || !inTime || attempt + 1 >= MOST_ATTEMPTS) {
            await commitWithRetry(report, transitionsOf(entries, { kind: 'give-up', failure: outcome.failure }));
            return outcome.again ? 'unavailable' : 'settled';
          }
          if (await stoppedWhileWaiting(waitMs)) return 'settled';
        }
      }
    }
  }

  /** Applies the stored response to each entry and schedules collection of the linked reports. */
  async function settle(
    report: ReportKey,
    entries: readonly Entry[],
    submitted: ReadonlyMap<ReportType, PurchasedReport>,
  ): Promise<void> {
    const steps = entries.map((entry) => {
      const outcome = submitted.get(entry.type);
      return outcome ? transition(entry, eventOf(outcome), Date.now()) : null;
    });
    const settled = await commitWithRetry(
      report,
      steps.filter((step) => step !== null),
    );
    for (const { state, type } of settled) if (state === 'LINKED') queue.schedule({ id: report.id, type }, 0);
  }

  function eventOf(outcome: PurchasedReport): LedgerEvent {
    switch (outcome.kind) {
      case 'linked':
        return { kind: 'link', link: outcome.link, warnings: outcome.warnings };
      case 'uncertain':
        return { kind: 'lose', failure: outcome.failure };
      case 'rejected':
        return rejection(outcome.failure);
    }
  }

  function rejection(failure: Failure): LedgerEvent {
    return { kind: 'reject', failure, expiresAt: Date.now() + settings.rejectedTtlMs };
  }

  async function stoppedWhileWaiting(ms: number): Promise<boolean> {
    await delay(ms, stopping.signal).catch(() => undefined);
    return stopping.signal.aborted;
  }

  function track(work: Promise<void>): void {
    inFlight.add(work);
    void work.finally(() => inFlight.delete(work));
  }

  async function buyThroughBreaker(report: ReportKey, claimed: readonly Entry[]): Promise<void> {
    try {
      await breaker
        .execute(() => buy(report, claimed))
        .catch((error: unknown) => {
          if (!(error instanceof BrokenCircuitError)) throw error;
          return commitWithRetry(report, transitionsOf(claimed, { kind: 'give-up', failure: BUYING_PAUSED }));
        });
    } catch (error) {
      log.error({ err: error, reportId: report.id }, 'a purchase failed unexpectedly');
    }
  }

  return {
    start(report, claimed) {
      track(buyThroughBreaker(report, claimed));
    },

    async resume(report, entries) {
      for (const entry of entries) {
        if (entry.state === 'LINKED') queue.schedule({ id: report.id, type: entry.type }, resumeDelay());
        else if ((entry.state === 'SENDING' || entry.state === 'UNCERTAIN') && entry.response !== null) {
          await settle(report, [entry], client.readPurchase(entry.response, [entry.type]));
        } else if (entry.state === 'SENDING') {
          await advance(report, [entry], { kind: 'lose', failure: CUT_OFF });
        }
      }
      const intents = entries.filter(({ state }) => state === 'INTENT');
      const fresh = intents.filter(({ at }) => Date.now() - at < INTENT_LIFE_MS);
      const stale = intents.filter((entry) => !fresh.includes(entry));
      if (stale.length > 0) await advance(report, stale, { kind: 'give-up', failure: CUT_OFF });
      if (fresh.length > 0) track(buyThroughBreaker(report, fresh));
    },

    async close(graceMs) {
      stopping.abort(new Error('The server is stopping.'));
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
      await Promise.race([Promise.all(inFlight), grace]);
      clearTimeout(timer);
      abandoned.abort(new Error('The server has stopped.'));
      if (inFlight.size > 0)
        log.warn({ submissions: inFlight.size }, 'stopped with purchases in flight; their outcome is unknown');
    },
  };
}

const BUYING_PAUSED: Failure = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'Jobalyzer has failed several times in a row; purchases are paused for a few seconds.',
  details: { retryAfterMs: HALF_OPEN_AFTER_MS },
};

const CUT_OFF: Failure = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'The server stopped before Jobalyzer answered.',
};

function resumeDelay(): number {
  return RESUME_FROM_MS + Math.random() * RESUME_SPREAD_MS;
}

function transitionsOf(entries: readonly Entry[], event: LedgerEvent): Transition[] {
  return entries.map((entry) => {
    const step = transition(entry, event, Date.now());
    if (!step) throw new Error(`Event "${event.kind}" is not allowed in state ${entry.state}.`);
    return step;
  });
}

function notAccepted(error: unknown): PurchaseOutcome {
  if (!(error instanceof ApiError)) {
    const failure: Failure = { code: 'UPSTREAM_UNAVAILABLE', message: 'The request for this report was not sent.' };
    return { kind: 'not-accepted', failure, retryAfterMs: null, again: false };
  }
  const mayPass = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'].includes(error.code);
  return { kind: 'not-accepted', failure: error.toFailure(), retryAfterMs: retryAfterOf(error), again: mayPass };
}
