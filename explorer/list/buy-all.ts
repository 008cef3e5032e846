import { BuyDocument } from '../generated/operations.ts';
import { atOnce } from './at-once.ts';
import { isUnderWay } from './listed.ts';
import type { Patient } from './patient.ts';
import { pause } from './pause.ts';
import type { Store } from './store.ts';

/** Requests at once. */
const MOST_REQUESTS = 4;
/** Reports that are on the way at once. Whoever stops has bought no more than these besides what is here. */
const MOST_UNDER_WAY = 40;
const LOOK_MS = 200;

interface PurchaseOptions {
  readonly closed: AbortSignal;
  /** Nothing more is bought. What has been sent is still heard of. */
  readonly stop: AbortSignal;
  /** One is on the way, perhaps after it was stopped. */
  readonly onBought: () => void;
}

/**
 * Buys these reports in this order, each by a request of its own, so that no operation is too large for any server. Throws `Ended`
 * or a signal's reason.
 */
export async function buyAll(
  server: Patient,
  store: Store,
  chosen: readonly number[],
  { closed, stop, onBought }: PurchaseOptions,
): Promise<void> {
  const queue = [...chosen];
  const buy = async (at: number): Promise<void> => {
    const { answers } = store.get().reports[at]!;
    const variables = { answers, types: ['PAY' as const] };
    const { problems } = await server.request(BuyDocument, variables, closed, stop);
    // What has become of it is seen when it is looked at.
    store.setReport(at, problems[0] ? { problem: problems[0] } : { status: 'SUBMITTING', problem: null });
    onBought();
  };
  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      while (store.get().reports.filter(isUnderWay).length >= MOST_UNDER_WAY) await pause(LOOK_MS, stop);
      stop.throwIfAborted();
      const next = queue.shift();
      if (next !== undefined) await buy(next);
    }
  };
  await atOnce(MOST_REQUESTS, work);
}
