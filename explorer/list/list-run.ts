import { probesFor, textsOf } from '../../src/model/job-list/checked.ts';
import type { Api } from '../api/api.ts';
import type { Problem } from '../api/problem.ts';
import type { AskerFragment, ReportType } from '../generated/operations.ts';
import { buyAgain, buyAll, type PurchaseOptions } from './buy-all.ts';
import { chosenAnswers, inputOf, learnt, MOST_SUGGESTIONS, type KnownText } from './known.ts';
import { isHere, isUnderWay, priced, type ListedReport, type PricedRow } from './listed.ts';
import { checkAll, lookAt, matchAll } from './look.ts';
import { Ended, patient } from './patient.ts';
import { pause } from './pause.ts';
import { createStore, type ListState } from './store.ts';
import { GIVEN_UP, isRunning, progressOf } from './summary.ts';

const LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 5_000;
/** If so many in a row are given up before they are bought, the service is away. */
const MOST_GIVEN_UP = 3;
/** Unknown titles for which similar ones are looked for: a list with more has another column for them. */
const MOST_MATCHED = 100;
/** Why something ends that somebody has ended, here. */
const OVER = new Error('It is over.');

export interface ListRun {
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => ListState;
  /** Which reports are wanted of each job. Nothing, while a purchase goes on. */
  readonly want: (types: readonly ReportType[]) => void;
  /** Asks for this answer instead, in all rows that have the text of this key; null: as the rows have it. Nothing, while a purchase goes on. */
  readonly choose: (key: string, answer: string | null) => void;
  /** Buys these of the reports, in this order, and follows them until they are here. */
  readonly buy: (chosen: readonly string[]) => void;
  /** Asks again for those that have failed, which costs nothing: what is not to be had any more is not bought. */
  readonly askAgain: (failed: readonly string[]) => void;
  /** Buys one again of which nobody knows whether it was bought, perhaps for the second time. */
  readonly buyAgain: (key: string) => void;
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
  const known = new Map<string, KnownText>();
  /** The keys of all texts that were asked about, also where nothing was told of them. */
  const checked = new Set<string>();
  let looking = new AbortController();
  let purchase = new AbortController();
  let isFollowing = false;
  let givenUp = 0;

  const stop = (): void => {
    purchase.abort(OVER);
    const { purchase: before, reports } = store.get();
    for (const [key, { isQueued }] of reports) if (isQueued) store.setReport(key, { isQueued: false });
    if (before) store.set({ purchase: { ...before, isOver: true } });
  };
  const end = (problem: Problem): void => {
    stop();
    store.set({ ended: problem });
  };
  /** Only what nobody foresaw is thrown. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (error === OVER || closed.signal.aborted) return;
      if (!(error instanceof Ended)) throw error;
      end(error.problem);
    }
  };
  const start = (work: () => Promise<void>): void => void attempt(work);

  const onLook = (key: string, seen: Partial<ListedReport>): void => {
    const before = store.get().reports.get(key);
    const isGivenUp = seen.status === 'NOT_REQUESTED' && before !== undefined && isUnderWay(before);
    // What kept it from being looked at does not any more, and a failure is forgotten after a while.
    const isPast = before?.status === null || before?.status === 'FAILED';
    const change = isPast ? { problem: null, ...seen } : seen;
    store.setReport(key, isGivenUp ? { ...change, problem: GIVEN_UP } : change);
    if (isGivenUp) givenUp += 1;
    else if (seen.status === 'READY') givenUp = 0;
    if (givenUp === MOST_GIVEN_UP) end(GIVEN_UP);
  };
  const lookAtThose = async (
    isWanted: (report: ListedReport) => boolean,
    signal: AbortSignal,
    onEach = onLook,
  ): Promise<void> => {
    const wanted = new Map([...store.get().reports].filter(([, report]) => isWanted(report)));
    await lookAt(server, wanted, onEach, onAsker, signal);
    const { purchase: bought, reports } = store.get();
    if (!bought || bought.first) return;
    const { here, failed } = progressOf(bought, reports, 0);
    if (here + failed > 0) store.set({ purchase: { ...bought, first: { at: Date.now(), done: here + failed } } });
  };

  const underWay = (): number => [...store.get().reports.values()].filter(isUnderWay).length;
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
        await lookAtThose(isUnderWay, closed.signal);
        const before = open;
        open = underWay();
        wait = open === before && !isBuying() ? Math.min(LONGEST_LOOK_MS, wait * 1.2) : LOOK_MS;
      }
    } finally {
      isFollowing = false;
    }
  };

  /** Of texts that were not checked before. */
  const check = async (onDone: (count: number, total: number) => void, signal: AbortSignal): Promise<void> => {
    const { rows: all, choices } = store.get();
    const given = all.flatMap((row) => (row.given ? [chosenAnswers(row.given, choices)] : []));
    const probes = probesFor(given, checked);
    // There are not more jobs than rows.
    const total = probes.length + given.length;
    const checks = await checkAll(server, probes.map(inputOf), (count) => onDone(count, total), signal);
    const found = learnt(probes, checks);
    const strange = [...found].filter(([, text]) => isStrangeTitle(text)).slice(0, MOST_MATCHED);
    const titles = strange.map(([, { value }]) => value);
    const similar = await matchAll(server, titles, signal);
    strange.forEach(([key, text], at) => {
      found.set(key, { ...text, suggestions: (similar[at] ?? []).slice(0, MOST_SUGGESTIONS) });
    });
    for (const [key, text] of found) known.set(key, text);
    for (const { key } of probes.flatMap(textsOf)) checked.add(key);
  };

