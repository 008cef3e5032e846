import { describe, expect, it } from 'vitest';
import {
  BuyAgainDocument,
  CloseUncertainDocument,
  PayAndYoeDocument,
  PayOnlyDocument,
  UncertainDocument,
  UsageByDayDocument,
} from '../generated/operations.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import {
  countsOf,
  listOf,
  lose,
  named,
  uncertainOf,
  withLedger,
  type Uncertain,
} from '../fixtures/server/uncertain.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';
import { BODIES, DOORS } from '../server/doors.js';
import { arrivals } from '../fixtures/upstream/expectations.js';
import { resetAfter, status } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });
useSockets();

const NOTE = 'Not on the invoice of March.';

describe.concurrent('a purchase that is uncertain', () => {
  it('is logged as a warning, listed and counted, and no longer once it is settled', async ({ upstream, start }) => {
    upstream.script.submit.push(status(500));
    const server = await start();
    const asked = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    const { id } = asked.data?.report ?? {};
    const since = asked.errors[0]?.extensions.since;
    const warnings = server.logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['since']);
    expect(warnings).toHaveLength(2);
    for (const type of ['PAY', 'YOE']) {
      expect(warnings).toContainEqual(expect.objectContaining({ level: 40, reportId: id, type, since }));
    }
    const { totalCount, edges } = await listOf(server);
    expect(totalCount).toBe(2);
    expect(edges.map(({ node }) => node)).toEqual(
      ['PAY', 'YOE'].map((type) => ({
        type,
        since,
        reason: expect.stringContaining('500'),
        report: { id, answers: { jobTitle: SEATTLE.jobTitle }, status: { pay: 'FAILED', yoe: 'FAILED' } },
        candidates: [],
        evidence: null,
      })),
    );
    expect(await countsOf(server)).toMatchObject({ uncertain: 2, uncertainNow: 2 });
    await server.run(CloseUncertainDocument, { id: id ?? '', types: ['YOE'], since: since ?? '', note: NOTE });
    expect(await countsOf(server)).toMatchObject({ submitted: 2, uncertain: 2, uncertainNow: 1, failed: 0 });
    expect((await uncertainOf(server)).map(({ type }) => type)).toEqual(['PAY']);
    const [today] = (await server.run(UsageByDayDocument)).data?.usageByDay?.slice(-1) ?? [];
    expect(today).toMatchObject({ submitted: 2, uncertain: 2, failed: 0, saved: 0 });
  });

  it('tells subscribers since when, by which it is named', async ({ upstream, start }) => {
    const server = await start();
    const lost = await lose(server, upstream);
    const query = `subscription ($id: ID!) { reportStatusById(id: $id, types: [PAY]) { failure { code since } } }`;
    const response = await fetch(`${server.url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables: { id: lost.report.id } }),
    });
    const failure = JSON.stringify({ code: 'SUBMISSION_UNCERTAIN', since: lost.since });
    expect(await response.text()).toContain(`"failure":${failure}`);
  });

  it('is listed in pages that others do not disturb', async ({ upstream, start }) => {
    const server = await start();
    const lost: Uncertain[] = [];
    for (let index = 0; index < 5; index++) lost.push(await lose(server, upstream, numbered(index)));
    const ids = lost.map(({ report }) => report.id);
    const idsIn = ({ edges }: Awaited<ReturnType<typeof listOf>>) => edges.map(({ node }) => node.report.id);
    const first = await listOf(server, { first: 2 });
    expect(idsIn(first)).toEqual(ids.slice(0, 2));
    expect(first.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: first.edges[0]?.cursor,
      endCursor: first.edges[1]?.cursor,
    });
    await server.run(CloseUncertainDocument, { ...named(lost[1] as Uncertain), note: NOTE });
    const second = await listOf(server, { first: 2, after: first.pageInfo.endCursor ?? null });
    expect(idsIn(second)).toEqual(ids.slice(2, 4));
    expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    expect(second.totalCount).toBe(4);
    const last = await listOf(server, { first: 2, after: second.pageInfo.endCursor ?? null });
    expect([idsIn(last), last.pageInfo.hasNextPage]).toEqual([ids.slice(4), false]);
  });

  it.for([
    ['first', { first: 0 }],
    ['first', { first: 101 }],
    ['first', { first: -1 }],
    ['after', { after: '' }],
    ['after', { after: 'x' }],
    ['after', { after: Buffer.from('[1,2,3]').toString('base64url') }],
    ['after', { after: Buffer.from('[1,"x","NONE"]').toString('base64url') }],
    ['after', { after: 'A'.repeat(10_000) }],
  ] as const)('is not listed for a wrong %s: %j', async ([argument, variables], { start }) => {
    const server = await start();
    const { data, errors } = await server.run(UncertainDocument, variables);
    expect(data).toEqual({ uncertainReports: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
  });
});

describe.concurrent('buyAgain', () => {
  it('buys nothing for a client that may only read, at any door', async (context) => {
    const { upstream, start, restart } = context;
    const server = await start();
    const seen = named(await lose(server, upstream));
    const reader = await restart(server, { env: { READERS: 'anonymous' } });
    for (const door of BODIES) {
      const { data, errors } = await DOORS[door](
        reader,
        { query: String(BuyAgainDocument), variables: seen, operationName: 'BuyAgain' },
        context,
      );
      expect(data, door).toEqual({ buyAgain: null });
      expect(errors, door).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect((await countsOf(reader)).uncertainNow).toBe(1);
    expect(upstream.count('submit')).toBe(1);
  });

  it('is charged to the budget, and refused beyond it', async ({ upstream, start }) => {
    const server = await start({ env: { BUDGET_REPORTS_PER_DAY: '1' } });
    const seen = named(await lose(server, upstream));
    const { errors } = await server.run(BuyAgainDocument, seen);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BUDGET_EXCEEDED', limit: 1, used: 1 });
    expect((await countsOf(server)).uncertainNow).toBe(1);
  });

  it('buys what was seen once, however many ask, and nothing else of the report', async ({ upstream, start }) => {
    const server = await start();
    const seen = { ...named(await lose(server, upstream)), types: ['PAY' as const, 'YOE' as const] };
    const answered = await Promise.all(Array.from({ length: 20 }, () => server.run(BuyAgainDocument, seen)));
    const bought = answered.filter(({ errors }) => errors.length === 0);
    expect(bought).toHaveLength(1);
    expect(bought[0]?.data?.buyAgain?.id).toBe(seen.id);
    for (const { errors } of answered.filter((each) => each !== bought[0])) {
      expect(errors[0]?.extensions).toMatchObject({ code: 'PURCHASE_CHANGED', reportId: seen.id });
    }
    const { data, errors } = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect([errors, data?.report?.pay?.basePay?.percentile50]).toEqual([[], 104_300]);
    expect(upstream.submits().map(({ requestedReports }) => requestedReports)).toEqual([['pay'], ['pay']]);
    expect(await countsOf(server)).toMatchObject({ uncertain: 1, uncertainNow: 0, collected: 1 });
    const settled = withLedger(server, (db) =>
      db.prepare('SELECT kind, report_id, client, note FROM settlements').all(),
    );
    expect(settled).toEqual([
      expect.objectContaining({ kind: 'BOUGHT_AGAIN', report_id: seen.id, client: 'anonymous', note: null }),
    ]);
  });

  it('buys nothing of a doubt that is newer than the one that was seen', async ({ upstream, start }) => {
    upstream.script.submit.otherwise(resetAfter('accepting'));
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    const [first] = await uncertainOf(server);
    const seen = named(first as Uncertain);
    await server.run(BuyAgainDocument, seen);
    await arrivals(upstream, 'submit', 2);
    await eventually(async () =>
      expect((await uncertainOf(server)).map(({ since }) => since)).not.toContain(seen.since),
    );
    const { data, errors } = await server.run(BuyAgainDocument, seen);
    expect(data).toEqual({ buyAgain: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'PURCHASE_CHANGED', type: 'PAY', status: 'FAILED' });
    expect(upstream.count('submit')).toBe(2);
    expect(await countsOf(server)).toMatchObject({ uncertain: 2, uncertainNow: 1 });
  });

  it('buys nothing without types, for a report that nobody asked for, or an id that is none', async ({
    upstream,
    start,
  }) => {
    const server = await start();
    const seen = named(await lose(server, upstream));
    expect((await server.run(BuyAgainDocument, { ...seen, types: [] })).errors).toEqual([]);
    const unknown = await server.run(BuyAgainDocument, { ...seen, id: 'A'.repeat(43) });
    expect(unknown.errors[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', reportId: 'A'.repeat(43) });
    const malformed = await server.run(BuyAgainDocument, { ...seen, id: 'A' });
    expect(malformed.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'id' });
    expect(upstream.count('submit')).toBe(1);
  });

  it('buys nothing beside an argument that is invalid', async ({ upstream, start }) => {
    const server = await start();
    const { id, since } = named(await lose(server, upstream));
    const { errors } = await server.run(
      `mutation ($id: ID!, $since: DateTime!) {
        buyAgain(id: $id, types: [PAY], since: $since) { id }
        closeUncertain(id: $id, types: [YOE], since: $since, note: " ") { id }
      }`,
      { id, since },
    );
    expect(errors.map(({ path, extensions }) => [path?.[0], extensions.code, extensions['argument']])).toEqual([
      ['buyAgain', 'BAD_USER_INPUT', 'note'],
      ['closeUncertain', 'BAD_USER_INPUT', 'note'],
    ]);
    expect(upstream.count('submit')).toBe(1);
  });
});
