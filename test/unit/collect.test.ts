import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/errors.js';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import { createCollector } from '../../src/datasources/reports/collect.js';
import type { Entry } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';

const HOUR = 3_600_000;
const KEY = { id: 'r', type: 'PAY' } as const;

afterEach(() => void vi.restoreAllMocks());

describe('a poll while the ledger cannot be read', () => {
  it('is tried again later, with jitter: all polls fail at once then', async () => {
    const { collect, logged } = collecting();
    const delays: unknown[] = [];
    for (const random of [0, 0.999]) {
      vi.spyOn(Math, 'random').mockReturnValue(random);
      delays.push(await collect(KEY, new AbortController().signal));
    }
    expect(delays).toEqual([5_000, 5_050]);
    expect(logged).toHaveLength(2);
  });

  it('is not tried again once the server is stopping', async () => {
    const { collect, logged } = collecting();
    expect(await collect(KEY, AbortSignal.abort())).toBeNull();
    expect(logged).toEqual([]);
  });
});

describe('a report that has been pending for too long', () => {
  it.each([
    ['is given up', false, ['FAILED']],
    ['is not given up while the clock is in doubt: it may be ahead', true, []],
  ])('%s', async (_, inDoubt, stored) => {
    const pending: Entry = entryAt(4, { ...LINKED, since: Date.now() - 2 * HOUR });
    const report = { id: KEY.id, request: { answers: NURSE, autoResolveJobTitle: true }, entries: [pending] };
    const states: string[] = [];
    const ledger = {
      read: async () => report,
      progress: async () => undefined,
      commit: async (_report: unknown, transitions: Parameters<Ledger['commit']>[1]) =>
        transitions.map(({ after }) => {
          states.push(after.state);
          return { won: true, entry: after };
        }),
    };
    const poll = async () => ({ outcome: { kind: 'pending', hintMs: null, retryAfterMs: null }, cookies: null });
    const collect = createCollector({
      ledger: ledger as unknown as Ledger,
      client: { poll } as unknown as JobalyzerClient,
      clock: { inDoubt: () => inDoubt, behindMs: () => 0 },
      settings: { reportTtlMs: HOUR, giveUpMs: HOUR, refusedForMs: HOUR },
      log: pino({ level: 'silent' }),
    });
    await collect(KEY, new AbortController().signal);
    expect(states).toEqual(stored);
  });
});

describe('a report that is ready', () => {
  it('is made known while it is being stored, as the entry that it becomes', async () => {
    const order: string[] = [];
    const known: Entry[] = [];
    const entry = entryAt(3, LINKED, { reportId: 'r' });
    const stored: Entry[] = [];
    const ledger = {
      read: async () => ({
        ...KEY,
        request: { autoResolveJobTitle: true, answers: { jobTitle: 'Nurse' } },
        entries: [entry],
      }),
      async commit(_report: unknown, [step]: Parameters<Ledger['commit']>[1]) {
        order.push('storing');
        await new Promise((resolve) => setImmediate(resolve));
        order.push('stored');
        stored.push(step!.after);
        return [{ won: true, entry: step!.after }];
      },
    };
    const outcome = { kind: 'ready', body: '{}', rating: 5, submittedJobTitle: null };
    const collect = createCollector({
      ledger: ledger as unknown as Ledger,
      client: { poll: async () => ({ outcome, cookies: null }) } as unknown as JobalyzerClient,
      settings: { reportTtlMs: HOUR, giveUpMs: HOUR, refusedForMs: HOUR },
      onStoring(report, after, body) {
        order.push(`known ${report.id} ${body}`);
        known.push(after);
      },
      log: pino({ level: 'silent' }),
    });
    await collect(KEY, new AbortController().signal);
    expect(order).toEqual(['storing', 'known r {}', 'stored']);
    expect(known[0]).toBe(stored[0]);
    expect(known).toMatchObject([{ state: 'COLLECTED', version: 4 }]);
  });
});

function collecting() {
  const logged: string[] = [];
  const collect = createCollector({
    ledger: { read: () => Promise.reject(new ApiError('STORE_UNAVAILABLE', 'The disk is gone.')) } as unknown as Ledger,
    client: {} as JobalyzerClient,
    settings: { reportTtlMs: 1_000, giveUpMs: 1_000, refusedForMs: 1_000 },
    log: pino({ level: 'error' }, { write: (line: string) => void logged.push(line) }),
  });
  return { collect, logged };
}
