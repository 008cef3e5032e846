import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Api, Result } from '../../../../explorer/api/api.js';
import type { Problem } from '../../../../explorer/api/problem.js';
import { readRows, type ListedReport } from '../../../../explorer/list/listed.js';
import { startList, type ListRun } from '../../../../explorer/list/list-run.js';
import { parseList } from '../../../../explorer/list/parse-list.js';
import { askable, buyable, countsOf, progressOf } from '../../../../explorer/list/summary.js';
import type { AnswersInput, ReportStatus } from '../../../../explorer/generated/operations.js';
import { recognizeColumns } from '../../../../src/model/job-list/columns.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('buys each report once, in order, and no more than are chosen; then all is here', async () => {
  const server = fakeServer();
  const run = await priced(server, 100);
  expect(server.bought).toEqual([]);
  expect(server.looks, 'fifty in each operation').toBe(2);
  run.buy(open(run).slice(0, 60));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.bought).toEqual(Array.from({ length: 60 }, (_, at) => `Job ${at}`));
  expect(countsOf(run.snapshot())).toMatchObject({ here: 60, 'to-buy': 40 });
  expect(run.snapshot().purchase?.isOver).toBe(true);
  const { looks } = server;
  // Whoever follows them is one.
  expect(looks).toBeLessThan(20);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.looks).toBe(looks);
});

it('tells how long it takes, once something has come', async () => {
  const server = fakeServer();
  const run = await priced(server, 200);
  run.buy(open(run));
  const told: (number | null)[] = [];
  for (let seconds = 0; seconds < 15; seconds++) {
    const { purchase, reports, at } = run.snapshot();
    told.push(progressOf(purchase ?? { chosen: [], first: null }, reports, at).leftMs);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(told.slice(0, 4)).toEqual([null, null, null, null]);
  expect(told[6]).toBeGreaterThan(2_000);
  expect(told[6]).toBeLessThan(15_000);
});

it('has no more on the way than a stop may leave to be collected', async () => {
  const server = fakeServer({ delayMs: 600_000 });
  const run = await priced(server, 100);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(60_000);
  const { length } = server.bought;
  expect(length).toBeLessThan(50);
  run.stop();
  await vi.advanceTimersByTimeAsync(700_000);
  expect(server.bought).toHaveLength(length);
  expect(countsOf(run.snapshot()).here).toBe(length);
});

it('hears of what was sent before it was stopped', async () => {
  const server = fakeServer({ slowMs: 3_000 });
  const run = await priced(server, 10);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(1_000);
  run.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.bought).toHaveLength(4);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 4, 'to-buy': 6 });
});

it('makes one purchase at a time: another one takes its place, and a stop ends all', async () => {
  const server = fakeServer({ slowMs: 1_000 });
  const run = await priced(server, 30);
  const all = open(run);
  run.buy(all.slice(0, 20));
  await vi.advanceTimersByTimeAsync(500);
  run.buy(all.slice(20));
  await vi.advanceTimersByTimeAsync(500);
  run.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  // Those that were being sent.
  expect(server.bought).toEqual([0, 1, 2, 3, 20, 21, 22, 23].map((at) => `Job ${at}`));
  expect(countsOf(run.snapshot())).toMatchObject({ here: 8, 'to-buy': 22 });
});

it('follows what was on the way before', async () => {
  const server = fakeServer();
  const report = (pay: ReportStatus) => ({
    report: { id: 'r', status: { pay, yoe: pay }, failures: [], pay: pay === 'READY' ? { basePay: null } : null },
    problem: null,
  });
  server.report = () => report('PENDING');
  const run = await priced(server, 1);
  expect(countsOf(run.snapshot())).toMatchObject({ 'under-way': 1 });
  server.report = () => report('READY');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 1 });
  expect(server.bought).toEqual([]);
});

it('sends nothing that waited when it was stopped', async () => {
  const server = fakeServer();
  const run = await priced(server, 10);
  server.refuse = { code: 'RATE_LIMITED', message: '', retryAfterMs: 30_000 };
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(run.snapshot().waiting?.code).toBe('RATE_LIMITED');
  run.stop();
  server.refuse = null;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.bought).toEqual([]);
  expect(run.snapshot().waiting).toBeNull();
});

