import { delay } from '../../lib/delay.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { PurchaseOutcome } from '../jobalyzer/purchase-response.js';
import type { Commit } from './commit.js';
import { transitionAll, type Entry, type LedgerEvent } from './ledger.js';
import type { ReportKey } from '../../model/report.js';
import { outcomeOfError, pauseBeforeNextAttempt, purchaseEvent, type NotAccepted } from './purchase-decisions.js';
import type { ReadResponses, ResponseSettings } from './read-responses.js';

/**
 * One purchase: from a claim in the ledger to links in the ledger, or to the reason why not. At most once, by construction.
 * 'unavailable': its outcome is unknown, or it was never accepted though it might be later. 'done': anything else.
 */
export type Purchase = (report: ReportKey, claimed: readonly Entry[]) => Promise<PurchaseResult>;
export type PurchaseResult = 'done' | 'unavailable';

interface Dependencies {
  readonly client: JobalyzerClient;
  readonly commit: Commit;
  readonly readResponses: ReadResponses;
  readonly settings: ResponseSettings;
  /** Ends the pauses between attempts. What is left in INTENT then is resumed at the next start. */
  readonly stopping: AbortSignal;
}

export function createPurchase({ client, commit, readResponses, settings, stopping }: Dependencies): Purchase {
  const store = (report: ReportKey, entries: readonly Entry[], event: LedgerEvent): Promise<readonly Entry[]> =>
    commit.untilStored(report, transitionAll(entries, event, Date.now()));

  /** One POST. `entries`: SENDING, on disk, before its first byte leaves; unchanged if it was not sent. */
  async function attempt(report: ReportKey, claimed: readonly Entry[]): Promise<Attempt> {
    let entries = claimed;
    const types = claimed.map(({ type }) => type);
    const beforeSend = async (): Promise<void> => {
      entries = await commit.once(report, transitionAll(claimed, { kind: 'send' }, Date.now()));
    };
    const outcome = await client.purchase(report.request, types, beforeSend, stopping).catch(outcomeOfError);
    return { outcome, entries };
  }

  /** Stores an outcome after which nothing is sent again. */
  async function conclude(report: ReportKey, outcome: Decisive, entries: readonly Entry[]): Promise<PurchaseResult> {
    if (outcome.kind === 'responded') {
      // Raw and before it is read, so that a response nobody can read yet is not lost.
      await readResponses(report, await store(report, entries, { kind: 'response', body: outcome.body }));
      return 'done';
    }
    await store(report, entries, purchaseEvent(outcome, Date.now() + settings.rejectedTtlMs));
    return outcome.kind === 'uncertain' ? 'unavailable' : 'done';
  }

  /** Stores that the attempt was not accepted: its entries are only claimed again. */
  async function takeBack(report: ReportKey, entries: readonly Entry[]): Promise<readonly Entry[]> {
    const sent = entries.filter(({ state }) => state === 'SENDING');
    return sent.length > 0 ? store(report, sent, { kind: 'not-accepted' }) : entries;
  }

  return async (report, claimed) => {
    const startedAt = performance.now();
    let entries = claimed;
    for (let attempts = 1; ; attempts++) {
      const { outcome, entries: attempted } = await attempt(report, entries);
      if (outcome.kind !== 'not-accepted') return conclude(report, outcome, attempted);
      entries = await takeBack(report, attempted);
      if (stopping.aborted) return 'done';
      const pauseMs = pauseBeforeNextAttempt(outcome, attempts, performance.now() - startedAt);
      if (pauseMs === null) {
        await store(report, entries, { kind: 'give-up', failure: outcome.failure });
        return outcome.again ? 'unavailable' : 'done';
      }
      await delay(pauseMs, stopping).catch(() => undefined);
      if (stopping.aborted) return 'done';
    }
  };
}

type Decisive = Exclude<PurchaseOutcome, NotAccepted>;

interface Attempt {
  readonly outcome: PurchaseOutcome;
  readonly entries: readonly Entry[];
}
