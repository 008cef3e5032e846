import { describe, expect, it } from 'vitest';
import {
  gate,
  json,
  pending,
  raw,
  ready,
  rejected,
  resetAfter,
  status,
  truncated,
  unconfirmed,
  type Step,
} from '../../fixtures/upstream/upstream.js';
import { faultsOf } from './event-checker.js';
import { BOTH, follow, is, REPORT, REQUEST, eventsOf, twice, type Follower } from '../../fixtures/sockets/follow.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useLive } from './use-live.js';

useLive();

const ANSWERS = numbered(1);
const ISSUE = {
  field: 'jobTitle',
  answerId: 'JobTitle',
  answerValue: 'Software Wizard',
  message: "'Software Wizard' is not a confirmed answer",
  code: 'UnconfirmedAnswer',
};

function failuresOf({ events }: Follower): unknown[] {
  return events.filter(({ status }) => status === 'FAILED').map(({ failure }) => failure);
}

describe.concurrent('a subscriber to a failed purchase', () => {
  it.for<[string, Step, string, number]>([
    ['rejected with 200', rejected([unconfirmed('JobTitle', 'Software Wizard')]), 'UNCONFIRMED_ANSWER', 0],
    ['rejected with 400', rejected([unconfirmed('JobTitle', 'Software Wizard')], 400), 'UNCONFIRMED_ANSWER', 0],
    ['rejected without a reason', status(400), 'REPORT_FAILED', 0],
    ['reset after accepting', resetAfter(), 'SUBMISSION_UNCERTAIN', 2],
    ['answered with 500', status(500), 'SUBMISSION_UNCERTAIN', 0],
    ['a truncated response', truncated(), 'SUBMISSION_UNCERTAIN', 2],
    ['answered with invalid JSON', raw('<html>'), 'SUBMISSION_UNCERTAIN', 2],
    ['answered without links', json({ Links: {} }), 'SUBMISSION_UNCERTAIN', 2],
  ])(
    'receives FAILED with the code and message of a query: %s',
    async ([, step, code, bought], { live: { upstream, client, server } }) => {
      const held = gate();
      upstream.script.submit.push(held);
      const [first, second] = [follow(client, { answers: ANSWERS }), follow(client, { answers: ANSWERS })];
      await held.arrived;
      await Promise.all([first, second].map(({ seen }) => seen(is('YOE', 'SUBMITTING'))));
      held.release(step);
      await Promise.all([first.ended, second.ended]);
      // Uncertain and rejected reports are not bought again, so a later subscriber receives the failure immediately.
      const later = follow(client, { answers: ANSWERS });
      await later.ended;
      const { errors } = await server.run(REPORT, { answers: ANSWERS });
      expect(errors.map(({ extensions }) => extensions['code'])).toEqual([code, code]);
      for (const follower of [first, second, later]) {
        expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
        expect(follower.errors).toEqual([]);
        expect(failuresOf(follower)).toEqual(
          errors.map(({ message, extensions }) => ({ code, message, issues: extensions['issues'] ?? [] })),
        );
      }
      expect(first.events.at(-1)?.failure?.issues).toEqual(code === 'UNCONFIRMED_ANSWER' ? [ISSUE] : []);
      expect(eventsOf(later)).toEqual(['PAY FAILED 0', 'YOE FAILED 0']);
      expect([upstream.count('submit'), upstream.bought()]).toEqual([1, bought]);
    },
  );

  it('receives FAILED only for the type without a link', async ({ live: { upstream, client } }) => {
    upstream.script.submit.push(json({ Links: { PayReport: upstream.link('pay') }, Warnings: null, Errors: null }));
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(failuresOf(follower)).toMatchObject([{ code: 'SUBMISSION_UNCERTAIN' }]);
    expect(eventsOf(follower)).toContain('YOE FAILED 0');
    expect(eventsOf(follower)).toContain('PAY READY 2');
  });

  it('receives FAILED when the connection is refused, and a later one buys the report', async ({ live }) => {
    const { upstream, client } = live;
    // Fetch a token first, so that it is the purchase that fails.
    await follow(client, { answers: numbered(2), types: ['PAY'] }).ended;
    await upstream.stop();
    const refused = follow(client, { answers: ANSWERS });
    const { reportId: id } = await refused.seen(is('YOE', 'SUBMITTING'));
    const known = follow(live.connect(), { id });
    await Promise.all([refused.ended, known.ended]);
    for (const follower of [refused, known]) {
      expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
      expect(failuresOf(follower)).toMatchObject(twice({ code: 'UPSTREAM_UNAVAILABLE', issues: [] }));
    }

    // By id the report is NOT_REQUESTED; by answers it is requested again.
    const patient = follow(client, { id });
    await patient.seen(is('YOE', 'NOT_REQUESTED'));
    await upstream.start();
    const later = follow(client, { answers: ANSWERS });
    await Promise.all([later.ended, patient.ended]);
    expect(eventsOf(later).slice(0, 2)).toEqual(['PAY SUBMITTING 0', 'YOE SUBMITTING 0']);
    expect(eventsOf(patient).slice(0, 2)).toEqual(['PAY NOT_REQUESTED 0', 'YOE NOT_REQUESTED 0']);
    for (const follower of [later, patient]) {
      expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
      expect(follower.events.at(-1)?.status).toBe('READY');
    }
    expect(upstream.bought()).toBe(3);
  });

  it('receives FAILED with UPSTREAM_RATE_LIMITED for a long Retry-After', async ({ live: { upstream, client } }) => {
    upstream.script.submit.push(status(429, undefined, { 'retry-after': '120' }));
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(failuresOf(follower)).toMatchObject(twice({ code: 'UPSTREAM_RATE_LIMITED', issues: [] }));
  });

  it('receives SUBMITTING once per type, however often the purchase is retried', async ({ live }) => {
    const { upstream, client } = live;
    upstream.script.submit.push(status(503), status(429));
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(eventsOf(follower).filter((step) => step.includes('SUBMITTING'))).toHaveLength(2);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([3, 2]);
  });

  it('by id can follow the report after resubmitUncertain', async ({ live: { upstream, client, server } }) => {
    upstream.script.submit.push(status(500));
    const uncertain = follow(client, { answers: ANSWERS });
    await uncertain.ended;
    const since = uncertain.events.at(-1)?.at;
    const again = REQUEST.replace('types: $types', `types: $types, resubmitUncertain: true, since: "${since}"`);
    const held = gate();
    upstream.script.poll('pay').push(held);
    await server.run(again, { answers: ANSWERS });
    await held.arrived;
    const follower = follow(client, { id: uncertain.events[0]?.reportId ?? '' });
    await follower.seen(is('PAY', 'PENDING'));
    held.release(pending(10));
    await follower.ended;
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(follower.events.at(-1)?.status).toBe('READY');
    expect(upstream.count('submit')).toBe(2);
  });
});