it('goes on after a pause of the server, also where the outcome of a request was lost', async () => {
  const server = fakeServer();
  const run = await priced(server, 10);
  server.refuse = { code: 'UNREACHABLE', message: '' };
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(2_000);
  server.refuse = null;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(countsOf(run.snapshot()).here).toBe(10);
  expect(run.snapshot().ended).toBeNull();
});

it('gives up on a server that stays away, and begins again when it is told to', async () => {
  const server = fakeServer();
  server.refuse = { code: 'UNREACHABLE', message: '' };
  const run = await priced(server, 10);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(run.snapshot()).toMatchObject({ ended: { code: 'UNREACHABLE' }, isLooked: false });
  expect(open(run), 'of which nothing is known').toEqual([]);
  server.refuse = null;
  run.lookAgain();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(run.snapshot()).toMatchObject({ ended: null, isLooked: true });
  expect(open(run)).toHaveLength(10);

  server.refuse = { code: 'UNREACHABLE', message: '' };
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(run.snapshot()).toMatchObject({ ended: { code: 'UNREACHABLE' }, purchase: { isOver: true } });
  const { checks } = server;
  server.refuse = null;
  run.lookAgain();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(run.snapshot().ended).toBeNull();
  expect(open(run)).toHaveLength(10);
  expect(server.checks).toBe(checks);
});

it('stops when three in a row were given up before they were bought, which can be bought later', async () => {
  const server = fakeServer({ slowMs: 1_000, fate: () => 'NOT_REQUESTED' });
  const run = await priced(server, 100);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(run.snapshot()).toMatchObject({ ended: { code: 'UPSTREAM_UNAVAILABLE' }, purchase: { isOver: true } });
  expect(server.bought.length).toBeLessThan(60);
  expect(open(run)).toHaveLength(100);
  server.fate = () => 'READY';
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(200);
  const { purchase, reports } = run.snapshot();
  expect(progressOf(purchase!, reports, Date.now())).toMatchObject({ here: 0, failed: 0 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(countsOf(run.snapshot()).here).toBe(100);
});

it('goes on where only some are given up, and begins to count anew when it is told to buy again', async () => {
  const server = fakeServer({ fate: (title) => (Number(title.at(-1)) % 3 === 2 ? 'READY' : 'NOT_REQUESTED') });
  const run = await priced(server, 9);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 3, failed: 6 });
  expect(run.snapshot().ended).toBeNull();
  server.fate = () => 'NOT_REQUESTED';
  for (const at of [0, 1]) {
    run.buy(open(run).slice(at, at + 2));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(run.snapshot().ended).toBeNull();
  }
});

it('asks about no more at once than one operation may have', async () => {
  const server = fakeServer();
  const skills = Array.from({ length: 40 }, (_, at) => `${'x'.repeat(90)} ${at}`).join(';');
  const run = await priced(server, 60, skills);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(open(run)).toHaveLength(60);
  expect(server.longest).toBeGreaterThan(30_000);
  expect(server.longest).toBeLessThan(65_000);
});

it('leaves what has failed or is uncertain as it is, and buys the others', async () => {
  const server = fakeServer({ fate: (title) => (title === 'Job 3' ? 'FAILED' : 'READY') });
  const run = await priced(server, 10);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 9, failed: 1 });
  expect(open(run)).toEqual([]);
  expect(reportsIn(run)[3]?.problem?.code).toBe('SUBMISSION_UNCERTAIN');
  const { purchase, reports } = run.snapshot();
  expect(progressOf(purchase!, reports, Date.now())).toMatchObject({ here: 9, failed: 1 });
});

