import { describe, expect, it } from 'vitest';
import type { State } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { createReopen } from '../../src/datasources/reports/reopen.js';
import { createWatcher } from '../../src/datasources/reports/watch.js';
import { createFakeLedger, entryAt, LINKED } from '../fixtures/fake-ledger.js';

const EXPIRES_AT = 1_000;
const { link, warnings } = LINKED;
const FAILED: State = {
  state: 'FAILED',
  failure: { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' },
  attempt: 3,
  expiresAt: EXPIRES_AT,
  followed: { link, warnings },
};

describe('a report that failed', () => {
  it.each([
    ['is polled again before it expires', EXPIRES_AT - 1, ['r']],
    ['is left to be bought anew once it has expired', EXPIRES_AT, []],
    ['is polled again while nobody knows whether it has', -Infinity, ['r']],
  ])('%s', async (_, now, polled) => {
    const fake = createFakeLedger();
    fake.store({ ...entryAt(5, FAILED), at: 0 });
    const scheduled: string[] = [];
    const ledger: Ledger = {
      ...fake.ledger,
      commit: (_report, steps) => Promise.resolve(steps.map(({ after }) => ({ won: true, entry: after }))),
    };
    const reopen = createReopen({
      ledger,
      cache: { has: () => false },
      queue: { start: () => undefined, schedule: ({ id }) => void scheduled.push(id), close: () => Promise.resolve() },
      watcher: createWatcher(ledger),
      expiry: { time: () => now, timeFor: () => now },
    });
    await reopen('r', ['PAY']);
    expect(scheduled).toEqual(polled);
  });
});
