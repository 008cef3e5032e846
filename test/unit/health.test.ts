import fastify, { type FastifyInstance } from 'fastify';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UpstreamCondition } from '../../src/datasources/jobalyzer/client.js';
import { LedgerLost, LedgerTooNew } from '../../src/datasources/reports/ports.js';
import { registerHealth } from '../../src/doors/http/health.js';
import { readinessOf, type ReadinessState } from '../../src/doors/http/readiness.js';

const GRANTED = { state: 'granted', refusedForMs: null, everGranted: true } as const;
const WELL: ReadinessState = {
  ledger: null,
  upstream: { token: GRANTED, outOfReach: [] },
  purchasesPaused: false,
  rowsSetAside: 0,
  upForMs: 60_000,
};

describe('/readyz', () => {
  const ping = vi.fn<() => Promise<void>>();
  const logged: string[] = [];
  let upstream: UpstreamCondition;
  let app: FastifyInstance;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    ping.mockReset().mockResolvedValue();
    upstream = WELL.upstream;
    app = fastify();
    logged.length = 0;
    registerHealth(app, {
      reports: { ping, purchasesPaused: () => false },
      upstream: () => upstream,
      rowsSetAside: () => 0,
      log: pino({}, { write: (line) => void logged.push(line) }),
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await app.close();
  });

  const statuses = async (count: number): Promise<number[]> => {
    const answers = Array.from({ length: count }, () => app.inject('/readyz'));
    return (await Promise.all(answers)).map(({ statusCode }) => statusCode);
  };

  it('looks at the ledger once per second', async () => {
    expect(new Set(await statuses(50))).toEqual(new Set([200]));
    vi.advanceTimersByTime(999);
    await statuses(1);
    expect(ping).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    await statuses(50);
    expect(ping).toHaveBeenCalledTimes(2);
  });

  it('takes a failure for one second, too', async () => {
    ping.mockRejectedValueOnce(new Error('The disk is full.'));
    expect(new Set(await statuses(50))).toEqual(new Set([503]));
    expect(ping).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(await statuses(1)).toEqual([200]);
    expect(logged.join('')).toContain('The disk is full.');
  });

  it('logs each change once, with its reasons', async () => {
    await statuses(3);
    upstream = { ...upstream, outOfReach: ['api'] };
    expect(await statuses(3)).toEqual([200, 200, 200]);
    upstream = WELL.upstream;
    await statuses(3);
    const said = logged.map((line) => JSON.parse(line) as { codes: string; msg: string });
    expect(said.map(({ codes, msg }) => [codes, msg])).toEqual([
      ['UPSTREAM_UNREACHABLE', 'degraded'],
      ['', 'ready'],
    ]);
  });

  it('is independent of /healthz', async () => {
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    expect(ping).not.toHaveBeenCalled();
  });
});

describe('readiness', () => {
  const token = (change: Partial<UpstreamCondition['token']>): Partial<ReadinessState> => ({
    upstream: { ...WELL.upstream, token: { ...GRANTED, ...change } },
  });
  const lost = new Error('STORE_UNAVAILABLE', { cause: new LedgerLost('It was moved.') });

  it.each<[string, Partial<ReadinessState>, string, string[], string[]]>([
    ['of a server where all is well', {}, 'ready', [], []],
    ['with a ledger that cannot be written', { ledger: new Error('Full') }, 'not ready', ['LEDGER_NOT_WRITABLE'], []],
    [
      'with a ledger that newer servers write',
      { ledger: new Error('STORE_UNAVAILABLE', { cause: new LedgerTooNew('It is of tomorrow.') }) },
      'not ready',
      ['LEDGER_TOO_NEW'],
      [],
    ],
    ['with another ledger than the one that was opened', { ledger: lost }, 'not ready', ['LEDGER_LOST'], []],
    [
      'before the first token',
      { ...token({ state: 'pending', everGranted: false }), upForMs: 4_999 },
      'not ready',
      ['STARTING'],
      [],
    ],
    [
      'without the first token',
      { ...token({ state: 'pending', everGranted: false }), upForMs: 5_000 },
      'ready',
      [],
      [],
    ],
    [
      'with credentials that never were accepted',
      token({ state: 'refused', refusedForMs: 0, everGranted: false }),
      'not ready',
      ['CREDENTIALS_REFUSED'],
      [],
    ],
    [
      'with credentials that are refused of late',
      token({ state: 'refused', refusedForMs: 59_999 }),
      'degraded',
      [],
      ['CREDENTIALS_REFUSED'],
    ],
    [
      'with credentials that were refused for a minute',
      token({ state: 'refused', refusedForMs: 60_000 }),
      'not ready',
      ['CREDENTIALS_REFUSED'],
      [],
    ],
    ['without a token', token({ state: 'unavailable' }), 'degraded', [], ['NO_ACCESS_TOKEN']],
    [
      'without a token from the start',
      token({ state: 'unavailable', everGranted: false }),
      'degraded',
      [],
      ['NO_ACCESS_TOKEN'],
    ],
    ['with answers that are no token', token({ state: 'unusable' }), 'degraded', [], ['NO_ACCESS_TOKEN']],
    ['with tokens that nobody takes', token({ state: 'rejected' }), 'degraded', [], ['ACCESS_TOKENS_REJECTED']],
    [
      'of an upstream that does not answer',
      { upstream: { token: GRANTED, outOfReach: ['api'] } },
      'degraded',
      [],
      ['UPSTREAM_UNREACHABLE'],
    ],
    ['while buying is paused', { purchasesPaused: true }, 'degraded', [], ['PURCHASES_PAUSED']],
    ['with rows that cannot be read', { rowsSetAside: 2 }, 'degraded', [], ['ROWS_SET_ASIDE']],
    [
      'says all that is wrong at once',
      { ledger: lost, purchasesPaused: true, rowsSetAside: 1 },
      'not ready',
      ['LEDGER_LOST'],
      ['PURCHASES_PAUSED', 'ROWS_SET_ASIDE'],
    ],
  ])('%s', (_, change, status, reasons, degraded) => {
    const found = readinessOf({ ...WELL, ...change });
    expect(found.status).toBe(status);
    expect(found.reasons.map(({ code }) => code)).toEqual(reasons);
    expect(found.degraded.map(({ code }) => code)).toEqual(degraded);
  });
});
