import { describe, expect, it } from 'vitest';
import {
  CompareReportsDocument,
  PayAndYoeDocument,
  PayOnlyDocument,
  ReportStandingDocument,
  UsageDocument,
  YoeOnlyDocument,
} from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import { gate, hang, json, rejected, status, unconfirmed, type Step } from '../fixtures/upstream/upstream.js';
import { codes } from '../fixtures/server/responses.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

describe.concurrent('the two links of one purchase', () => {
  it('are independent: one query gets pay while another waits for yoe', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.poll('yoe').push(held);
    const server = await start();
    const yoe = server.run(YoeOnlyDocument, { answers: SEATTLE });
    const pay = server.run(PayOnlyDocument, { answers: SEATTLE });
    await held.arrived;
    expect((await pay).data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    const standing = await server.run(ReportStandingDocument, { answers: SEATTLE });
    expect(standing.data?.report?.status).toEqual({ pay: 'READY', yoe: 'PENDING' });
    held.release();
    expect((await yoe).data?.report?.yoe?.ranges).toHaveLength(5);
  });

  it('are resolved independently within one query', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.poll('yoe').push(held);
    const server = await start();
    const answer = await server.run(PayAndYoeDocument, { answers: SEATTLE, yoeWaitMs: 300 });
    expect(codes(answer)).toEqual({ 'report.yoe': 'REPORT_NOT_READY' });
    expect(answer.data?.report).toMatchObject({
      status: { pay: 'READY', yoe: 'PENDING' },
      pay: { basePay: { percentile50: 104_300 } },
      yoe: null,
    });
    held.release();
    expect((await server.run(YoeOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(1);
  });

  it.for<['pay' | 'yoe', Step]>([
    ['pay', status(500)],
    ['yoe', status(500)],
    ['pay', status(429, undefined, { 'retry-after': '60' })],
    ['yoe', hang()],
  ])('are independent when %s keeps failing', async ([troubled, step], { upstream, start }) => {
    upstream.script.poll(troubled).otherwise(step);
    const server = await start();
    const wait = { [`${troubled}WaitMs`]: 2_500 };
    const { data, errors } = await server.run(PayAndYoeDocument, { answers: SEATTLE, ...wait });
    const fine = troubled === 'pay' ? 'yoe' : 'pay';
    expect(data?.report?.status).toEqual({ [troubled]: 'PENDING', [fine]: 'READY' });
    expect(data?.report?.[fine]).not.toBeNull();
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['report', troubled], 'REPORT_NOT_READY'],
    ]);
  });
});

describe.concurrent('many failing links', () => {
  it('do not keep another report from being collected', async ({ upstream, start }) => {
    const server = await start();
    upstream.script.poll('pay').otherwise(status(500));
    const answers = Array.from({ length: 25 }, (_, index) => numbered(index));
    const troubled = server.run(CompareReportsDocument, { answers });
    // Wait until every link has failed and some have been retried.
    await eventually(() => expect(upstream.count('poll')).toBeGreaterThanOrEqual(27));
    const { errors, data } = await server.run(YoeOnlyDocument, { answers: SEATTLE, waitMs: 20_000 });
    expect(errors).toEqual([]);
    expect(data?.report?.yoe?.ranges).toHaveLength(5);
    upstream.script.poll('pay').otherwise();
    expect((await troubled).errors).toEqual([]);
  });

  it('are all collected once upstream recovers', async ({ upstream, start }) => {
    const server = await start();
    upstream.script.poll('pay').otherwise(status(503));
    const answers = Array.from({ length: 25 }, (_, index) => numbered(index));
    const asked = server.run(CompareReportsDocument, { answers });
    await eventually(() => expect(upstream.count('poll')).toBeGreaterThanOrEqual(25));
    upstream.script.poll('pay').otherwise();
    expect((await asked).errors).toEqual([]);
    expect(upstream.bought()).toBe(25);
  });
});

describe.concurrent('a report that upstream fails', () => {
  const ISSUE = { AnswerId: null, AnswerValue: null, Message: 'It is gone', Code: 'Gone' };

  it.for<[string, Step, unknown[]]>([
    ['a 400', rejected([unconfirmed('City', 'Atlantis')], 400), [{ answerId: 'City', code: 'UnconfirmedAnswer' }]],
    ['a 404', rejected([ISSUE], 404), [{ message: 'It is gone', code: 'Gone' }]],
    ['a 404 without a reason', json({ Warnings: null, Errors: null }, 404), []],
    ['a 200 with errors instead of a report', json({ Report: null, Errors: [ISSUE] }), [{ code: 'Gone' }]],
  ])('with %s, again and again, is REPORT_FAILED', async ([, step, issues], { upstream, start, restart }) => {
    upstream.script.poll('pay').otherwise(step);
    const options = { overrides: { refusedForMs: 0 } };
    const first = await start(options);
    const answer = await first.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(answer)).toEqual({ 'report.pay': 'REPORT_FAILED' });
    expect(answer.data?.report).toMatchObject({ status: { pay: 'FAILED', yoe: 'READY' }, pay: null });
    expect(answer.errors[0]?.extensions['issues']).toMatchObject(issues);
    expect(answer.errors[0]?.extensions['issues']).toHaveLength(issues.length);

    for (let repeat = 0; repeat < 3; repeat++) {
      expect(codes(await first.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({ 'report.pay': 'REPORT_FAILED' });
    }
    const second = await restart(first, options);
    const later = await second.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(later)).toEqual({ 'report.pay': 'REPORT_FAILED' });
    expect(later.errors[0]?.extensions).toEqual(answer.errors[0]?.extensions);
    expect(upstream.count('submit')).toBe(1);
    expect((await second.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 2, collected: 1, failed: 1 });
  });

  it('is reported to all waiting queries', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start({ overrides: { refusedForMs: 0 } });
    const asked = Array.from({ length: 10 }, () => server.run(PayOnlyDocument, { answers: SEATTLE }));
    await held.arrived;
    upstream.script.poll('pay').otherwise(rejected([ISSUE], 404));
    held.release(rejected([ISSUE], 404));
    for (const answer of await Promise.all(asked)) expect(codes(answer)).toEqual({ 'report.pay': 'REPORT_FAILED' });
    expect(upstream.polls('pay')).toHaveLength(3);
  });
});

describe.concurrent('links that hang', () => {
  it('do not delay the one that works, however many they are and however long they hang', async ({
    upstream,
    start,
  }) => {
    upstream.script.poll('pay').otherwise(hang());
    // If it had to wait for one of them, it would wait for hours.
    const server = await start({ overrides: { timeouts: { poll: 3_600_000 } } });
    const hanging = Array.from({ length: 130 }, (_, index) => numbered(index));
    await Promise.all(hanging.map((answers) => server.run(PayOnlyDocument, { answers, waitMs: 0 })));
    await eventually(() => expect(upstream.count('poll')).toBeGreaterThan(90));
    expect((await server.run(YoeOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
  });
});