it('tells apart what is wrong with one report, with its figures, and with none', async () => {
  const server = fakeServer({ delayMs: 0 });
  const run = await priced(server, 4);
  let looks = 0;
  server.report = (title) => {
    if (title === 'Job 1') return { report: null, problem: 'BAD_USER_INPUT' };
    const status = { pay: 'READY', yoe: 'READY' };
    const ready = { id: title, status, failures: [], pay: { basePay: null } };
    if (title === 'Job 0') return { report: { ...ready, pay: null }, problem: 'UPSTREAM_TIMEOUT' };
    // Its figures were not to be had the first time.
    if (title === 'Job 2' && looks++ === 0) return { report: { ...ready, pay: null }, problem: 'REPORT_NOT_READY' };
    return { report: ready, problem: null };
  };
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reportsIn(run).map(({ status, problem }) => [status, problem?.code ?? null])).toEqual([
    ['READY', 'UPSTREAM_TIMEOUT'],
    [null, 'BAD_USER_INPUT'],
    ['READY', null],
    ['READY', null],
  ]);
  expect(looks).toBe(2);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 2, failed: 2 });
  expect(open(run), 'nor is it known of the second whether it would be bought').toEqual([]);
});

it('asks for both reports of a job at once, and pays for what is not stored alone', async () => {
  const server = fakeServer();
  const run = await priced(server, 3);
  run.buy(open(run).slice(0, 1));
  await vi.advanceTimersByTimeAsync(10_000);
  server.looked = [];
  run.want(['PAY', 'YOE']);
  await vi.advanceTimersByTimeAsync(1_000);
  // The fake one has both reports of a job or none.
  expect(countsOf(run.snapshot())).toMatchObject({ here: 2, 'to-buy': 4 });
  run.buy(open(run).slice(0, 3));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.orders).toEqual(['Buy Job 0 PAY', 'Buy Job 1 PAY YOE', 'Buy Job 2 PAY']);
  run.want(['YOE']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reportsIn(run).map(({ type, yoe }) => [type, yoe !== null])).toEqual([
    ['YOE', true],
    ['YOE', true],
    ['YOE', false],
  ]);
});

it('offers for a title that is not known what is similar, and looks at nothing else when one is chosen', async () => {
  const server = fakeServer();
  server.unknown = ['Job 0'];
  const run = await priced(server, 3, 'Juggling');
  expect(open(run)).toHaveLength(2);
  const [remark] = run.snapshot().rows[0]!.remarks;
  expect(remark).toMatchObject({ kind: 'unknown', suggestions: ['Job 1', 'Job 2'] });
  server.looked = [];
  run.choose(remark!.key, 'Chef');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.looked).toEqual(['Chef']);
  expect(open(run)).toHaveLength(3);
  run.choose(remark!.key, 'Job 1');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(run.snapshot().rows.map(({ sameAs }) => sameAs)).toEqual([null, 2, null]);
  expect(open(run)).toHaveLength(2);
  run.choose(remark!.key, null);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(countsOf(run.snapshot())).toMatchObject({ unknown: 1, 'to-buy': 2 });
  expect(server.bought).toEqual([]);
});

it('keeps what is asked for as it is while a purchase goes on', async () => {
  const server = fakeServer({ slowMs: 1_000 });
  const run = await priced(server, 3);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(300);
  run.want(['YOE']);
  await vi.advanceTimersByTimeAsync(1_000);
  run.want(['YOE']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(run.snapshot()).toMatchObject({ types: ['PAY'], purchase: { isOver: true } });
  expect(countsOf(run.snapshot())).toMatchObject({ here: 3 });
});

it('asks again for what has failed, and buys again what is uncertain, each when it is told to', async () => {
  const server = fakeServer({ fate: (title) => (title === 'Job 1' ? 'FAILED' : 'READY') });
  server.failure = 'REPORT_FAILED';
  const run = await priced(server, 3);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(10_000);
  const failed = askable(run.snapshot().reports);
  expect(failed).toHaveLength(1);
  server.failure = 'SUBMISSION_UNCERTAIN';
  run.askAgain(failed);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 2, failed: 1 });
  expect(askable(run.snapshot().reports)).toEqual([]);
  server.fate = () => 'READY';
  run.buyAgain(failed[0]!);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 3, failed: 0 });
  expect(server.orders.slice(3)).toEqual(['Buy Job 1 PAY', 'BuyAgain Job 1 PAY']);
});

