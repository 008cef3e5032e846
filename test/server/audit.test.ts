import { describe, expect, it, type TestContext } from 'vitest';
import type { Overrides } from '../../src/app.js';
import { AuditDocument, PayOnlyDocument } from '../generated/operations.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { post } from '../fixtures/server/post.js';
import type { TestServer } from '../fixtures/server/server.js';
import { lose } from '../fixtures/server/uncertain.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { csvOf, type CsvRow } from '../fixtures/upstream/usage-csv.js';
import { startUsageLog, type UsageLogServer } from '../fixtures/upstream/usage-log-server.js';
import { rejected, type Upstream } from '../fixtures/upstream/upstream.js';

const MONTH = new Date().toISOString().slice(0, 7);

/** A row of a pay report that was asked for with these answers. */
function rowOf({ options: { clientId } }: Upstream, id: string, answers: object): CsvRow {
  return {
    CLIENTID: clientId,
    REPORTID: id,
    REPORT_DATE: new Date().toISOString(),
    REPORT_TYPE: 'pay',
    REPORTRATING: '0.8',
    REQUEST: JSON.stringify({ customerId: clientId, AutoResolveJobTitle: true, answers }),
    SUCCESSFUL: 'True',
  };
}

/** A row for each report that upstream has accepted. */
function rowsOf(upstream: Upstream): CsvRow[] {
  return upstream.purchases.map(({ answers }, index) => rowOf(upstream, `their ${index}`, answers));
}

