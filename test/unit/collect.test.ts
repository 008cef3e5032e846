import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/errors.js';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import { createCollector } from '../../src/datasources/reports/collect.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';

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