it('buys nothing that has failed and was forgotten when it is asked for again', async () => {
  const server = fakeServer({ fate: () => 'FAILED' });
  server.failure = 'REPORT_FAILED';
  const run = await priced(server, 3);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(10_000);
  const failed = askable(run.snapshot().reports);
  server.fate = (title) => (title === 'Job 1' ? 'FAILED' : 'NOT_REQUESTED');
  run.askAgain(failed);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.orders.slice(3)).toEqual(['Buy Job 1 PAY']);
  expect(countsOf(run.snapshot())).toMatchObject({ queued: 0, failed: 1, 'to-buy': 2 });
});

it('says why one was not bought, also when it is looked at again, and buys the others', async () => {
  const server = fakeServer();
  const run = await priced(server, 3);
  server.refused = { 'Job 1': 'UNKNOWN_ANSWER' };
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(10_000);
  run.lookAgain();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 2, failed: 1 });
  expect(reportsIn(run)[1]).toMatchObject({ status: 'NOT_REQUESTED', problem: { code: 'UNKNOWN_ANSWER' } });
  expect(server.bought).toEqual(['Job 0', 'Job 2']);
});

it('takes what somebody else has decided about a doubt as it is', async () => {
  const server = fakeServer({ fate: () => 'FAILED' });
  const run = await priced(server, 1);
  const [key] = open(run);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(10_000);
  server.refused = { 'Job 0': 'PURCHASE_CHANGED' };
  server.fate = READY;
  run.buyAgain(key!);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(countsOf(run.snapshot())).toMatchObject({ here: 1, failed: 0 });
  expect(server.orders).toEqual(['Buy Job 0 PAY']);
});

it('says of each report of a job what is wrong with it', async () => {
  const server = fakeServer();
  server.report = (title) => ({
    report: { id: title, status: { pay: 'READY', yoe: 'READY' }, failures: [], pay: null, yoe: null },
    problem: 'UPSTREAM_BAD_RESPONSE',
  });
  const run = await priced(server, 1);
  run.want(['PAY', 'YOE']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reportsIn(run).map(({ type, problem }) => [type, problem?.code ?? null])).toEqual([
    ['PAY', 'UPSTREAM_BAD_RESPONSE'],
    ['YOE', null],
  ]);
});

it('leaves what was not sent as it was when it is stopped', async () => {
  const server = fakeServer({ slowMs: 3_000, fate: () => 'FAILED' });
  server.failure = 'REPORT_FAILED';
  const run = await priced(server, 10);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(30_000);
  run.askAgain(askable(run.snapshot().reports));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(countsOf(run.snapshot())).toMatchObject({ queued: 10 });
  run.stop();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server.orders).toHaveLength(14);
  expect(askable(run.snapshot().reports)).toHaveLength(10);
});

it('asks nothing more once it is closed', async () => {
  const server = fakeServer();
  const run = await priced(server, 100);
  run.buy(open(run));
  await vi.advanceTimersByTimeAsync(300);
  run.close();
  const { length } = server.bought;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.bought).toHaveLength(length);
});

