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
} from '../../helpers/upstream.js';
import { faultsOf } from './soundness.js';
import { BOTH, follow, is, numbered, REPORT, REQUEST, told, twice, useLiveStage, type Follower } from './stage.js';

useLiveStage();

const ANSWERS = numbered(1);
const ISSUE = {
  answerId: 'JobTitle',
  answerValue: 'Software Wizard',
  message: "'Software Wizard' is not a confirmed answer",
  code: 'UnconfirmedAnswer',
};

function failuresOf({ events }: Follower): unknown[] {
  return events.filter(({ status }) => status === 'FAILED').map(({ failure }) => failure);
}

describe.concurrent('a purchase that comes to nothing', () => {
  it.for<[string, Step, string, number]>([
    ['refused with 200', rejected([unconfirmed('JobTitle', 'Software Wizard')]), 'UNCONFIRMED_ANSWER', 0],
    ['refused with 400', rejected([unconfirmed('JobTitle', 'Software Wizard')], 400), 'UNCONFIRMED_ANSWER', 0],
    ['refused without a reason', status(400), 'REPORT_FAILED', 0],
    ['reset after it was accepted', resetAfter(), 'SUBMISSION_UNCERTAIN', 2],
    ['answered with 500', status(500), 'SUBMISSION_UNCERTAIN', 0],
    ['answered in half', truncated(), 'SUBMISSION_UNCERTAIN', 2],
    ['answered with what is no JSON', raw('<html>'), 'SUBMISSION_UNCERTAIN', 2],
    ['answered without links', json({ Links: {} }), 'SUBMISSION_UNCERTAIN', 2],
  ])(
    'is FAILED with the code and the words a query gets: %s',
    async ([, step, code, bought], { live: { upstream, client, server } }) => {
      const held = gate();
      upstream.script.submit.push(held);
      const [first, second] = [follow(client, { answers: ANSWERS }), follow(client, { answers: ANSWERS })];
      await held.arrived;
      await Promise.all([first, second].map(({ seen }) => seen(is('YOE', 'SUBMITTING'))));
      held.release(step);
      await Promise.all([first.ended, second.ended]);
      // What is uncertain or refused is not bought again: who comes later is told at once.
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
      expect(told(later)).toEqual(['PAY FAILED 0', 'YOE FAILED 0']);
      expect([upstream.count('submit'), upstream.bought()]).toEqual([1, bought]);
    },
  );

  it('is FAILED for one type alone where upstream has a link for the other', async ({ live: { upstream, client } }) => {
    upstream.script.submit.push(json({ Links: { PayReport: upstream.link('pay') }, Warnings: null, Errors: null }));
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(failuresOf(follower)).toMatchObject([{ code: 'SUBMISSION_UNCERTAIN' }]);
    expect(told(follower)).toContain('YOE FAILED 0');
    expect(told(follower)).toContain('PAY READY 2');
  });

  it('given up because nobody listens is FAILED for who waits, and bought anew for who comes later', async ({
    live,
  }) => {
    const { upstream, client } = live;
    // A token is at hand, so that it is the purchase itself that finds nobody.
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

    // By id it is one that nobody asked for; by answers it is asked for again.
    const patient = follow(client, { id });
    await patient.seen(is('YOE', 'NOT_REQUESTED'));
    await upstream.start();
    const later = follow(client, { answers: ANSWERS });
    await Promise.all([later.ended, patient.ended]);
    expect(told(later).slice(0, 2)).toEqual(['PAY SUBMITTING 0', 'YOE SUBMITTING 0']);
    expect(told(patient).slice(0, 2)).toEqual(['PAY NOT_REQUESTED 0', 'YOE NOT_REQUESTED 0']);
    for (const follower of [later, patient]) {
      expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
      expect(follower.events.at(-1)?.status).toBe('READY');
    }
    expect(upstream.bought()).toBe(3);
  });

  it('refused for a long while is FAILED with UPSTREAM_RATE_LIMITED', async ({ live: { upstream, client } }) => {
    upstream.script.submit.push(status(429, undefined, { 'retry-after': '120' }));
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(failuresOf(follower)).toMatchObject(twice({ code: 'UPSTREAM_RATE_LIMITED', issues: [] }));
  });

  it('is SUBMITTING through every attempt that was certainly not accepted, told once', async ({ live }) => {
    const { upstream, client } = live;
    upstream.script.submit.push(status(503), status(429));
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(told(follower).filter((step) => step.includes('SUBMITTING'))).toHaveLength(2);
    expect([upstream.count('submit'), upstream.bought()]).toEqual([3, 2]);
  });

  it('and is knowingly bought again is followed from there by id', async ({ live: { upstream, client, server } }) => {
    upstream.script.submit.push(status(500));
    const uncertain = follow(client, { answers: ANSWERS });
    await uncertain.ended;
    const again = REQUEST.replace('types: $types', 'types: $types, resubmitUncertain: true');
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

describe.concurrent('a report that upstream ends', () => {
  it('is FAILED with the code and the words a query gets, and the other is READY', async ({ live }) => {
    const { upstream, client, server } = live;
    upstream.script.poll('pay').push(rejected([unconfirmed('JobTitle', 'Software Wizard')], 400));
    const follower = follow(client, { answers: ANSWERS });
    await follower.ended;
    const { errors } = await server.run(REPORT, { answers: ANSWERS });
    expect(faultsOf(follower.events, BOTH, follower.completions)).toEqual([]);
    expect(failuresOf(follower)).toEqual([{ code: 'REPORT_FAILED', message: errors[0]?.message, issues: [ISSUE] }]);
    expect(
      told(follower)
        .filter((step) => !step.includes('PENDING'))
        .slice(2),
    ).toEqual(['PAY FAILED 1', 'YOE READY 2']);
  });

  it('has its figures in the event that says READY, and nothing before', async ({ live: { upstream, client } }) => {
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

  it('of which one type alone is followed is neither bought nor awaited inside an event', async ({ live }) => {
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
