import { describe, it } from 'vitest';
import { eventually } from '../fixtures/eventually.js';
import {
  ask,
  BUY_AGAIN,
  chargedTo,
  evidenceOf,
  lose,
  serve,
  start,
  statusOf,
  submits,
} from '../fixtures/server/reconciling.js';
import { samplesOf } from '../fixtures/server/metrics.js';
import { countsOf, uncertainOf, withLedger } from '../fixtures/server/uncertain.js';
import { lookUntil, loseRequests, loseResponses, question } from '../fixtures/server/usage-log.js';

describe.concurrent('a purchase whose response was lost, and that is in the usage log', () => {
  it('is ready without a second purchase, charged once and counted as recovered', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    await lose(simulator, server, 1);
    const bought = submits(simulator);
    await lookUntil(server, async () => expect(await statusOf(server, 1)).toBe('READY'));
    expect(await ask(server, 1)).toBeTypeOf('number');
    expect(submits(simulator)).toBe(bought);
    expect(await uncertainOf(server)).toEqual([]);
    expect(await countsOf(server)).toMatchObject({ submitted: 1, collected: 1, uncertain: 0, recovered: 1 });
    const [kept] = withLedger(server, (db) => db.prepare('SELECT * FROM purchases').all());
    expect(kept).toMatchObject({ outcome: 'found', look_at: null, upstream_report_id: expect.any(String) as string });
    const metrics = samplesOf(await (await fetch(`${server.url}/metrics`)).text());
    expect(metrics['usage_log_reads_total{outcome="ok"}']).toBeGreaterThan(0);
    expect(metrics['report_purchases_total{type="PAY",outcome="found"}']).toBe(1);
  });

  it('is collected by a link that is made as those of others are, once two are known', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context, { linkForms: ['report-id'] });
    expect(await ask(server, 2)).toBeTypeOf('number');
    expect(await ask(server, 3)).toBeTypeOf('number');
    await lose(simulator, server, 4);
    const polls = simulator.counters().polls;
    await lookUntil(server, async () => expect(await statusOf(server, 4)).toBe('READY'));
    expect(simulator.counters().polls).toBeGreaterThan(polls);
    expect(submits(simulator)).toBe(3);
  });

  it('is found although its server was killed and restarted meanwhile', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    await lose(simulator, server, 5);
    await server.stop();
    const next = await serve(context, simulator, { dataDir: server.dataDir });
    await lookUntil(next, async () => expect(await statusOf(next, 5)).toBe('READY'));
    expect(submits(simulator)).toBe(1);
  });

  it('stays uncertain while the log cannot be read, which is said once, and nothing is bought', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    await lose(simulator, server, 6);
    simulator.configure({ faults: ['usage-html'] });
    for (let round = 0; round < 2; round++) {
      const before = simulator.counters();
      await lookUntil(server, () => expect(simulator.counters().usageReads).toBeGreaterThan(before.usageReads));
    }
    expect(await statusOf(server, 6)).toBe('FAILED');
    const said = server.logged.filter((line) => line.includes('cannot be read'));
    expect(said).toHaveLength(1);
    simulator.configure({ faults: [] });
    await lookUntil(server, async () => expect(await statusOf(server, 6)).toBe('READY'));
    expect(submits(simulator)).toBe(1);
  });

  it('has failed if upstream did not make it', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context, { usage: { unsuccessfulEvery: 1 } });
    await lose(simulator, server, 7);
    await lookUntil(server, async () => expect(await ask(server, 7)).toBe('REPORT_FAILED'));
    expect(submits(simulator)).toBe(1);
  });
});