async function priced(server: Api, length: number, skills = ''): Promise<ListRun> {
  const lines = Array.from({ length }, (_, at) => `Job ${at},${skills}\n`);
  const { columns, rows } = parseList(`Title,Skills\n${lines.join('')}`);
  const run = startList(server, readRows(rows, recognizeColumns(columns), 'France'), () => undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  return run;
}

function open(run: ListRun): string[] {
  return buyable(run.snapshot().reports, false);
}

function reportsIn(run: ListRun): ListedReport[] {
  return [...run.snapshot().reports.values()];
}

interface FakeServer extends Api {
  /** The titles that were bought, in order. */
  readonly bought: string[];
  /** What was asked for, as `Buy Cook PAY YOE`. */
  readonly orders: string[];
  /** The titles that were looked at, in order. */
  looked: string[];
  /** The titles that upstream does not know. */
  unknown: readonly string[];
  /** The code of what has failed. */
  failure: string;
  looks: number;
  checks: number;
  /** The characters of the longest list of answers. */
  longest: number;
  /** Why these titles are not bought, by title. */
  refused: Readonly<Record<string, string>>;
  /** What every request is answered with. */
  refuse: Problem | null;
  fate: (title: string) => ReportStatus;
  report: (title: string) => Told;
}

/** A report as it is looked at, and the code of what is wrong with it. */
interface Told {
  readonly report: object | null;
  readonly problem: string | null;
}

interface FakeOptions extends Partial<Pick<FakeServer, 'fate'>> {
  readonly slowMs?: number;
  readonly delayMs?: number;
}

const READY = (): ReportStatus => 'READY';

/** `slowMs`: how long a purchase takes to be accepted; `delayMs`: how long until it has met its fate. */
function fakeServer({ slowMs = 10, delayMs = 2_000, fate = READY }: FakeOptions = {}): FakeServer {
  const times = new Map<string, number>();
  const statusOf = (title: string): ReportStatus => {
    const since = times.get(title);
    if (since === undefined) return 'NOT_REQUESTED';
    return Date.now() - since < delayMs ? 'PENDING' : server.fate(title);
  };
  const reportOf = (title: string): Told => {
    const pay = statusOf(title);
    const failure = { code: server.failure, message: '', since: '2026-11-27T04:00:00.000Z' };
    const failures = pay === 'FAILED' ? ['PAY', 'YOE'].map((type) => ({ type, ...failure })) : [];
    const figures = pay === 'READY' ? { pay: { basePay: null }, yoe: { ranges: [] } } : { pay: null, yoe: null };
    return { report: { id: title, status: { pay, yoe: pay }, failures, ...figures }, problem: null };
  };
  const serve = async (text: string, variables: unknown): Promise<Result<unknown>> => {
    if (server.refuse) return { data: null, problems: [server.refuse] };
    const { answers, types, id } = variables as {
      answers: AnswersInput & AnswersInput[];
      types: string[];
      id?: string;
    };
    if (text.startsWith('mutation')) {
      await new Promise((resolve) => setTimeout(resolve, slowMs));
      const title = id ?? answers.jobTitle;
      const code = server.refused[title];
      if (code !== undefined) return { data: { requestReport: null }, problems: [{ code, message: '' }] };
      server.bought.push(title);
      server.orders.push(`${/mutation (\w+)/.exec(text)?.[1]} ${title} ${types.join(' ')}`);
      times.set(title, Date.now());
      return { data: { requestReport: { status: { pay: 'SUBMITTING' } } }, problems: [] };
    }
    if (text.includes('checkAnswers')) {
      server.checks += 1;
      const value = answers.jobTitle;
      const unknown = { field: 'jobTitle', value, verdict: 'UNKNOWN', spelling: null, suggestions: [] };
      return { data: { checkAnswers: { answers: server.unknown.includes(value) ? [unknown] : [] } }, problems: [] };
    }
    if (text.includes('matchJobTitle')) {
      return { data: { matchJobTitle: { matches: [{ answer: 'Job 1' }, { answer: 'Job 2' }] } }, problems: [] };
    }
    server.looks += 1;
    server.looked.push(...answers.map(({ jobTitle }) => jobTitle));
    server.longest = Math.max(server.longest, JSON.stringify(answers).length);
    const found = answers.map(({ jobTitle }) => server.report(jobTitle));
    const problems = found.flatMap(({ problem }, at) =>
      problem === null ? [] : [{ code: problem, message: '', path: ['reports', at, 'pay'] }],
    );
    return { data: { reports: found.map(({ report }) => report), viewer: null }, problems };
  };
  const server: FakeServer = {
    bought: [],
    orders: [],
    looked: [],
    unknown: [],
    failure: 'SUBMISSION_UNCERTAIN',
    looks: 0,
    checks: 0,
    longest: 0,
    refuse: null,
    refused: {},
    fate,
    report: reportOf,
    request: (document, variables) => serve(String(document).trim(), variables) as never,
    follow: () => {
      throw new Error('Nothing is followed.');
    },
    reconnect: () => undefined,
  };
  return server;
}
