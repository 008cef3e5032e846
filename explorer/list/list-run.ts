import { probesFor } from '../../src/model/job-list/checked.ts';
import type { Api } from '../api/api.ts';
import type { Problem } from '../api/problem.ts';
import type { AskerFragment } from '../generated/operations.ts';
import { buyAll } from './buy-all.ts';
import { isUnderWay, priced, type ListedReport, type PricedRow } from './listed.ts';
import { checkAll, lookAt } from './look.ts';
import { Ended, patient } from './patient.ts';
import { pause } from './pause.ts';
import { inputOf, learnt } from './known.ts';
import { createStore, type ListState } from './store.ts';

const LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 5_000;
/** If so many in a row are given up before they are bought, the service is away. */
const MOST_GIVEN_UP = 3;
const GIVEN_UP: Problem = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'It was given up before it was bought: the service cannot be reached at the moment.',
};

export interface ListRun {
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => ListState;
  /** Buys these of the reports, in this order, and follows them until they are here. */
  readonly buy: (chosen: readonly number[]) => void;
  /** Buys nothing more. What was bought is still collected. */
  readonly stop: () => void;
  /** Looks again at what is not here, if something was in the way. */
  readonly lookAgain: () => void;
  /** Ends everything. What was bought stays at the server. */
  readonly close: () => void;
}

/** Prices a list, which costs nothing, and buys when it is told to. */
export function startList(api: Api, rows: readonly PricedRow[], onAsker: (asker: AskerFragment) => void): ListRun {
  const closed = new AbortController();
  const store = createStore(rows);
  const server = patient(api, (waiting) => store.set({ waiting }));
  let purchase = new AbortController();
  let isFollowing = false;
  let givenUp = 0;

  const end = (problem: Problem): void => {
    stop();
    store.set({ ended: problem });
  };
  const stop = (): void => {
    purchase.abort();
    const before = store.get().purchase;
    if (before) store.set({ purchase: { ...before, isOver: true } });
  };
  /** Only what nobody foresaw is thrown. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    const { signal } = purchase;
    try {
      await work();
    } catch (error) {
      if (closed.signal.aborted || (signal.aborted && error === signal.reason)) return;
      if (!(error instanceof Ended)) throw error;
      end(error.problem);
    }
  };

  const onLook = (at: number, seen: Partial<ListedReport>): void => {
    const before = store.get().reports[at];
    const isGivenUp = seen.status === 'NOT_REQUESTED' && before !== undefined && isUnderWay(before);
    store.setReport(at, isGivenUp ? { ...seen, problem: GIVEN_UP } : seen);
    if (isGivenUp) givenUp += 1;
    else if (seen.status === 'READY') givenUp = 0;
    if (givenUp === MOST_GIVEN_UP) end(GIVEN_UP);
  };
  const lookAtThose = (isWanted: (report: ListedReport) => boolean, onEach = onLook): Promise<void> => {
    const wanted = store.get().reports.flatMap((report, at) => (isWanted(report) ? [{ at, ...report }] : []));
    return lookAt(server, wanted, onEach, onAsker, closed.signal);
  };

  const underWay = (): number => store.get().reports.filter(isUnderWay).length;
  const isBuying = (): boolean => store.get().purchase?.isOver === false;
  /** Until nothing is on the way any more, and nothing more will be. */
  const follow = async (): Promise<void> => {
    if (isFollowing) return;
    isFollowing = true;
    try {
      let wait = LOOK_MS;
      let open = underWay();
      while (open > 0 || isBuying()) {
        await pause(wait, closed.signal);
        await lookAtThose(isUnderWay);
        const before = open;
        open = underWay();
        wait = open === before && !isBuying() ? Math.min(LONGEST_LOOK_MS, wait * 1.2) : LOOK_MS;
      }
    } finally {
      isFollowing = false;
    }
  };

  const check = async (onDone: (count: number, total: number) => void): Promise<void> => {
    const given = store.get().rows.flatMap((row) => row.given ?? []);
    const probes = probesFor(given, new Map());
    // There are not more reports than rows.
    const total = probes.length + given.length;
    const checks = await checkAll(server, probes.map(inputOf), (count) => onDone(count, total), closed.signal);
    store.set(priced(store.get().rows, learnt(probes, checks)));
  };

  const look = async (): Promise<void> => {
    let done = 0;
    const tell = (count: number, total: number): void => store.set({ looked: { done: (done += count), total } });
    if (store.get().reports.length === 0) await check(tell);
    const isUnseen = ({ pay }: ListedReport): boolean => pay === null;
    const total = done + store.get().reports.filter(isUnseen).length;
    await lookAtThose(isUnseen, (at, seen) => {
      onLook(at, seen);
      tell(1, total);
    });
    store.set({ looked: { done: total, total }, isLooked: true });
    await follow();
  };

  const start = (work: () => Promise<void>): void => void attempt(work);
  start(look);
  return {
    subscribe: store.subscribe,
    snapshot: store.snapshot,
    stop,
    buy(chosen) {
      purchase.abort();
      purchase = new AbortController();
      const { signal } = purchase;
      givenUp = 0;
      const began = { chosen, since: Date.now(), isOver: false };
      for (const at of chosen) store.setReport(at, { problem: null });
      store.set({ ended: null, purchase: began });
      start(async () => {
        const onBought = (): void => start(follow);
        await buyAll(server, store, chosen, { closed: closed.signal, stop: signal, onBought });
        if (!signal.aborted) stop();
      });
    },
    lookAgain() {
      store.set({ ended: null });
      start(look);
    },
    close: () => closed.abort(),
  };
}