describe.concurrent('the audit of a month', () => {
  useServers();

  async function audited(
    { start, atEnd }: TestContext,
    overrides: Overrides = {},
  ): Promise<{ server: TestServer; log: UsageLogServer }> {
    const log = await startUsageLog(csvOf([]));
    atEnd(() => log.close());
    return { server: await start({ env: { JOBALYZER_USAGE_URL: log.url }, overrides }), log };
  }

  async function buy(server: TestServer, numbers: readonly number[]): Promise<void> {
    for (const number of numbers) {
      const { data } = await server.run(PayOnlyDocument, { answers: numbered(number) });
      if (!data?.report?.pay) throw new Error('It was not bought.');
    }
  }

  async function audit(server: TestServer, variables: { first?: number; after?: string | null } = {}) {
    const { data, errors } = await server.run(AuditDocument, { month: MONTH, ...variables });
    if (!data?.auditUsage) throw new Error(JSON.stringify(errors));
    return data.auditUsage;
  }

  it('finds that the log and the ledger agree', async (context) => {
    const { server, log } = await audited(context);
    await buy(server, [1, 2]);
    log.answer(csvOf([...rowsOf(context.upstream), { ...rowsOf(context.upstream)[0], CLIENTID: 'somebody else' }]));
    expect(await audit(server)).toMatchObject({
      month: MONTH,
      theirs: 2,
      ours: 2,
      differences: { totalCount: 0, edges: [], pageInfo: { hasNextPage: false, startCursor: null } },
    });
  });

  it('lists what only one side has and what differs, page by page of one reading', async (context) => {
    const { upstream } = context;
    const { server, log } = await audited(context);
    await buy(server, [1, 2, 3]);
    await lose(server, upstream, SEATTLE);
    const [first = {}, second = {}] = rowsOf(upstream);
    const [lost, strange] = [rowOf(upstream, 'lost', SEATTLE), rowOf(upstream, 'strange', { JobTitle: 'Spy' })];
    log.answer(csvOf([first, { ...second, SUCCESSFUL: 'False' }, lost, strange]));

    const whole = await audit(server);
    expect(whole).toMatchObject({ theirs: 3, ours: 3, differences: { totalCount: 4 } });
    const nodes = whole.differences.edges.map(({ node }) => node);
    const ofType = (part: string) => nodes.find(({ reason }) => reason.includes(part));
    expect(ofType('not in the log')).toMatchObject({
      theirs: null,
      ours: { answers: { jobTitle: 'Software Developer' } },
    });
    expect(ofType('not successful')).toMatchObject({ theirs: { successful: false, type: 'PAY' }, type: 'PAY' });
    expect(ofType('outcome is not known')).toMatchObject({
      theirs: { upstreamReportId: 'lost' },
      ours: expect.anything(),
    });
    expect(ofType('no purchase of this server')).toMatchObject({ theirs: { upstreamReportId: 'strange' }, ours: null });
    expect(nodes.map(({ at }) => at)).toEqual(nodes.map(({ at }) => at).toSorted());

    const paged = [];
    let after = null as string | null;
    for (let more = true; more;) {
      const { edges, pageInfo, totalCount } = (await audit(server, { first: 3, after })).differences;
      expect(totalCount).toBe(4);
      expect(pageInfo.hasPreviousPage).toBe(paged.length > 0);
      paged.push(...edges);
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
    }
    expect(paged).toEqual(whole.differences.edges);
    expect(log.count()).toBe(1);
  });

  it('knows a purchase that upstream refused, and one that it did not deliver', async (context) => {
    const { upstream } = context;
    const { server, log } = await audited(context, { refusedForMs: 0 });
    upstream.script.submit.push(rejected());
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    upstream.script.poll('pay').otherwise(rejected([{ Message: 'It is gone', Code: 'Gone' }], 404));
    const { errors } = await server.run(PayOnlyDocument, { answers: numbered(2) });
    expect(errors).toMatchObject([{ extensions: { code: 'REPORT_FAILED' } }]);
    log.answer(csvOf([1, 2].map((number) => rowOf(upstream, `their ${number}`, numbered(number)))));
    const { theirs, ours, differences } = await audit(server);
    expect({ theirs, ours }).toEqual({ theirs: 2, ours: 0 });
    const reasons = differences.edges.map(({ node }) => [node.theirs?.upstreamReportId, node.reason]);
    expect(Object.fromEntries(reasons)).toEqual({
      'their 1': expect.stringContaining('refused the purchase'),
      'their 2': expect.stringContaining('did not deliver'),
    });
  });

  it('is for operators, of a month that has begun, and says that no log is set', async ({ start }) => {
    const reader = await start({ env: { OPERATORS: '' } });
    expect((await reader.run(AuditDocument, { month: MONTH })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' }, path: ['auditUsage'] },
    ]);
    const server = await start();
    for (const month of ['2026', '2999-01', '2026-13']) {
      expect((await server.run(AuditDocument, { month })).errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', argument: 'month', reason: expect.any(String) } },
      ]);
    }
    expect((await server.run(AuditDocument, { month: MONTH })).errors).toMatchObject([
      { message: expect.stringContaining('JOBALYZER_USAGE_URL'), extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ]);
  });

  it('has pages of 1 to 100, after a cursor', async (context) => {
    const { server } = await audited(context);
    for (const page of [{ first: 0 }, { first: 101 }, { after: 'nowhere' }]) {
      expect((await server.run(AuditDocument, { month: MONTH, ...page })).errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
  });

  it('says why the log cannot be read, and has it again when it can', async (context) => {
    const { server, log } = await audited(context);
    log.answer('<!DOCTYPE html><html><body>Sign in</body></html>');
    const { data, errors } = await server.run(AuditDocument, { month: MONTH });
    expect(data?.auditUsage).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' }, path: ['auditUsage'] }]);
    log.answer(csvOf([]));
    expect(await audit(server)).toMatchObject({ theirs: 0, ours: 0 });
  });

  it('buys nothing and asks for nothing but the log', async (context) => {
    const { server } = await audited(context);
    await audit(server);
    expect(context.upstream.count('submit') + context.upstream.count('lookup')).toBe(0);
    const { data } = await post<{ usage: { submitted: number; saved: number } }, object>(
      `${server.url}/graphql`,
      '{ usage { submitted saved } }',
    );
    expect(data?.usage).toEqual({ submitted: 0, saved: 0 });
  });
});