  /** Looks at those that are wanted, after what the list asks for is known. */
  const look = async (isWanted: (report: ListedReport) => boolean): Promise<void> => {
    looking.abort(OVER);
    looking = new AbortController();
    const signal = AbortSignal.any([looking.signal, closed.signal]);
    let done = 0;
    const tell = (count: number, total: number): void => store.set({ looked: { done: (done += count), total } });
    store.set({ isLooked: false });
    await check(tell, signal);
    const { reports: before, rows: all, types, choices } = store.get();
    const { rows: again, reports } = priced(all, types, known, choices);
    // What the server has told of them is known still.
    const kept = [...reports].map(([key, report]) => {
      const { answers, isUnknown } = report;
      return [key, { ...report, ...before.get(key), answers, isUnknown }] as const;
    });
    store.set({ rows: again, reports: new Map(kept) });
    const total = done + [...store.get().reports.values()].filter(isWanted).length;
    await lookAtThose(isWanted, signal, (key, seen) => {
      onLook(key, seen);
      tell(1, total);
    });
    store.set({ looked: { done: total, total }, isLooked: true });
    await follow();
  };
  const isUnseen = ({ status }: ListedReport): boolean => status === null;
  const reprice = (change: Partial<ListState>): void => {
    if (isRunning(store.get())) return;
    store.set({ ...change, purchase: null, ended: null });
    start(() => look(isUnseen));
  };

  const begin = (chosen: readonly string[], work: (options: PurchaseOptions) => Promise<void>): void => {
    stop();
    purchase = new AbortController();
    const { signal } = purchase;
    givenUp = 0;
    for (const key of chosen) store.setReport(key, { isQueued: true });
    store.set({ ended: null, purchase: { chosen, first: null, isOver: false } });
    start(async () => {
      await work({ closed: closed.signal, stop: signal, onBought: () => start(follow) });
      if (!signal.aborted) stop();
    });
  };

  start(() => look(isUnseen));
  return {
    subscribe: store.subscribe,
    snapshot: store.snapshot,
    stop,
    want(types) {
      if (String(types) !== String(store.get().types)) reprice({ types });
    },
    choose(key, answer) {
      const choices = new Map(store.get().choices);
      choices.delete(key);
      if (answer !== null) choices.set(key, answer);
      reprice({ choices });
    },
    buy: (chosen) => begin(chosen, (options) => buyAll(server, store, chosen, options)),
    askAgain: (failed) =>
      begin(failed, async (options) => {
        // A failure is forgotten after a while, and then it would be bought.
        await lookAtThose(({ isQueued }) => isQueued, closed.signal);
        const { reports } = store.get();
        const still = failed.filter((key) => reports.get(key)?.status === 'FAILED');
        options.stop.throwIfAborted();
        await buyAll(server, store, still, options);
      }),
    buyAgain: (key) => begin([key], (options) => buyAgain(server, store, key, options)),
    lookAgain() {
      store.set({ ended: null });
      start(() => look((report) => !isHere(report)));
    },
    close: () => closed.abort(OVER),
  };
}

/** Of which upstream has nothing that begins like it. */
function isStrangeTitle({ field, verdict, matched, suggestions }: KnownText): boolean {
  return field === 'jobTitle' && verdict === 'UNKNOWN' && matched === null && suggestions.length === 0;
}
