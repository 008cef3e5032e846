import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Api, Result } from '../../../explorer/api/api.js';
import type { Problem } from '../../../explorer/api/problem.js';
import { run, type TargetState } from '../../../explorer/purchase/run.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const COOK = { jobTitle: 'Cook', country: 'France' };
const TARGET = { label: 'Cook', answers: COOK, types: ['PAY'], compared: null } as const;
const AWAY: Problem = { code: 'UNREACHABLE', message: 'Away.' };

it('a report that was bought is shown although the server was away in between', async () => {
  const server = fakeServer('PENDING');
  const states = await started(server, ['PAY']);
  expect(states.at(-1)?.reports.PAY?.status).toBe('PENDING');
  server.answer = { data: null, problems: [AWAY] };
  await vi.advanceTimersByTimeAsync(30_000);
  expect(states.at(-1)).toMatchObject({ isAway: true, reports: { PAY: { problem: AWAY } } });
  server.answer = report('READY');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(states.at(-1)).toMatchObject({ isAway: false, reports: { PAY: { status: 'READY', problem: null } } });
  const { looks } = server;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server).toMatchObject({ looks, purchases: 1 });
});

it('a report is shown although the socket that it is followed by is cut without a word', async () => {
  const server = fakeServer('PENDING');
  const ended: string[] = [];
  server.follow = async function* (_document, _variables, signal) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    ended.push('given up');
    yield* [];
  };
  const states = await started(server, ['PAY']);
  server.answer = report('READY');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states.at(-1)?.reports.PAY?.status).toBe('READY');
  expect(ended).toEqual(['given up']);
});

it('what could not be sent is not sent later, and the page stops asking once it knows', async () => {
  const server = fakeServer('NOT_REQUESTED');
  server.answer = { data: null, problems: [AWAY] };
  const states = await started(server, ['PAY']);
  server.answer = report('NOT_REQUESTED');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(states.at(-1)).toMatchObject({ isAway: false, reports: { PAY: { status: 'NOT_REQUESTED', problem: null } } });
  const { looks } = server;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server).toMatchObject({ looks, purchases: 1 });
});

it.each([
  ['FAILED', 1],
  ['NOT_REQUESTED', 0],
])('what has failed is asked for again at no cost: while it is %s, %i times', async (status, purchases) => {
  const server = fakeServer(status);
  await started(server, ['PAY'], 'ask-again');
  expect(server.purchases).toBe(purchases);
});

it('once a report is told to be ready, its figures are asked for; one that has failed says why', async () => {
  const server = fakeServer('PENDING');
  const told = (type: string, status: string, failure: Problem | null = null): Result<unknown> => ({
    data: { reportStatus: { type, status, attempt: 2, failure } },
    problems: [],
  });
  server.events = [told('PAY', 'PENDING'), { data: null, problems: [AWAY] }, told('PAY', 'READY')];
  server.figures = { percentile50: 1 };
  const states = await started(server, ['PAY']);
  expect(states.map(({ reports, pay }) => [reports.PAY?.status, reports.PAY?.attempt, pay])).toEqual([
    ['PENDING', 0, null],
    ['PENDING', 2, null],
    ['READY', 2, server.figures],
  ]);
});

it('what is wrong with the question is said once', async () => {
  const server = fakeServer('NOT_REQUESTED');
  const problem = { code: 'BAD_USER_INPUT', message: 'Too long.' };
  server.answer = { data: null, problems: [problem] };
  const states = await started(server, []);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(states).toMatchObject([{ isAway: false, reports: { PAY: { problem } } }]);
});

async function started(
  server: FakeServer,
  types: readonly 'PAY'[],
  kind: 'buy' | 'ask-again' = 'buy',
): Promise<TargetState[]> {
  const states: TargetState[] = [];
  void run(server, TARGET, { kind, types }, (state) => states.push(state), new AbortController().signal);
  await vi.advanceTimersByTimeAsync(1_000);
  return states;
}

interface FakeServer extends Api {
  /** What its socket tells; empty: no socket gets through. With the last of them, the report is ready. */
  events: readonly Result<unknown>[];
  /** Of the report, when it is ready. */
  figures: object | null;
  answer: Result<unknown>;
  looks: number;
  purchases: number;
}

function fakeServer(status: string): FakeServer {
  const server: FakeServer = {
    answer: report(status),
    events: [],
    figures: null,
    looks: 0,
    purchases: 0,
    request: (document) => {
      server[String(document).includes('mutation') ? 'purchases' : 'looks'] += 1;
      return Promise.resolve(server.answer as never);
    },
    async *follow() {
      if (server.events.length === 0) throw new Error('No socket.');
      for (const event of server.events) {
        if (event === server.events.at(-1)) server.answer = report('READY', server.figures);
        yield event as never;
      }
    },
    reconnect: () => undefined,
  };
  return server;
}

function report(pay: string, figures: object | null = null): Result<unknown> {
  const nothing = { pay: figures, yoe: null, payExpiresAt: null, yoeExpiresAt: null };
  return { data: { report: { id: 'cook', status: { pay, yoe: 'NOT_REQUESTED' }, ...nothing } }, problems: [] };
}
