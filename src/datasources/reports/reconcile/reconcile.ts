import type { Logger } from 'pino';
import { delay } from '../../../lib/delay.js';
import type { Ledger } from '../ports.js';
import type { PurchaseRecord } from '../sent-purchases.js';
import type { Round } from './round.js';
import { nextLookAt } from './schedule.js';

/** Is told what came of looking into the usage log. */
export interface ReconcileObserver {
  /** It was read as a whole and all that follows from it is stored, or not. */
  logRead(outcome: 'ok' | 'failed'): void;
}

interface Dependencies {
  readonly ledger: Pick<Ledger, 'purchases'>;
  readonly round: Round;
  readonly observer?: ReconcileObserver | undefined;
  readonly log: Logger;
}

/** How often it is asked whether a purchase is to be looked for. */
const LOOK_EVERY_MS = 3_000;
/** More of them take more than one read. */
const MOST_SOUGHT = 10_000;
const AT_ONCE = 500;
/** While the log cannot be read, also what has been looked for long enough is tried again. */
const TRY_AGAIN_MS = 3_600_000;

/**
 * Looks for purchases whose outcome is unknown in upstream's usage log, in one process of those that share the ledger, as long
 * as there are any. A read serves all of them, due or not. Returns the function that ends it, and resolves once it has ended.
 */
export function startReconciling({ ledger, round, observer, log }: Dependencies): () => Promise<void> {
  const { purchases } = ledger;
  const stopping = new AbortController();
  const { signal } = stopping;

  async function soughtAfter(place: PurchaseRecord | null): Promise<readonly PurchaseRecord[]> {
    const sought: PurchaseRecord[] = [];
    while (sought.length < MOST_SOUGHT) {
      const page = await purchases.sought(sought.at(-1) ?? place, AT_ONCE);
      sought.push(...page);
      if (page.length < AT_ONCE) break;
    }
    return sought;
  }

  /** Nothing of the log may be used: all stays as it was, until the next time. */
  async function putOff(sought: readonly PurchaseRecord[]): Promise<void> {
    const now = Date.now();
    for (let first = 0; first < sought.length; first += AT_ONCE) {
      const some = sought.slice(first, first + AT_ONCE);
      await purchases.looked(
        some.map(({ purchaseId, type, sentAt, evidence }) => {
          return { purchaseId, type, evidence, lookAt: nextLookAt(sentAt, now) ?? now + TRY_AGAIN_MS };
        }),
      );
    }
  }

  async function lookFor(sought: readonly PurchaseRecord[]): Promise<void> {
    try {
      await round(sought, signal);
      observer?.logRead('ok');
    } catch (error) {
      if (signal.aborted) return;
      // Why the log cannot be read is logged by its reader.
      log.debug({ err: error, purchases: sought.length }, 'uncertain purchases could not be looked for; will retry');
      observer?.logRead('failed');
      await putOff(sought);
    }
  }

  async function look(): Promise<void> {
    const due = await purchases.nextLook();
    if (due === null || due > Date.now() || !(await purchases.readsLog())) return;
    for (let sought = await soughtAfter(null); sought.length > 0;) {
      if (sought.some(({ lookAt }) => lookAt !== null && lookAt <= Date.now())) await lookFor(sought);
      if (signal.aborted || sought.length < MOST_SOUGHT) return;
      sought = await soughtAfter(sought.at(-1) ?? null);
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'uncertain purchases could not be looked for; will retry');
      });
      await delay(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  }

  const running = run();
  return async () => {
    stopping.abort(new Error('The server is stopping.'));
    await running;
  };
}
