import { cp } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  FullReportDocument,
  PayAndYoeDocument,
  PayOnlyDocument,
  ReportStandingDocument,
  RequestReportDocument,
  UsageDocument,
} from '../generated/operations.js';
import { newDirectory, type Directory } from '../fixtures/directory.js';
import { eventually } from '../fixtures/eventually.js';
import type { TestServer } from '../fixtures/server/server.js';
import { accepted, gate, hang, json, pending, status } from '../fixtures/upstream/upstream.js';
import { arrivals } from '../fixtures/upstream/expectations.js';
import { codes } from '../fixtures/server/responses.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

/** Copies the data directory of a running server, as it would be if the process was killed now. */
async function copied({ dataDir }: TestServer): Promise<Directory> {
  const copy = await newDirectory();
  await cp(dataDir, copy.path, {
    recursive: true,
    filter: (path) => !path.endsWith('-shm') && !path.endsWith('.lock'),
  });
  return copy;
}

/** Rewrites the pay entry in the ledger of a stopped server. */
function rewrite({ dataDir }: TestServer, state: string, answer: string | null): void {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  const failure = { code: 'UPSTREAM_BAD_RESPONSE', message: 'The answer could not be read.' };
  const data = state === 'UNCERTAIN' ? { state, failure, answer } : { state, answer };
  db.prepare('UPDATE entries SET state = ?, data = ?, expires_at = NULL').run(state, JSON.stringify(data));
  db.close();
}

const collectedBy = (server: TestServer, reports: number) =>
  eventually(async () => expect((await server.run(UsageDocument)).data?.usage?.collected).toBe(reports));

describe.concurrent('a report that was LINKED when the server stopped', () => {
  it('is collected after the restart without a query or a purchase', async ({ upstream, start, restart }) => {
    upstream.script.poll('pay').push(pending(60_000));
    upstream.script.poll('yoe').push(pending(60_000));
    upstream.options.longestHintMs = 0;
    const first = await start();
    await first.run(RequestReportDocument, { answers: SEATTLE });
    await arrivals(upstream, 'poll', 2);
    const second = await restart(first);
    await collectedBy(second, 2);
    expect(upstream.count('submit')).toBe(1);
    expect([upstream.polls('pay').length, upstream.polls('yoe').length]).toEqual([2, 2]);
    expect((await second.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 2, collected: 2, saved: 0 });
    expect((await second.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs: 0, yoeWaitMs: 0 })).errors).toEqual([]);
  });

  it('is not polled twice when queried right after the restart', async ({ upstream, start, restart }) => {
    upstream.script.poll('pay').push(hang());
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await arrivals(upstream, 'poll', 1);
    const second = await restart(first);
    expect(first.logged.join(''), 'a poll that the stop ended').not.toContain('a poll failed');
    const asked = Array.from({ length: 20 }, () => second.run(PayOnlyDocument, { answers: SEATTLE }));
    for (const { errors } of await Promise.all(asked)) expect(errors).toEqual([]);
    expect([upstream.count('submit'), upstream.count('poll')]).toEqual([1, 2]);
  });

  it('is collected even if upstream is down at the restart', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(hang());
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await arrivals(upstream, 'poll', 1);
    await first.stop();
    await upstream.stop();
    const second = await start({ dataDir: first.dataDir });
    await eventually(() => expect(second.logged.join('')).toContain('a poll failed'));
    await upstream.start();
    expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
  });
});

