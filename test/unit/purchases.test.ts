import pino from 'pino';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { fieldsOfLogScope } from '../../src/lib/log-scope.js';
import { ApiError } from '../../src/errors.js';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import { readPurchase, type PurchaseOutcome } from '../../src/datasources/jobalyzer/purchase-response.js';
import { absent } from '../../src/datasources/reports/ledger.js';
import { createPurchases } from '../../src/datasources/reports/purchases.js';
import { transition, type Transition } from '../../src/datasources/reports/transition.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { BUYING } from '../fixtures/buyer.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { entryAt } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';
import { claimOf } from '../contract/steps.js';

const REPORT = { id: 'r', request: { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') } };
const INTENT = entryAt(1, { state: 'INTENT', doubt: null });
const LINKED: PurchaseOutcome = {
  kind: 'responded',
  body: JSON.stringify({ Links: { PayReport: '/jobalyzer/v1/reports/1/pay' } }),
  cookies: null,
};
const LATER: PurchaseOutcome = {
  kind: 'not-accepted',
  failure: { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' },
  retryAfterMs: null,
  again: true,
  withoutToken: false,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
});

describe('a process that stops', () => {
  it('waits until what is being sent has been answered and stored, and no longer', async () => {
    const { purchases, answer, closing, memory, logged } = purchasing();
    purchases.start(REPORT, [INTENT]);
    const closed = closing(10_000);
    await turn();
    expect(closed()).toBe(false);
    answer(LINKED);
    await eventually(() => expect(closed()).toBe(true));
    expect(memory.entry('r', 'PAY').state).toBe('LINKED');
    expect(logged).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for as long as it may, and says what is left', async () => {
    const { purchases, closing, logged } = purchasing();
    purchases.start(REPORT, [INTENT]);
    const closed = closing(10_000);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(closed()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(closed()).toBe(true);
    expect(logged).toMatchObject([{ purchases: 1, level: 40 }]);
  });

  it('does not wait if nothing is being bought, or not any more', async () => {
    const { closing, logged } = purchasing();
    const closed = closing(10_000);
    await eventually(() => expect(closed()).toBe(true));
    const other = purchasing();
    other.purchases.start(REPORT, [INTENT]);
    other.answer(LINKED);
    await eventually(() => expect(other.memory.entry('r', 'PAY').state).toBe('LINKED'));
    await turn();
    const closedLater = other.closing(0);
    await eventually(() => expect(closedLater()).toBe(true));
    expect([...logged, ...other.logged]).toEqual([]);
  });

  it('ends the pause before another attempt', async () => {
    const { purchases, answer, closing, memory, asked } = purchasing();
    purchases.start(REPORT, [INTENT]);
    answer(LATER);
    await eventually(() => expect(memory.entry('r', 'PAY').state).toBe('INTENT'));
    const closed = closing(10_000);
    await eventually(() => expect(closed()).toBe(true));
    expect([asked(), memory.entry('r', 'PAY').state]).toEqual([1, 'INTENT']);
  });

  it('hands over what was not sent at once, and says so if that fails', async () => {
    const { purchases, answer, closing, logged } = purchasing();
    purchases.start(REPORT, [INTENT]);
    let isQuiet = false;
    const closed = closing(10_000, async () => {
      isQuiet = true;
      throw new Error('The ledger is away.');
    });
    expect(isQuiet).toBe(true);
    await turn();
    expect(logged).toMatchObject([{ level: 40, err: { message: 'The ledger is away.' } }]);
    answer(LINKED);
    await eventually(() => expect(closed()).toBe(true));
  });

  it('does not try to store anything once the ledger is about to be closed', async () => {
    const { purchases, answer, closing, memory, logged } = purchasing();
    purchases.start(REPORT, [INTENT]);
    await eventually(() => expect(memory.entry('r', 'PAY').state).toBe('SENDING'));
    const commit = vi.spyOn(memory.ledger, 'commit');
    commit.mockRejectedValue(new ApiError('STORE_UNAVAILABLE', 'It is closed.'));
    const closed = closing(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(closed()).toBe(true);
    answer(LINKED);
    await eventually(() => expect(logged.at(-1)).toMatchObject({ reportId: 'r', level: 50 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(commit).toHaveBeenCalledTimes(1);
  });
});

describe('a claim of which it is unknown whether it is stored', () => {
  const claim = transition(absent('r', 'PAY'), claimOf('ann'), 1) as Transition;

  it('is given up as soon as the ledger says what became of it', async () => {
    const { purchases, memory, asked } = purchasing();
    memory.put(REPORT, absent('r', 'PAY'));
    const commit = vi.spyOn(memory.ledger, 'commit');
    commit.mockRejectedValueOnce(new ApiError('STORE_UNAVAILABLE', 'It is away.'));
    purchases.withdraw(REPORT, [claim]);
    expect(purchases.driven()).toEqual(['r']);
    await vi.advanceTimersByTimeAsync(250);
    expect(memory.steps).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    await eventually(() => expect(memory.steps).toEqual(['PAY INTENT', 'PAY ABSENT']));
    expect(commit.mock.calls.slice(0, 2).map(([, steps]) => steps[0])).toEqual([claim, claim]);
    expect(memory.entry('r', 'PAY')).toMatchObject({ failure: { code: 'STORE_UNAVAILABLE' } });
    expect(asked()).toBe(0);
    expect(purchases.driven()).toEqual([]);
  });

  it('is left alone if somebody else has claimed it', async () => {
    const { purchases, memory } = purchasing();
    memory.put(REPORT, INTENT);
    purchases.withdraw(REPORT, [claim]);
    await vi.advanceTimersByTimeAsync(250);
    await eventually(() => expect(purchases.driven()).toEqual([]));
    expect(memory.entry('r', 'PAY')).toEqual(INTENT);
  });

  it('is asked for no longer than the process lives', async () => {
    const { purchases, memory, closing, logged } = purchasing();
    vi.spyOn(memory.ledger, 'commit').mockRejectedValue(new ApiError('STORE_UNAVAILABLE', 'It is away.'));
    purchases.withdraw(REPORT, [claim]);
    const closed = closing(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    await eventually(() => expect(closed()).toBe(true));
    await eventually(() => expect(purchases.driven()).toEqual([]));
    expect(logged).toMatchObject([{ purchases: 1 }]);
  });
});

it('each line that is logged for a purchase has the id of its report', async () => {
  const { purchases, answer, scopes } = purchasing();
  purchases.start(REPORT, [INTENT]);
  answer(LINKED);
  await eventually(() => expect(scopes).toEqual(['r']));
});

describe('a purchase that fails in a way nobody has thought of', () => {
  it('is logged with its report', async () => {
    const { purchases, answer, logged } = purchasing(() => {
      throw new TypeError('A mistake.');
    });
    purchases.start(REPORT, [INTENT]);
    answer(LINKED);
    await eventually(() => expect(logged).toHaveLength(1));
    expect(logged).toMatchObject([{ reportId: 'r', level: 50, err: { message: 'A mistake.' } }]);
  });
});

/** The purchases of a process whose one POST is answered when the test says so. */
function purchasing(read: JobalyzerClient['readPurchase'] = (body, types) => readPurchase(body, types, 'http://x')) {
  const memory = createMemoryLedger();
  memory.put(REPORT, INTENT);
  const logged: object[] = [];
  const answered = Promise.withResolvers<PurchaseOutcome>();
  let asked = 0;
  const scopes: unknown[] = [];
  const purchases = createPurchases({
    ledger: memory.ledger,
    queue: { start: () => undefined, schedule: () => undefined, close: () => Promise.resolve() },
    client: {
      async purchase(
        _request: unknown,
        _types: unknown,
        sending: { beforeConnect: () => void; beforeSend: () => Promise<void> },
      ) {
        asked += 1;
        scopes.push(fieldsOfLogScope()['reportId']);
        sending.beforeConnect();
        await sending.beforeSend();
        return answered.promise;
      },
      readPurchase: read,
    } as unknown as JobalyzerClient,
    buying: BUYING,
    settings: { rejectedTtlMs: 1_000 },
    log: pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as object) }),
  });
  return {
    purchases,
    memory,
    logged,
    asked: () => asked,
    scopes,
    answer: (outcome: PurchaseOutcome) => answered.resolve(outcome),
    /** Begins to close, and tells whether it has. */
    closing(graceMs: number, onQuiet?: () => Promise<void>) {
      let closed = false;
      void purchases.close(graceMs, onQuiet).then(() => (closed = true));
      return () => closed;
    },
  };
}