describe.concurrent('a subscriber to a report', () => {
  it('receives FAILED like a query when upstream fails it, and READY for the other type', async ({ live }) => {
    const { upstream, client, server } = live;
    upstream.script.poll('pay').otherwise(rejected([unconfirmed('JobTitle', 'Software Wizard')], 400));
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    const { errors } = await server.run(REPORT, { answers: ANSWERS });
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(failuresOf(follower)).toEqual([{ code: 'REPORT_FAILED', message: errors[0]?.message, issues: [ISSUE] }]);
    expect(
      eventsOf(follower)
        .filter((step) => !step.includes('PENDING'))
        .slice(2),
    ).toEqual(['YOE READY 2', 'PAY FAILED 3']);
  });

  it('receives the figures with READY and not before', async ({ live: { upstream, client } }) => {
    const held = gate();
    upstream.script.poll('yoe').push(held);
    const follower = follow(client, { answers: ANSWERS });
    await follower.seen(is('PAY', 'READY'));
    const seen = follower.events.map(({ type, status, report }) => [type, status, report.pay, report.yoe]);
    const pay = { basePay: { percentile50: 104_300 } };
    expect(seen.slice(0, -1).every(([, , pay, yoe]) => pay === null && yoe === null)).toBe(true);
    expect(seen.at(-1)).toEqual(['PAY', 'READY', pay, null]);
    expect(follower.events.at(-1)?.report.status).toEqual({ pay: 'READY', yoe: 'PENDING' });
    held.release(ready());
    await follower.ended;
    expect(follower.events.at(-1)?.report).toMatchObject({ status: { pay: 'READY', yoe: 'READY' }, pay });
    expect(follower.events.at(-1)?.report.yoe?.ranges).toHaveLength(5);
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
  });

  it('of one type does not buy the other or wait for it inside an event', async ({ live }) => {
    const { upstream, client } = live;
    const follower = follow(client, { answers: ANSWERS, types: ['YOE'] });
    await follower.ended;
    expect(faultsOf(follower.events, ['YOE'], follower.completions)).toEqual([]);
    expect(follower.events.map(({ report }) => [report.pay, report.status.pay])).toEqual(
      follower.events.map(() => [null, 'NOT_REQUESTED']),
    );
    expect([upstream.bought('pay'), upstream.bought('yoe')]).toEqual([0, 1]);
  });
});
