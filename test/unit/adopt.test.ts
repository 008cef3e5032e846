import pino from 'pino';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ApiError } from '../../src/errors.js';
import { startAdopting } from '../../src/datasources/reports/adopt.js';
import type { ReportRecord } from '../../src/datasources/reports/ports.js';

const LOOK_EVERY_MS = 2_000;
const away = new ApiError('STORE_UNAVAILABLE', 'The ledger is away.');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** `found`: what each look finds; nothing once they are used up. */
function stage(
  found: readonly (readonly string[] | Error)[],
  resume: (id: string) => Promise<void> = async () => undefined,
) {
  const looks = [...found];
  const asked: string[][] = [];
  const resumed: string[] = [];
  const logged: object[] = [];
  const ledger = {
    async adopt(_limit: number, driven: readonly string[]) {
      asked.push([...driven]);
      const next = looks.shift() ?? [];
      if (next instanceof Error) throw next;
      return next.map((id) => ({ id, entries: [] }) as unknown as ReportRecord);
    },
  };
  const purchases = {
    async resume({ id }: { readonly id: string }) {
      resumed.push(id);
      await resume(id);
    },
    driven: () => ['under way'],
  };
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as object) });
  return { start: () => startAdopting(ledger, purchases, log), asked, resumed, logged };
}

describe('what a process takes up', () => {
  it('is all that is left when it starts, apart from what it buys itself', async () => {
    const { start, asked, resumed, logged } = stage([['a', 'b'], ['c']]);
    onTestFinished(await start());
    expect(resumed).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual([['under way'], ['under way'], ['under way']]);
    expect(logged).toMatchObject([{ reports: 3 }]);
  });

  it('ends the start if the ledger cannot be asked, or what follows cannot be stored', async () => {
    await expect(stage([away]).start()).rejects.toBe(away);
    await expect(stage([['a']], () => Promise.reject(away)).start()).rejects.toBe(away);
  });

  it('is looked for again and again, also after a failure, which is logged, until it is ended', async () => {
    const { start, asked, resumed, logged } = stage([[], away, ['a']]);
    const stop = await start();
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS);
    expect(logged).toMatchObject([{ level: 40, err: { message: 'The ledger is away.' } }]);
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS);
    expect(resumed).toEqual(['a']);
    const { length } = asked;
    stop();
    await vi.advanceTimersByTimeAsync(10 * LOOK_EVERY_MS);
    expect(asked).toHaveLength(length);
  });

  it('is not looked for while it is being looked for', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { start, asked } = stage([[], ['a']], () => promise);
    onTestFinished(await start());
    await vi.advanceTimersByTimeAsync(10 * LOOK_EVERY_MS);
    expect(asked).toHaveLength(2);
    resolve();
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS);
    expect(asked.length).toBeGreaterThan(2);
  });
});
