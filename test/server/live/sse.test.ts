import { describe, it } from 'vitest';
import {
  FollowAnswersDocument,
  FollowIdDocument,
  FullReportDocument,
  ReportByIdDocument,
  RequestReportDocument,
  UsageDocument,
  type StepFragment,
} from '../../generated/operations.js';
import { startTestServer } from '../../fixtures/server/server.js';
import { gate, pending } from '../../fixtures/upstream/upstream.js';
import type { RawStream } from '../../fixtures/sockets/raw-stream.js';
import { expectWholeWay } from './whole-way.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';

const answers = numbered();

describe.concurrent('a report followed over server-sent events', () => {
  useServers();
  useSockets();

  it('sends the current status, every change and then complete', async ({ start, stream, upstream, expect }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const following = await stream(await start(), { query: FollowAnswersDocument, variables: { answers } });
    await following.until(() => steps(following).length === 2);
    held.release();

    expect(await following.ended, 'the last event is not cut off').toBe(true);
    expectWholeWay(steps(following));
    const names = following.blocks.filter((block) => block !== ':');
    expect(names).toEqual([...steps(following).map(() => 'next'), 'complete']);
    expect(following.text.startsWith(':\n\n'), 'an initial comment, which some browsers need').toBe(true);
    expect(following.text).toMatch(/\n\nevent: complete\ndata:\s*$/);
    expect(upstream.bought()).toBe(2);
  });

  it('has headers that prevent caching and proxy buffering', async ({ start, stream, expect }) => {
    const { status, headers } = await stream(await start(), { query: FollowAnswersDocument, variables: { answers } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('x-jobalyzer-simulator'), 'real data').toBe(null);
  });

  it('has the header x-jobalyzer-simulator with the simulator', async ({ stream, expect, atEnd }) => {
    const server = await startTestServer();
    atEnd(() => server.close());
    const { headers } = await stream(server, { query: '{ __typename }' });
    expect(headers.get('x-jobalyzer-simulator')).toBe('true');
  });

  it('works by GET with the operation in the URL, as EventSource sends it', async ({
    start,
    stream,
    upstream,
    expect,
  }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    // A GET buys nothing itself.
    await server.run(RequestReportDocument, { answers });
    const following = await stream(server, {
      method: 'GET',
      // As browsers send it for an EventSource of a same-origin page.
      headers: { 'sec-fetch-site': 'same-origin' },
      query: FollowAnswersDocument,
      variables: { answers },
      operationName: 'FollowAnswers',
    });
    await following.until(() => steps(following).length === 2);
    held.release();
    expect(await following.ended).toBe(true);
    expect(upstream.bought()).toBe(2);
    expectWholeWay(steps(following));
  });

  it('by id sends the current status and buys nothing', async ({ start, stream, upstream, expect }) => {
    const server = await start();
    const { data } = await server.run(FullReportDocument, { answers });
    const following = await stream(server, { query: FollowIdDocument, variables: { id: data?.report?.id } });
    await following.ended;
    const received = following.results.map((result) => result.data?.['reportStatusById'] as StepFragment);
    expect(received.map(({ type, status }) => [type, status])).toEqual([
      ['PAY', 'READY'],
      ['YOE', 'READY'],
    ]);
    expect(upstream.bought()).toBe(2);
  });

  it('is still collected, and bought once, after the client disconnects', async ({
    start,
    stream,
    upstream,
    expect,
  }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start();
    const following = await stream(server, { query: FollowAnswersDocument, variables: { answers } });
    await held.arrived;
    const id = steps(following)[0]?.reportId ?? '';
    following.hangUp();
    expect(await following.ended).toBe(false);
    held.release();

    await expect
      .poll(async () => (await server.run(ReportByIdDocument, { id, waitMs: 0 })).data?.reportById?.status)
      .toEqual({ pay: 'READY', yoe: 'READY' });
    expect(upstream.bought()).toBe(2);
  });
});

describe.concurrent('queries and mutations over server-sent events', () => {
  useServers();
  useSockets();

  it('send one event with the same result as over HTTP', async ({ start, stream, upstream, expect }) => {
    const server = await start();
    const asked = await stream(server, { query: FullReportDocument, variables: { answers } });
    await asked.ended;
    expect(asked.blocks.filter((block) => block !== ':')).toEqual(['next', 'complete']);
    const { data } = await server.run(FullReportDocument, { answers });
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(asked.results).toEqual([{ data, extensions: { budget: expect.objectContaining({ used: 2 }) } }]);
    expect(upstream.bought()).toBe(2);
  });

  it('run a mutation by POST', async ({ start, stream, upstream, expect }) => {
    const asked = await stream(await start(), {
      query: RequestReportDocument,
      variables: { answers, types: ['PAY'] },
    });
    await asked.ended;
    expect(asked.results[0]?.data?.['requestReport']).toMatchObject({ status: { yoe: 'NOT_REQUESTED' } });
    await expect.poll(() => [upstream.bought('pay'), upstream.bought()]).toEqual([1, 1]);
  });

  it('reject a mutation by GET', async ({ start, stream, upstream, expect }) => {
    const headers = { 'apollo-require-preflight': 'true' };
    const asked = await stream(await start(), {
      method: 'GET',
      query: RequestReportDocument,
      variables: { answers },
      headers,
    });
    await asked.ended;
    expect(asked.status).toBe(405);
    expect(asked.headers.get('allow')).toBe('POST');
    expect(asked.headers.get('content-type')).toContain('application/json');
    expect(upstream.submits()).toEqual([]);
  });

  it('stop waiting when the client disconnects', async ({ start, stream, upstream, expect }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    // Neither the wait nor the poll ends by itself.
    const server = await start({ env: { REPORT_WAIT_MS: '600000' }, overrides: { timeouts: { poll: 600_000 } } });
    const before = server.logged.length;
    const leaver = await stream(server, { query: FullReportDocument, variables: { answers } });
    await held.arrived;
    leaver.hangUp();
    expect(await leaver.ended).toBe(false);
    await expect
      .poll(() => server.logged.slice(before).filter((line) => line.includes('"operation":"FullReport"')))
      .toHaveLength(1);
    held.release();
    // Its report is collected all the same.
    await expect.poll(async () => (await server.run(UsageDocument)).data?.usage).toMatchObject({ collected: 2 });
    expect(server.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });
});

describe.concurrent('a client that disconnects', () => {
  useServers();
  useSockets();

  it('affects neither other streams nor the collection of the report', async ({ start, stream, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(pending(100));
    const server = await start();
    const follow = { query: FollowAnswersDocument, variables: { answers, types: ['PAY'] } };
    const stayer = await stream(server, follow);
    await stayer.until(() => steps(stayer).length > 0);
    const leaver = await stream(server, follow);
    await leaver.until(() => steps(leaver).length > 2);
    leaver.hangUp();
    const received = steps(stayer).length;
    await stayer.until(() => steps(stayer).length > received + 3);
    stayer.hangUp();
    const polls = upstream.polls('pay').length;
    await expect.poll(() => upstream.polls('pay').length).toBeGreaterThan(polls + 3);

    upstream.script.poll('pay').otherwise();
    const usage = async () => (await server.run(UsageDocument)).data?.usage;
    await expect.poll(usage).toMatchObject({ collected: 1 });
    // A subscription that outlived its client would count as served.
    expect(await usage()).toMatchObject({ saved: 0 });
  });
});

function steps(following: RawStream): StepFragment[] {
  return following.results.map(({ data }) => data?.['reportStatus'] as StepFragment);
}
