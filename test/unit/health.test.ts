import fastify, { type FastifyInstance } from 'fastify';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerHealth } from '../../src/doors/http/health.js';

describe('/readyz', () => {
  const ready = vi.fn<() => Promise<void>>();
  const logged: string[] = [];
  let app: FastifyInstance;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    ready.mockReset().mockResolvedValue();
    app = fastify();
    logged.length = 0;
    registerHealth(app, { ready, log: pino({}, { write: (line) => void logged.push(line) }) });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await app.close();
  });

  const statuses = async (count: number): Promise<number[]> => {
    const answers = Array.from({ length: count }, () => app.inject('/readyz'));
    return (await Promise.all(answers)).map(({ statusCode }) => statusCode);
  };

  it('checks the ledger once per second', async () => {
    expect(new Set(await statuses(50))).toEqual(new Set([200]));
    vi.advanceTimersByTime(999);
    await statuses(1);
    expect(ready).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    await statuses(50);
    expect(ready).toHaveBeenCalledTimes(2);
  });

  it('caches a failure for one second, too', async () => {
    ready.mockRejectedValueOnce(new Error('The disk is full.'));
    expect(new Set(await statuses(50))).toEqual(new Set([503]));
    expect(ready).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(await statuses(1)).toEqual([200]);
    expect(logged).toEqual([expect.stringContaining('The disk is full.')]);
  });

  it('is independent of /healthz', async () => {
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    expect(ready).not.toHaveBeenCalled();
  });
});
