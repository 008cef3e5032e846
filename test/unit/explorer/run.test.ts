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
  answer: Result<unknown>;
  looks: number;
  purchases: number;
}

/** A server to which no socket gets through. */
function fakeServer(status: string): FakeServer {
  const server: FakeServer = {
    answer: report(status),
    looks: 0,
    purchases: 0,
    request: (document) => {
      server[String(document).includes('mutation') ? 'purchases' : 'looks'] += 1;
      return Promise.resolve(server.answer as never);
    },
    follow: () => {
      throw new Error('No socket.');
    },
    reconnect: () => undefined,
  };
  return server;
}

function report(pay: string): Result<unknown> {
  const nothing = { pay: null, yoe: null, payExpiresAt: null, yoeExpiresAt: null };
  return { data: { report: { id: 'cook', status: { pay, yoe: 'NOT_REQUESTED' }, ...nothing } }, problems: [] };
}
