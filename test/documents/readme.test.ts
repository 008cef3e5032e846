import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { addressedTo, blocks, run } from './programs.js';

const README = 'README.md';
const CODES: Record<ErrorCode, true> = {
  BAD_USER_INPUT: true,
  UNCONFIRMED_ANSWER: true,
  REPORT_NOT_READY: true,
  REPORT_FAILED: true,
  SUBMISSION_UNCERTAIN: true,
  PURCHASE_CHANGED: true,
  BUDGET_EXCEEDED: true,
  PURCHASE_REQUIRES_POST: true,
  BUYING_STOPPED: true,
  UPSTREAM_UNAUTHORIZED: true,
  UPSTREAM_UNAVAILABLE: true,
  UPSTREAM_TIMEOUT: true,
  UPSTREAM_RATE_LIMITED: true,
  UPSTREAM_BAD_RESPONSE: true,
  NOT_FOUND: true,
  STORE_UNAVAILABLE: true,
  OPERATION_TOO_LARGE: true,
  RATE_LIMITED: true,
  OVERLOADED: true,
  UNAUTHENTICATED: true,
  AUTHENTICATION_UNAVAILABLE: true,
  FORBIDDEN: true,
  OPERATION_NOT_LISTED: true,
};

describe.concurrent('the README', () => {
  useServers();
  useSockets();

  it('has a first query that runs as it is printed and buys both reports', async ({ start, upstream }) => {
    const [query = ''] = blocks(README, 'graphql');
    const { data, errors } = await (await start()).run(query);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      report: {
        pay: { basePay: { percentile50: 104_300, percentileRank: expect.any(Number) } },
        yoe: { ranges: expect.any(Array) },
      },
    });
    expect(upstream.bought()).toBe(2);
  });

  it('has a subscription that buys only the pay report it follows', async ({ start, stream, upstream }) => {
    const [, query = ''] = blocks(README, 'graphql');
    const following = await stream(await start(), { query });
    expect(await following.ended).toBe(true);
    expect(following.results.map(({ errors }) => errors ?? [])).toEqual(following.results.map(() => []));
    expect(following.results.at(-1)?.data).toMatchObject({
      reportStatus: { status: 'READY', report: { pay: { basePay: { percentile50: 104_300 } } } },
    });
    expect(upstream.bought('pay')).toBe(1);
  });

  it('has a curl command that runs as it is printed', async ({ start, upstream }) => {
    const { url } = await start();
    const [command = ''] = blocks(README, 'sh').filter((text) => text.startsWith('curl'));
    const { code, output } = await run('sh', addressedTo(url, command));
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ data: { report: { pay: { basePay: { percentile50: 104_300 } } } } });
    expect(upstream.bought()).toBe(1);
  });
});

it('the README lists every error code', () => {
  const [, table = ''] = readFileSync(README, 'utf8').split('## Errors');
  const listed = [...table.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell]) => cell?.match(/[A-Z_]+/g) ?? []);
  expect(listed).toEqual(expect.arrayContaining(Object.keys(CODES)));
});
