import { describe, expect, it } from 'vitest';
import {
  PayAndYoeDocument,
  PayByIdDocument,
  PayOnlyDocument,
  ReportStandingDocument,
  RequestReportDocument,
  StandingByIdDocument,
  UsageDocument,
} from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import { gate, pending } from '../fixtures/upstream/upstream.js';
import { codes, logOf } from '../fixtures/server/responses.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

describe.concurrent('a wait for a report', () => {
  it.for([0, 50])('ends after %d ms with REPORT_NOT_READY and retryAfterMs', async (payWaitMs, { upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    const answer = await server.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs, yoeWaitMs: 0 });
    expect(codes(answer)).toEqual({ 'report.pay': 'REPORT_NOT_READY', 'report.yoe': 'REPORT_NOT_READY' });
    expect(answer.data?.report?.status).toEqual({ pay: 'SUBMITTING', yoe: 'SUBMITTING' });
    for (const { path, extensions } of answer.errors) {
      expect(extensions).toEqual({
        code: 'REPORT_NOT_READY',
        reportId: answer.data?.report?.id,
        type: path?.[1] === 'pay' ? 'PAY' : 'YOE',
        retryAfterMs: expect.any(Number),
      });
      expect(extensions['retryAfterMs']).toBeGreaterThan(0);
      expect(extensions['retryAfterMs']).toBeLessThanOrEqual(60_000);
    }
    await held.arrived;
    held.release();

    const id = answer.data?.report?.id ?? '';
    const later = await server.run(PayByIdDocument, { id });
    expect(later.errors).toEqual([]);
    expect(later.data?.reportById?.pay?.basePay?.percentile50).toBe(104_300);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([1, 2]);
  });

  it('returns the time until the next poll as retryAfterMs', async ({ upstream, start }) => {
    upstream.script.poll('pay').push(pending(14_000));
    const server = await start();
    const retryAfterMs = await eventually(async () => {
      const answer = await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
      expect(codes(answer)).toEqual({ 'report.pay': 'REPORT_NOT_READY' });
      expect(answer.errors[0]?.extensions['retryAfterMs']).toBeGreaterThan(5_000);
      return answer.errors[0]?.extensions['retryAfterMs'];
    });
    expect(retryAfterMs).toBeLessThan(15_000);
    expect(upstream.count('poll')).toBe(1);
  });

  it('that times out does not stop the collection', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start();
    const { data } = await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await held.arrived;
    held.release();
    const id = data?.report?.id ?? '';
    await eventually(async () => {
      const standing = await server.run(StandingByIdDocument, { id });
      expect(standing.data?.reportById?.status).toEqual({ pay: 'READY', yoe: 'NOT_REQUESTED' });
    });
    // A stored report needs no wait.
    expect((await server.run(PayByIdDocument, { id, waitMs: 0 })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(1);
  });

  it('can end for one query while another keeps waiting', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start();
    const patient = server.run(PayOnlyDocument, { answers: SEATTLE });
    const hasty = await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 20 });
    expect(codes(hasty)).toEqual({ 'report.pay': 'REPORT_NOT_READY' });
    await held.arrived;
    held.release();
    expect((await patient).errors).toEqual([]);
  });

  it('is limited to REPORT_WAIT_MS by default', async ({ upstream, start }) => {
    upstream.script.submit.push(gate());
    const server = await start({ env: { REPORT_WAIT_MS: '300' } });
    const startedAt = performance.now();
    const answer = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(codes(answer)).toEqual({ 'report.pay': 'REPORT_NOT_READY' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(290);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });

  it('ends immediately if REPORT_WAIT_MS is 0', async ({ upstream, start }) => {
    const server = await start({ env: { REPORT_WAIT_MS: '0' } });
    expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({
      'report.pay': 'REPORT_NOT_READY',
    });
    await eventually(async () => expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]));
    expect(upstream.count('submit')).toBe(1);
  });
});

describe.concurrent('waitMs', () => {
  it.for([-1, 30_001, 2 ** 31 - 1])(
    'of %d is rejected by argument name, and nothing is bought',
    async (waitMs, { upstream, start }) => {
      const server = await start({ env: { REPORT_WAIT_MS: '30000' } });
      const answer = await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs });
      expect(answer.data?.report?.pay).toBeNull();
      expect(answer.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'waitMs' });
      expect(answer.errors[0]?.extensions['reason']).toMatch(/from 0 to 30000/);
      const standing = await server.run(ReportStandingDocument, { answers: SEATTLE });
      expect(standing.data?.report?.status).toEqual({ pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' });
      expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
    },
  );

  it('can be the maximum, null or omitted', async ({ start }) => {
    const server = await start({ env: { REPORT_WAIT_MS: '100000' } });
    for (const waitMs of [100_000, null, undefined]) {
      expect((await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs })).errors).toEqual([]);
    }
    expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 100_001 }))).toEqual({
      'report.pay': 'BAD_USER_INPUT',
    });
  });

  it('that is invalid for one type prevents buying the other', async ({ upstream, start }) => {
    const server = await start();
    const refused = await server.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs: -1 });
    expect(codes(refused)).toEqual({ 'report.pay': 'BAD_USER_INPUT', 'report.yoe': 'BAD_USER_INPUT' });
    expect(refused.data?.report).toMatchObject({ pay: null, yoe: null });
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
    expect(
      (await server.run(PayAndYoeDocument, { answers: SEATTLE, payWaitMs: 0 })).data?.report?.yoe?.ranges,
    ).toHaveLength(5);
  });
});

describe.concurrent('a client that disconnects', () => {
  it.for(['submit', 'poll'] as const)(
    'during the %s ends its wait, not the purchase',
    async (during, { upstream, start }) => {
      const held = gate();
      (during === 'submit' ? upstream.script.submit : upstream.script.poll('pay')).push(held);
      const server = await start();
      const client = new AbortController();
      const asking = server.run(PayOnlyDocument, { answers: SEATTLE }, client.signal);
      await held.arrived;
      const operations = () => logOf(server).filter(({ msg }) => msg === 'operation');
      expect(operations()).toEqual([]);
      client.abort();
      await expect(asking).rejects.toThrow(/abort/);
      // The operation ends while the report is still held up.
      await eventually(() => expect(operations()).toHaveLength(1));
      expect(logOf(server).filter(({ level }) => Number(level) >= 50)).toEqual([]);
      expect(operations()).toMatchObject([{ errors: ['CLIENT_DISCONNECTED'] }]);

      held.release();
      await eventually(async () =>
        expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 1, collected: 1 }),
      );
      expect((await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 })).errors).toEqual([]);
      expect(upstream.count('submit')).toBe(1);
    },
  );

  it('does not affect queries that are still waiting', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    const client = new AbortController();
    const gone = server.run(PayOnlyDocument, { answers: SEATTLE }, client.signal);
    await held.arrived;
    const staying = server.run(PayOnlyDocument, { answers: SEATTLE });
    client.abort();
    await expect(gone).rejects.toThrow(/abort/);
    held.release();
    expect((await staying).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
  });
});

describe.concurrent('requestReport', () => {
  it('returns immediately while the purchase is in progress', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    const { data, errors } = await server.run(RequestReportDocument, { answers: SEATTLE });
    expect(errors).toEqual([]);
    expect(data?.requestReport?.status).toEqual({ pay: 'SUBMITTING', yoe: 'SUBMITTING' });
    await held.arrived;
    held.release();
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(1);
  });
});
