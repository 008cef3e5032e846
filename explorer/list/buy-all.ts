import { BuyAgainDocument, BuyDocument } from '../generated/operations.ts';
import { atOnce } from './at-once.ts';
import { isUnderWay, type ListedReport } from './listed.ts';
import { jobsOf } from './look.ts';
import type { Patient } from './patient.ts';
import { pause } from './pause.ts';
import type { Store } from './store.ts';

/** Requests at once. */
const MOST_REQUESTS = 4;
/** Reports that are on the way at once. Whoever stops has bought few more than these besides what is here. */
const MOST_UNDER_WAY = 40;
const LOOK_MS = 200;

/** It is seen when it is looked at. */
const ON_ITS_WAY: Partial<ListedReport> = { isQueued: false, status: 'SUBMITTING', problem: null };

export interface PurchaseOptions {
  readonly closed: AbortSignal;
  /** Nothing more is bought. What has been sent is still heard of. */
  readonly stop: AbortSignal;
  /** One is on the way, perhaps after it was stopped. */
  readonly onBought: () => void;
}

/**
 * Buys these reports in this order, those of each job by a request of its own, so that no operation is too large for any server.
 * Throws `Ended` or a signal's reason.
 */
export async function buyAll(
  server: Patient,
  store: Store,
  chosen: readonly string[],
  { closed, stop, onBought }: PurchaseOptions,
): Promise<void> {
  const { reports } = store.get();
  const queue = jobsOf(new Map(chosen.flatMap((key) => [[key, reports.get(key)!] as const])));
  const buy = async ({ answers, keys }: (typeof queue)[number]): Promise<void> => {
    const { problems } = await server.request(BuyDocument, { answers, types: [...keys.keys()] }, closed, stop);
    const change = problems[0] ? { isQueued: false, problem: problems[0] } : ON_ITS_WAY;
    for (const key of keys.values()) store.setReport(key, change);
    onBought();
  };
  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      while ([...store.get().reports.values()].filter(isUnderWay).length >= MOST_UNDER_WAY) await pause(LOOK_MS, stop);
      stop.throwIfAborted();
      const next = queue.shift();
      if (next !== undefined) await buy(next);
    }
  };
  await atOnce(MOST_REQUESTS, work);
}

/** Buys one of which nobody knows whether it was bought, perhaps for the second time. Throws as `buyAll` does. */
export async function buyAgain(
  server: Patient,
  store: Store,
  key: string,
  { closed, stop, onBought }: PurchaseOptions,
): Promise<void> {
  const { id, type, problem } = store.get().reports.get(key)!;
  if (!id || !problem?.since) return;
  const variables = { id, types: [type], since: problem.since };
  const { problems } = await server.request(BuyAgainDocument, variables, closed, stop);
  // Somebody else may have decided it, which is as good.
  const refusal = problems.find(({ code }) => code !== 'PURCHASE_CHANGED');
  store.setReport(key, refusal ? { isQueued: false, problem: refusal } : ON_ITS_WAY);
  onBought();
}
