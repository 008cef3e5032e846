import { describe, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { samplesOf } from '../fixtures/server/metrics.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { hang, rejected, reset, status } from '../fixtures/upstream/upstream.js';

const PAY = 'query Pay($answers: AnswersInput!) { report(answers: $answers) { pay { basePay { percentile50 } } } }';
const BUY = 'mutation Buy($answers: AnswersInput!) { requestReport(answers: $answers, types: [PAY]) { id } }';
const KEYS = {
  AUTH_MODE: 'api-key',
  API_KEYS: 'shop:key-of-the-shop-1,scraper:key-of-scraper-2',
  OPERATORS: 'scraper',
};

async function metricsOf({ url }: Pick<TestServer, 'url'>): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}.`);
  return samplesOf(await response.text());
}

describe.concurrent('/metrics', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for([
    ['nobody', {}, 401],
    ['an unknown key', { 'x-api-key': 'key-of-nobody-99' }, 401],
    ['a client', { 'x-api-key': 'key-of-the-shop-1' }, 403],
    ['an operator', { 'x-api-key': 'key-of-scraper-2' }, 200],
    ['a scraper that only knows bearer tokens', { authorization: 'Bearer key-of-scraper-2' }, 200],
  ] as const)('is for operators only: %s', async ([, headers, expected], { start, expect }) => {
    const { url } = await start({ env: KEYS });
    const response = await fetch(`${url}/metrics`, { headers });
    const text = await response.text();
    expect(response.status).toBe(expected);
    expect(text.includes('graphql_operations_total')).toBe(expected === 200);
    if (expected === 401) expect(response.headers.get('www-authenticate')).toBe('Bearer');
    if (expected === 200) expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it('is served under any host name', async ({ start, expect }) => {
    const { url } = await start({ env: { ...KEYS, ALLOWED_HOSTS: 'pay.example' } });
    const { request } = await import('node:http');
    const statusCode = await new Promise((resolve, reject) => {
      const headers = { host: 'jobalyzer.monitoring.svc:4000', 'x-api-key': 'key-of-scraper-2' };
      request(`${url}/metrics`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(statusCode).toBe(200);
  });

  it('counts operations at all doors by name, kind and code, with their time', async (context) => {
    const { start, connectAndInit, stream, expect } = context;
    const server = await start();
    await server.run('query Mine { __typename }');
    await server.run('query Mine { __typename }');
    await server.run('{ nothing }');
    await server.run('query Late { skillImpact(jobTitle: "") { skills { name } } }').catch(() => undefined);
    const socket = await connectAndInit(server);
    await socket.run('query Mine { __typename }');
    await (
      await stream(server, { query: 'query Mine { __typename }' })
    ).ended;
    expect(await metricsOf(server)).toMatchObject({
      'graphql_operations_total{operation="Mine",kind="query",door="http"}': 2,
      'graphql_operations_total{operation="Mine",kind="query",door="websocket"}': 1,
      'graphql_operations_total{operation="Mine",kind="query",door="sse"}': 1,
      'graphql_operation_errors_total{operation="",code="GRAPHQL_VALIDATION_FAILED"}': expect.any(Number),
      'graphql_operation_duration_seconds_count{kind="query",door="http"}': expect.any(Number),
      'connections{kind="websocket"}': 1,
    });
  });

  it('bounds the names of operations', async ({ start, expect }) => {
    const server = await start();
    await Promise.all(Array.from({ length: 150 }, (_, index) => server.run(`query Name${index} { __typename }`)));
    await server.run(`query ${'n'.repeat(61)} { __typename }`);
    const samples = await metricsOf(server);
    const names = Object.keys(samples).filter((name) => name.startsWith('graphql_operations_total'));
    expect(names).toHaveLength(101);
    expect(samples['graphql_operations_total{operation="other",kind="query",door="http"}']).toBe(51);
  });

  it('tells what became of purchases and polls, and what was saved', async ({ start, upstream, expect }) => {
    const server = await start();
    await server.run(PAY, { answers: numbered(1) });
    await server.run(PAY, { answers: numbered(1) });
    upstream.script.submit.push(rejected());
    await server.run(PAY, { answers: numbered(2) });
    upstream.script.submit.push(reset());
    await server.run(PAY, { answers: numbered(3) });
    upstream.script.submit.push(status(403));
    await server.run(PAY, { answers: numbered(4) });
    expect(await metricsOf(server)).toMatchObject({
      'report_purchases_total{type="PAY",outcome="claimed"}': 4,
      'report_purchases_total{type="PAY",outcome="linked"}': 1,
      'report_purchases_total{type="PAY",outcome="rejected"}': 1,
      'report_purchases_total{type="PAY",outcome="uncertain"}': 1,
      'report_purchases_total{type="PAY",outcome="given_up"}': 1,
      'report_collections_total{type="PAY",outcome="collected"}': 1,
      reports_saved_total: 1,
      reports_uncertain: 1,
      'reports_pending{age="below 1m"}': 0,
      'jobalyzer_calls_total{call="submit",status="200"}': 2,
      'jobalyzer_calls_total{call="submit",status="none"}': 1,
      'jobalyzer_calls_total{call="submit",status="403"}': 1,
      'jobalyzer_calls_total{call="poll",status="200"}': 1,
      'jobalyzer_token_refreshes_total{outcome="obtained"}': 1,
      'jobalyzer_token_refreshes_total{outcome="failed"}': 0,
      report_poll_lag_seconds_count: 1,
      purchase_breaker_open: 0,
      'ledger_operation_duration_seconds_count{operation="commit",outcome="ok"}': expect.any(Number),
      ledger_size_bytes: expect.any(Number),
      'nodejs_eventloop_lag_seconds{quantile="0.99"}': expect.any(Number),
    });
    expect((await metricsOf(server))['ledger_size_bytes']).toBeGreaterThan(4_096);
  });

  it('shows that whoever waits for a report gets it without its being read from the ledger', async ({
    start,
    expect,
  }) => {
    const server = await start();
    const reads = 'ledger_operation_duration_seconds_count{operation="body",outcome="ok"}';
    await server.run(PAY, { answers: numbered(1) });
    expect((await metricsOf(server))[reads]).toBeUndefined();
  });

  it('tells what is pending, failed token requests and the open breaker', async ({ start, upstream, expect }) => {
    const server = await start({ overrides: { timeouts: { submit: 200 } } });
    upstream.script.poll('pay').push(...Array.from({ length: 50 }, () => status(503)));
    await server.run(BUY, { answers: numbered(1) });
    await eventually(async () => expect((await metricsOf(server))['reports_pending{age="below 1m"}']).toBe(1));
    upstream.script.token.push(status(401));
    upstream.revokeTokens();
    upstream.script.submit.push(...Array.from({ length: 5 }, () => hang()));
    for (const number of [2, 3, 4, 5, 6]) await server.run(PAY, { answers: numbered(number) });
    await eventually(async () =>
      expect(await metricsOf(server)).toMatchObject({
        purchase_breaker_open: 1,
        'jobalyzer_token_refreshes_total{outcome="failed"}': expect.any(Number),
      }),
    );
  });

  it('counts subscriptions while they are open', async ({ start, connectAndInit, upstream, expect }) => {
    const server = await start();
    upstream.script.poll('pay').push(...Array.from({ length: 50 }, () => status(503)));
    const { data } = await server.run<{ requestReport: { id: string } }, object>(BUY, { answers: numbered(1) });
    const socket = await connectAndInit(server);
    const query = `subscription { reportStatusById(id: "${data?.requestReport.id}", types: [PAY]) { status } }`;
    socket.send({ type: 'subscribe', id: '1', payload: { query } });
    const open = 'graphql_subscriptions{door="websocket"}';
    await eventually(async () => expect((await metricsOf(server))[open]).toBe(1));
    socket.send({ type: 'complete', id: '1' });
    await eventually(async () => expect((await metricsOf(server))[open]).toBe(0));
  });
});
