import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { retryAfterOf, type ApiError, type Failure } from '../../src/errors.js';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import { createReportWaiter } from '../../src/datasources/reports/wait.js';
import { unavailableReason } from '../../src/datasources/reports/status.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';
import { createFakeLedger, entryAt } from '../fixtures/fake-ledger.js';

const failure: Failure = {
  code: 'UNCONFIRMED_ANSWER',
  message: 'Jobalyzer does not know it.',
  details: { issues: [] },
};
const INTENT: State = { state: 'INTENT', doubt: null };
const COLLECTED: State = { state: 'COLLECTED', rating: 0.5, warnings: [], attempt: 1, expiresAt: Infinity };

function linked(nextPollAt: number | null): State {
  return { state: 'LINKED', link: '/jobalyzer/x', warnings: [], attempt: 1, faults: 0, nextPollAt, retryAfterMs: null };
}

describe('waiting for a report', () => {
  it('returns a stored report immediately', async () => {
    const { fake, wait } = waiting();
    fake.store(entryAt(4, COLLECTED));
    expect(await wait('PAY', 0)).toEqual(entryAt(4, COLLECTED));
  });

  it('returns the report as soon as it is collected', async () => {
    const { fake, wait } = waiting();
    fake.store(entryAt(1, INTENT));
    const waited = wait('PAY', 60_000);
    await ticks();
    fake.announce(entryAt(2, linked(null)), entryAt(3, COLLECTED));
    expect(await waited).toEqual(entryAt(3, COLLECTED));
  });

  it('does not return the other type', async () => {
    const { fake, wait } = waiting();
    fake.store(entryAt(1, INTENT), entryAt(1, INTENT, { type: 'YOE' }));
    const waited = wait('YOE', 30);
    await ticks();
    fake.announce(entryAt(2, COLLECTED));
    await expect(waited).rejects.toMatchObject({ code: 'REPORT_NOT_READY', details: { type: 'YOE' } });
  });

  it.each<[string, State, Failure['code']]>([
    ['rejected', { state: 'REJECTED', failure, expiresAt: Infinity }, 'UNCONFIRMED_ANSWER'],
    [
      'failed',
      { state: 'FAILED', failure: { ...failure, code: 'REPORT_FAILED' }, attempt: 1, expiresAt: Infinity },
      'REPORT_FAILED',
    ],
    ['uncertain', { state: 'UNCERTAIN', failure, response: null, since: 1 }, 'SUBMISSION_UNCERTAIN'],
    [
      'given up',
      { state: 'ABSENT', failure: { code: 'UPSTREAM_TIMEOUT', message: failure.message } },
      'UPSTREAM_TIMEOUT',
    ],
    ['not bought', { state: 'ABSENT', failure: null }, 'UPSTREAM_UNAVAILABLE'],
  ])('rejects with the reason if the report is %s, before or during the wait', async (_, state, code) => {
    const { fake, wait } = waiting();
    fake.store(entryAt(2, state));
    await expect(wait('PAY', 60_000)).rejects.toMatchObject({ name: 'ApiError', code });

    const other = waiting();
    other.fake.store(entryAt(1, INTENT));
    const waited = other.wait('PAY', 60_000);
    await ticks();
    other.fake.announce(entryAt(2, state));
    await expect(waited).rejects.toMatchObject({ name: 'ApiError', code });
  });

  it('rejects after waitMs with the time until the next poll', async () => {
    const { fake, wait } = waiting();
    fake.store(entryAt(2, linked(Date.now() + 60_000)));
    const startedAt = performance.now();
    const error = (await wait('PAY', 30).catch((reason: unknown) => reason)) as ApiError;
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(28);
    expect(error).toMatchObject({ code: 'REPORT_NOT_READY', details: { reportId: 'r', type: 'PAY' } });
    expect(retryAfterOf(error)).toBeGreaterThan(50_000);
    expect(retryAfterOf(error)).toBeLessThanOrEqual(60_000);
  });

  it.each<[string, State, number]>([
    ['there is no link yet', INTENT, 1_000],
    ['the next poll is unknown', linked(null), 100],
    ['the next poll is overdue', linked(1), 100],
  ])('rejects with retryAfterMs if %s', async (_, state, retryAfterMs) => {
    const { fake, wait } = waiting();
    fake.store(entryAt(1, state));
    await expect(wait('PAY', 0)).rejects.toMatchObject({ details: { retryAfterMs } });
  });

  it('rejects with the latest known poll time, not that at the start of the wait', async () => {
    const { fake, wait, waits } = waiting();
    fake.store(entryAt(1, INTENT));
    const waited = wait('PAY', 60_000);
    await ticks();
    fake.announce(entryAt(2, linked(Date.now() + 60_000)));
    waits.releaseAll();
    const error = (await waited.catch((reason: unknown) => reason)) as ApiError;
    expect(retryAfterOf(error)).toBeGreaterThan(50_000);
  });

  it('rejects with the reason of its signal, including one aborted before', async () => {
    const { fake, waits } = waiting();
    fake.store(entryAt(1, INTENT));
    const leaving = new AbortController();
    const waited = waits.collected('r', 'PAY', { waitMs: 60_000, signal: leaving.signal });
    await ticks();
    const reason = new Error('The client hung up.');
    leaving.abort(reason);
    await expect(waited).rejects.toBe(reason);
    await expect(waits.collected('r', 'PAY', { waitMs: 60_000, signal: leaving.signal })).rejects.toBe(reason);
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
  });

  it('rejects with STORE_UNAVAILABLE if the ledger has no such report', async () => {
    await expect(waiting().wait('PAY', 1_000)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('leaves no subscriptions or listeners, however it ends', async () => {
    const { fake, waits, watcher } = waiting();
    const { signal } = new AbortController();
    fake.store(entryAt(1, INTENT), entryAt(1, COLLECTED, { type: 'YOE' }));
    const ends = [
      waits.collected('r', 'PAY', { waitMs: 60_000, signal: AbortSignal.timeout(10) }),
      waits.collected('r', 'PAY', { waitMs: 10, signal }),
      waits.collected('r', 'YOE', { waitMs: 10, signal }),
    ];
    await Promise.allSettled(ends);
    await ticks();
    expect([watcher.size, fake.subscriptions, getEventListeners(signal, 'abort').length]).toEqual([0, 0, 0]);
  });

  it('does not affect other waits when aborted', async () => {
    const { fake, wait, waits } = waiting();
    fake.store(entryAt(1, INTENT));
    const leaving = new AbortController();
    const left = waits.collected('r', 'PAY', { waitMs: 60_000, signal: leaving.signal });
    const stayed = wait('PAY', 60_000);
    await ticks();
    leaving.abort(new Error('The client hung up.'));
    await expect(left).rejects.toThrow('The client hung up.');
    fake.announce(entryAt(2, COLLECTED));
    expect((await stayed).version).toBe(2);
  });
});

describe('after releaseAll', () => {
  it('every current and later wait rejects', async () => {
    const { fake, wait, waits, watcher } = waiting();
    fake.store(entryAt(1, INTENT));
    const early = [wait('PAY', 60_000), wait('YOE', 60_000), wait('PAY', 60_000)];
    fake.store(entryAt(1, INTENT, { type: 'YOE' }));
    await ticks();
    waits.releaseAll();
    for (const waited of [...early, wait('PAY', 60_000)]) {
      await expect(waited).rejects.toMatchObject({ name: 'ApiError' });
    }
    await expect(wait('PAY', 60_000)).rejects.toMatchObject({ code: 'REPORT_NOT_READY' });
    expect(watcher.size).toBe(0);
  });

  it('a stored report is still returned', async () => {
    const { fake, wait, waits } = waiting();
    fake.store(entryAt(1, COLLECTED));
    waits.releaseAll();
    expect((await wait('PAY', 1_000)).version).toBe(1);
  });
});

describe('unavailableReason', () => {
  it.each<State>([INTENT, { state: 'SENDING', response: null, doubt: null }, linked(null), COLLECTED])(
    'is null in state $state',
    (state) => {
      expect(unavailableReason(entryAt(1, state), 'r')).toBeNull();
    },
  );

  it('describes an uncertain report: since when, why, and how to continue', () => {
    const since = Date.parse('2026-03-01T00:00:00Z');
    const uncertain: Entry = entryAt(3, { state: 'UNCERTAIN', failure, response: null, since });
    const received = unavailableReason(uncertain, 'r');
    expect(received).toMatchObject({
      code: 'SUBMISSION_UNCERTAIN',
      details: { reportId: 'r', since: '2026-03-01T00:00:00.000Z' },
    });
    expect(received?.message).toContain(failure.message);
    expect(received?.message).toContain('resubmitUncertain: true');
  });
});

function waiting() {
  const fake = createFakeLedger();
  const watcher = createWatcher(fake.ledger);
  const waits = createReportWaiter(watcher);
  const { signal } = new AbortController();
  const wait = (type: 'PAY' | 'YOE', waitMs: number) => waits.collected('r', type, { waitMs, signal });
  return { fake, watcher, waits, wait };
}

async function ticks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