describe.concurrent('a purchase that is not in the usage log', () => {
  it('stays uncertain, with what was seen, unless it is set otherwise', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context, {}, { overrides: { absentAfterMs: null } });
    loseRequests(simulator);
    expect(await ask(server, 1)).toBe('SUBMISSION_UNCERTAIN');
    await ask(server, 2);
    await lookUntil(server, () => expect(evidenceOf(server)).toMatchObject({ accepted: 1, inLog: 1, candidates: [] }));
    expect(await statusOf(server, 1)).toBe('FAILED');
    expect(await ask(server, 1)).toBe('SUBMISSION_UNCERTAIN');
    const seen = {
      readAt: expect.any(String) as string,
      newestAt: expect.any(String) as string,
      accepted: 1,
      inLog: 1,
    };
    expect(await uncertainOf(server)).toMatchObject([{ candidates: [], evidence: seen }]);
  });

  it('shows the rows that may be it where it cannot be told which it is', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    simulator.configure({ usage: { reportIds: false } });
    await lose(simulator, server, 11);
    await lookUntil(server, async () =>
      expect(await uncertainOf(server)).toMatchObject([
        { candidates: [{ upstreamReportId: null, type: 'PAY', successful: true }], evidence: { accepted: 0 } },
      ]),
    );
    expect(await statusOf(server, 11)).toBe('FAILED');
  });

  it('shows a row once that may be each of its purchases', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    loseRequests(simulator);
    expect(await ask(server, 12)).toBe('SUBMISSION_UNCERTAIN');
    loseResponses(simulator);
    await server.run(BUY_AGAIN, { answers: question(12) });
    await eventually(() => expect(submits(simulator)).toBe(2));
    const candidates = [{ upstreamReportId: expect.any(String) as string, type: 'PAY', successful: true }];
    await lookUntil(server, async () => expect(await uncertainOf(server)).toMatchObject([{ candidates }]));
    expect(await statusOf(server, 12)).toBe('FAILED');
  });

  it('is bought by the next who asks, if it is set so and another one that was sent after it is in the log', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context, {}, { overrides: { absentAfterMs: 1 } });
    loseRequests(simulator);
    expect(await ask(server, 3)).toBe('SUBMISSION_UNCERTAIN');
    await lookUntil(server, () => expect(evidenceOf(server)).toMatchObject({ accepted: 0, inLog: 0 }));
    expect(await ask(server, 3)).toBe('SUBMISSION_UNCERTAIN');
    await ask(server, 4);
    await lookUntil(server, async () => expect(await statusOf(server, 3)).toBe('NOT_REQUESTED'));
    expect(await ask(server, 3)).toBeTypeOf('number');
    expect(await countsOf(server)).toMatchObject({ uncertain: 0, failed: 1, collected: 2 });
  });

  it('counts as not made after the time that is set', async (context) => {
    const { expect } = context;
    const env = { RECONCILE_ABSENT: 'true', RECONCILE_AFTER_MINUTES: '20' };
    const { simulator, server } = await start(context, {}, { env });
    loseRequests(simulator);
    expect(await ask(server, 13)).toBe('SUBMISSION_UNCERTAIN');
    await ask(server, 14);
    await lookUntil(server, () => expect(evidenceOf(server)).toMatchObject({ accepted: 1, inLog: 1 }));
    expect(await statusOf(server, 13)).toBe('FAILED');
    const sentEarlier = "UPDATE purchases SET sent_at = sent_at - 25 * 60000 WHERE outcome = 'uncertain'";
    withLedger(server, (db) => db.exec(sentEarlier));
    await lookUntil(server, async () => expect(await statusOf(server, 13)).toBe('NOT_REQUESTED'));
    expect(submits(simulator)).toBe(2);
  });

  it('stays uncertain while one that was accepted at its time is not in the log either', async (context) => {
    const { expect } = context;
    const options = { usage: { missingEvery: 2 } };
    const { simulator, server } = await start(context, options, { overrides: { absentAfterMs: 1 } });
    loseRequests(simulator);
    expect(await ask(server, 5)).toBe('SUBMISSION_UNCERTAIN');
    await ask(server, 6);
    await ask(server, 7);
    await lookUntil(server, () => expect(evidenceOf(server)).toMatchObject({ accepted: 2, inLog: 1 }));
    expect(await ask(server, 5)).toBe('SUBMISSION_UNCERTAIN');
  });

  it('is delivered by a row that comes after it counted as absent, and is not bought by a claim', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(
      context,
      { usage: { missingEvery: 2 } },
      { overrides: { absentAfterMs: 1 } },
    );
    await ask(server, 9);
    await lose(simulator, server, 8);
    await ask(server, 10);
    await lookUntil(server, async () => expect(await statusOf(server, 8)).toBe('NOT_REQUESTED'));
    simulator.configure({ usage: { missingEvery: 0 } });
    await lookUntil(server, async () => expect(await statusOf(server, 8)).toBe('READY'));
    expect(submits(simulator)).toBe(3);
    expect(await countsOf(server)).toMatchObject({ submitted: 3, collected: 3, failed: 0, uncertain: 0 });
  });
});

it.concurrent(
  'a report that was bought again is not mistaken: the doubt ends, and the second purchase stays',
  async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    await lose(simulator, server, 1);
    simulator.configure({ faults: [] });
    await server.run(BUY_AGAIN, { answers: question(1) });
    await eventually(async () => expect(await statusOf(server, 1)).toBe('READY'));
    await lookUntil(server, () =>
      expect(
        withLedger(server, (db) =>
          db.prepare('SELECT count(DISTINCT upstream_report_id) AS known FROM purchases').get(),
        ),
      ).toEqual({ known: 2 }),
    );
    await eventually(async () =>
      expect(await countsOf(server)).toMatchObject({ submitted: 2, collected: 1, uncertain: 0, recovered: 0 }),
    );
  },
);

it.concurrent(
  'of two doubts about one report, both of which are found, none stays: not in usage either',
  async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    await lose(simulator, server, 2);
    loseResponses(simulator);
    await server.run(BUY_AGAIN, { answers: question(2) });
    await eventually(async () => expect(await countsOf(server)).toMatchObject({ submitted: 2, uncertain: 2 }));
    const counts = { submitted: 2, collected: 1, uncertain: 0, recovered: 1, uncertainNow: 0 };
    await lookUntil(server, async () => expect(await countsOf(server)).toMatchObject(counts));
    expect(submits(simulator)).toBe(2);
    expect(await chargedTo(server)).toBe(2);
  },
);
