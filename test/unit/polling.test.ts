import { createHash } from 'node:crypto';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/errors.js';
import type { JobalyzerClient, PollResult } from '../../src/datasources/jobalyzer/client.js';
import type { PollOutcome } from '../../src/datasources/jobalyzer/poll-response.js';
import { createCollector } from '../../src/datasources/reports/collect.js';
import type { State } from '../../src/datasources/reports/ledger.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';

const NOW = Date.UTC(2030, 0, 1);
const HOUR = 3_600_000;
const REPORT = { id: 'r', request: { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') } };
const KEY = { id: 'r', type: 'PAY' } as const;
const PENDING: PollOutcome = { kind: 'pending', hintMs: 700, retryAfterMs: null };
const FAULT: PollOutcome = {
  kind: 'fault',
  failure: { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' },
  retryAfterMs: 2_000,
};
const READY: PollOutcome = { kind: 'ready', body: '{"a":1}', rating: 0.5, submittedJobTitle: null };

beforeEach(() => {
  vi.spyOn(Date, 'now').mockReturnValue(NOW);
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => void vi.restoreAllMocks());

describe('a poll', () => {
  it('is made with what is stored of the link, and its progress is published', async () => {
    const { collect, memory, polled } = polling({ cookies: 'lb=1', attempt: 2 }, PENDING);
    expect(await collect()).toBe(700);
    expect(polled).toEqual([{ type: 'PAY', link: LINKED.link, cookies: 'lb=1', isNew: true }]);
    expect(memory.progress).toMatchObject([{ attempt: 3, retryAfterMs: 700, nextPollAt: NOW + 700, cookies: 'new=1' }]);
    expect(memory.steps).toEqual([]);
  });

  it('says whether the report was bought in the last minute', async () => {
    for (const [ageMs, isNew] of [
      [59_999, true],
      [60_000, false],
    ] as const) {
      const { collect, polled } = polling({ since: NOW - ageMs }, PENDING);
      await collect();
      expect(polled).toMatchObject([{ isNew }]);
    }
  });

  it('that has the report stores it for its time, by a clock that may be behind', async () => {
    for (const behindMs of [undefined, 5_000]) {
      const { collect, memory } = polling({ behindMs }, READY);
      expect(await collect()).toBeNull();
      expect(memory.steps).toEqual(['PAY COLLECTED']);
      expect(memory.bodies).toEqual(['{"a":1}']);
      expect(memory.entry('r', 'PAY')).toMatchObject({ rating: 0.5, expiresAt: NOW + HOUR + (behindMs ?? 0) });
    }
  });

  it('that has the report of another title says so', async () => {
    const { collect, memory } = polling({}, { ...READY, submittedJobTitle: 'Plumber' });
    await collect();
    expect(memory.entry('r', 'PAY')).toMatchObject({ warnings: [{ code: 'OTHER_JOB_TITLE' }] });
  });

  it('is made again at once if the entry was changed meanwhile and is still pending, and otherwise not at all', async () => {
    for (const [state, delayMs] of [
      [LINKED, 0],
      [{ state: 'ABSENT', failure: null } as const, null],
    ] as const) {
      const { collect, memory } = polling({}, async () => {
        memory.put(REPORT, entryAt(9, state));
        return READY;
      });
      expect(await collect()).toBe(delayMs);
      expect(memory.steps).toEqual([]);
    }
  });

  it('is not made of what is unknown, or not pending', async () => {
    const { collect, memory, polled } = polling({}, READY);
    expect(await collect({ id: 'unknown', type: 'PAY' })).toBeNull();
    expect(await collect({ id: 'r', type: 'YOE' })).toBeNull();
    memory.put(REPORT, entryAt(9, { state: 'ABSENT', failure: null }));
    expect(await collect()).toBeNull();
    expect(polled).toEqual([]);
  });
});

describe('a poll that fails', () => {
  it('is logged and made again later; after ten in a row it is logged for developers only', async () => {
    for (const [faults, level] of [
      [0, 30],
      [9, 30],
      [10, 20],
    ] as const) {
      const { collect, memory, logged } = polling({ faults }, FAULT);
      expect(await collect()).toBeGreaterThanOrEqual(2_000);
      expect(memory.progress).toMatchObject([{ faults: faults + 1, failure: FAULT.failure }]);
      expect(logged).toMatchObject([
        { level, reportId: 'r', type: 'PAY', faults: faults + 1, code: 'UPSTREAM_UNAVAILABLE' },
      ]);
    }
  });

  it('for want of a token is made again when that may be had, with the same cookies', async () => {
    const error = new ApiError('UPSTREAM_UNAUTHORIZED', 'No token.', { retryAfterMs: 3_000 });
    const { collect, memory } = polling({ cookies: 'lb=1' }, error);
    expect(await collect()).toBe(3_000);
    expect(memory.progress).toMatchObject([{ faults: 1, failure: { code: 'UPSTREAM_UNAUTHORIZED' }, cookies: 'lb=1' }]);
  });

  it('in a way nobody has thought of is logged, and made again', async () => {
    const { collect, memory, logged } = polling({}, new TypeError('A mistake.'));
    expect(await collect()).toBe(5_000);
    expect(memory.progress).toEqual([]);
    expect(logged).toMatchObject([{ level: 50, reportId: 'r', type: 'PAY', err: { message: 'A mistake.' } }]);
  });

  it('because the server stops is no fault of the report', async () => {
    const stopping = new AbortController();
    for (const outcome of [FAULT, { kind: 'refused', failure: FAULT.failure } as const, new TypeError('No.')]) {
      const { collect, memory, logged } = polling({}, async () => {
        stopping.abort();
        if (outcome instanceof Error) throw outcome;
        return outcome;
      });
      expect(await collect(KEY, stopping.signal)).toBeNull();
      expect([memory.progress, memory.steps, logged]).toEqual([[], [], []]);
    }
  });

  it('by a refusal is logged too, and ends the report once it was repeated over a minute', async () => {
    const refused: PollOutcome = { kind: 'refused', failure: { code: 'REPORT_FAILED', message: 'No.' } };
    const again = polling({}, refused);
    expect(await again.collect()).toBeGreaterThan(0);
    expect(again.logged).toMatchObject([{ code: 'REPORT_FAILED', faults: 1 }]);
    const final = polling({ refusals: { since: NOW - 60_000, count: 2 } }, refused);
    expect(await final.collect()).toBeNull();
    expect(final.memory.steps).toEqual(['PAY FAILED']);
  });
});

describe('a response without a usable report', () => {
  const body = '{"odd":true}';
  const unusable: PollOutcome = { ...FAULT, unusable: body };

  it('is stored beside the link, with how far polling has come', async () => {
    const { collect, memory } = polling({ attempt: 4 }, unusable);
    expect(await collect()).toBeGreaterThanOrEqual(2_000);
    expect(memory.steps).toEqual(['PAY LINKED']);
    expect(memory.bodies).toEqual([body]);
    expect(memory.progress).toEqual([]);
    const digest = createHash('sha256').update(body).digest('base64').slice(0, 22);
    expect(memory.entry('r', 'PAY')).toMatchObject({
      version: 5,
      attempt: 5,
      faults: 1,
      unusable: { digest, at: NOW },
    });
  });

  it('is not stored again as long as it is the same', async () => {
    const { collect, memory } = polling({}, unusable);
    await collect();
    vi.mocked(Date.now).mockReturnValue(NOW + HOUR / 2);
    await collect();
    expect([memory.bodies, memory.progress.length]).toEqual([[body], 1]);
  });
});

type Outcome = PollOutcome | Error | (() => Promise<PollOutcome>);

interface Given extends Partial<Extract<State, { state: 'LINKED' }>> {
  readonly behindMs?: number | undefined;
}

/** Polls of a pending report with this outcome. */
function polling({ behindMs, ...given }: Given, outcome: Outcome) {
  const memory = createMemoryLedger();
  memory.put(REPORT, { ...entryAt(4, { ...LINKED, since: NOW, ...given }), at: NOW });
  const polled: object[] = [];
  const logged: object[] = [];
  const poll = async (asked: object): Promise<PollResult> => {
    polled.push(asked);
    if (outcome instanceof Error) throw outcome;
    return { outcome: typeof outcome === 'function' ? await outcome() : outcome, cookies: 'new=1' };
  };
  const step = createCollector({
    ledger: memory.ledger,
    client: { poll } as unknown as JobalyzerClient,
    ...(behindMs !== undefined && { clock: { inDoubt: () => false, behindMs: () => behindMs } }),
    settings: { reportTtlMs: HOUR, giveUpMs: 24 * HOUR, refusedForMs: 60_000 },
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line) as object) }),
  });
  return {
    memory,
    polled,
    logged,
    collect: (key: { id: string; type: 'PAY' | 'YOE' } = KEY, signal = new AbortController().signal) =>
      step(key, signal),
  };
}