describe.concurrent('a stopping server', () => {
  it('waits for a purchase in flight and stores its links', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    upstream.script.poll('pay').otherwise(pending(60_000));
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await held.arrived;
    const stopped = first.stop();
    await eventually(() =>
      expect(first.run(ReportStandingDocument, { answers: SEATTLE })).rejects.toThrow(/fetch failed/),
    );
    held.release();
    await stopped;
    upstream.script.poll('pay').otherwise();
    upstream.options.longestHintMs = 0;
    const second = await start({ dataDir: first.dataDir });
    expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(1);
  });

  it('does not wait for a client that never completes its request', async ({ start }) => {
    const server = await start();
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    try {
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
      );
      // Once this later request is answered, the first one has arrived too.
      await fetch(`${server.url}/healthz`);
      const startedAt = performance.now();
      const waited = delay(25_000, undefined, { ref: false });
      await Promise.race([server.stop(), waited]);
      expect(performance.now() - startedAt).toBeLessThan(25_000);
    } finally {
      socket.destroy();
    }
  });

  // Alone: queries wait for three seconds more, in which others of this file would take their turns.
  it('serves a waiting query whose report arrives soon', { concurrent: false }, async ({ upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    const asking = server.run(PayOnlyDocument, { answers: SEATTLE });
    await held.arrived;
    const stopped = server.stop();
    held.release();
    expect((await asking).data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    await stopped;
  });

  it('answers REPORT_NOT_READY to a waiting query whose report does not arrive soon', async ({ upstream, start }) => {
    upstream.script.poll('pay').otherwise(hang());
    const server = await start();
    const asking = server.run(PayOnlyDocument, { answers: SEATTLE });
    await arrivals(upstream, 'poll', 1);
    const startedAt = performance.now();
    const stopped = server.stop();
    expect(codes(await asking)).toEqual({ 'report.pay': 'REPORT_NOT_READY' });
    await stopped;
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });

  it('stops waiting for a purchase without a response, which is then uncertain', async ({ upstream, start }) => {
    upstream.script.submit.push(accepted(hang()));
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await arrivals(upstream, 'submit', 1);
    const startedAt = performance.now();
    await first.stop();
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    const second = await start({ dataDir: first.dataDir });
    expect(codes(await second.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({
      'report.pay': 'SUBMISSION_UNCERTAIN',
    });
    expect(upstream.count('submit')).toBe(1);
  });

  it('leaves an unaccepted purchase to the next server, which buys it once', async ({ upstream, start, restart }) => {
    upstream.script.submit.push(status(503, undefined, { 'retry-after': '10' }));
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await eventually(() => expect(first.logged.join('')).toContain('"status":503'));
    const second = await restart(first);
    await collectedBy(second, 1);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([2, 1]);
  });
});

describe.concurrent('a data directory copied from a running server', () => {
  it('leaves a purchase in flight uncertain, and it is not resent', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const first = await start();
    await first.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs: 0, yoeWaitMs: 0 });
    await held.arrived;
    const copy = await copied(first);
    try {
      const second = await start({ dataDir: copy.path });
      const answer = await second.run(PayAndYoeDocument, { answers: SEATTLE });
      expect(codes(answer)).toEqual({ 'report.pay': 'SUBMISSION_UNCERTAIN', 'report.yoe': 'SUBMISSION_UNCERTAIN' });
      expect(answer.data?.report?.status).toEqual({ pay: 'FAILED', yoe: 'FAILED' });
      await second.run(RequestReportDocument, { answers: SEATTLE });
      expect(upstream.count('submit')).toBe(1);
      expect((await second.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 2, uncertain: 2, collected: 0 });
    } finally {
      await copy.remove();
    }
  });

  it('leaves a claim that was not sent yet, which is then bought once', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.token.push(held);
    // It does not ask for another token, with which it would buy as well.
    const first = await start({ overrides: { timeouts: { token: 600_000 } } });
    await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await held.arrived;
    const copy = await copied(first);
    try {
      const second = await start({ dataDir: copy.path });
      expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
      expect(upstream.count('submit')).toBe(1);
    } finally {
      await copy.remove();
    }
  });

  it('leaves a pending report, which is then collected', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await held.arrived;
    const copy = await copied(first);
    await first.stop();
    try {
      const second = await start({ dataDir: copy.path });
      expect((await second.run(FullReportDocument, { answers: SEATTLE })).errors).toEqual([]);
      expect(upstream.submits().map(({ requestedReports }) => requestedReports)).toEqual([['pay'], ['yoe']]);
    } finally {
      await copy.remove();
    }
  });
});

describe.concurrent('a stored but unprocessed response to a purchase', () => {
  it.for(['SENDING', 'UNCERTAIN'])('of a report left %s is read at the start', async (state, { upstream, start }) => {
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE });
    await first.stop();
    rewrite(first, state, JSON.stringify({ Links: { PayReport: upstream.link('pay') } }));
    const second = await start({ dataDir: first.dataDir });
    expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect([upstream.count('submit'), upstream.count('poll')]).toEqual([1, 2]);
  });

  it('that is unreadable makes the report uncertain', async ({ upstream, start }) => {
    upstream.script.submit.push(json({ Links: { PayReport: upstream.link('pay') } }));
    const first = await start();
    await first.run(PayOnlyDocument, { answers: SEATTLE });
    await first.stop();
    rewrite(first, 'SENDING', '{"Links":');
    const second = await start({ dataDir: first.dataDir });
    expect(codes(await second.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({
      'report.pay': 'SUBMISSION_UNCERTAIN',
    });
    expect([upstream.count('submit'), upstream.count('poll')]).toEqual([1, 1]);
  });
});
