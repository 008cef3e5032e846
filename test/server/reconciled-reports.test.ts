import { describe, it } from 'vitest';
import { AuditDocument, CloseUncertainDocument } from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import {
  ask,
  BUY_AGAIN,
  chargedTo,
  evidenceOf,
  lose,
  start,
  statusOf,
  submits,
} from '../fixtures/server/reconciling.js';
import { countsOf, named, uncertainOf, withLedger } from '../fixtures/server/uncertain.js';
import { lookUntil, question } from '../fixtures/server/usage-log.js';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';
import { connectClient, follow } from '../fixtures/sockets/follow.js';

const MINUTE = 60_000;

/** What is sent may count as absent at once, even by a clock that is behind that of the sending. */
const OLD_ENOUGH = { overrides: { absentAfterMs: -60 * MINUTE } };

/** What this server has sent so far was sent so much later, or earlier, by its clock. */
function shiftClock(server: TestServer, minutes: number): void {
  withLedger(server, (db) => db.exec(`UPDATE purchases SET sent_at = sent_at + ${minutes * MINUTE}`));
}

describe.concurrent('a purchase in the usage log of an upstream whose clock', () => {
  it('is ten minutes before that of this server is found', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    await lose(simulator, server, 1);
    shiftClock(server, -10);
    await lookUntil(server, async () => expect(await statusOf(server, 1)).toBe('READY'));
    expect(submits(simulator)).toBe(1);
  });

  it('is ten minutes behind that of this server stays uncertain, and is not taken for absent', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context, {}, OLD_ENOUGH);
    await lose(simulator, server, 1);
    await ask(server, 2);
    shiftClock(server, 10);
    await lookUntil(server, () => expect(evidenceOf(server)).toMatchObject({ accepted: 1, inLog: 0 }));
    expect(await ask(server, 1)).toBe('SUBMISSION_UNCERTAIN');
    expect(submits(simulator)).toBe(2);
  });

  it('is that of one of two servers, ten minutes apart, is not taken for a purchase of the other one', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context, {}, OLD_ENOUGH);
    await lose(simulator, server, 1);
    shiftClock(server, 10);
    simulator.configure({ faults: [] });
    await server.run(BUY_AGAIN, { answers: question(1) });
    await eventually(async () => expect(await statusOf(server, 1)).toBe('READY'));
    await lookUntil(server, () => expect(evidenceOf(server)).toMatchObject({ accepted: 1 }));
    const learned = withLedger(server, (db) =>
      db.prepare('SELECT outcome, upstream_report_id AS id FROM purchases ORDER BY outcome').all(),
    );
    expect(learned).toEqual([
      { outcome: 'accepted', id: null },
      { outcome: 'uncertain', id: null },
    ]);
    expect(submits(simulator)).toBe(2);
  });
});

describe.concurrent('a purchase that is found', () => {
  it('was sent in the spelling of upstream, and is ready for who asked in another one', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context, {}, { env: { ANSWER_CHECK: 'correct' } });
    const given = { ...question(3), jobTitle: 'registered  NURSE' };
    await lose(simulator, server, given);
    const [sent] = withLedger(server, (db) => db.prepare('SELECT request FROM purchases').all());
    expect(String(sent?.['request'])).toContain('"Registered Nurse"');
    await lookUntil(server, async () => expect(await statusOf(server, given)).toBe('READY'));
    expect(await ask(server, question(3))).toBeTypeOf('number');
    expect(submits(simulator)).toBe(1);
  });

  it('fails whoever follows it, once and for all; who asks again follows it to its end', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    const client = connectClient(server);
    context.onTestFinished(() => client.terminate());
    await lose(simulator, server, 4);
    const before = follow(client, { answers: question(4), types: ['PAY'] });
    await before.ended;
    await lookUntil(server, async () => expect(await statusOf(server, 4)).toBe('READY'));
    const after = follow(client, { answers: question(4), types: ['PAY'] });
    await after.ended;
    expect([before, after].map(({ events }) => events.map(({ status }) => status))).toEqual([['FAILED'], ['READY']]);
    expect(before.events[0]?.failure?.code).toBe('SUBMISSION_UNCERTAIN');
  });

  it('after an operator has closed it is ready, charged once', async (context) => {
    const { expect } = context;
    const { simulator, server } = await start(context);
    await lose(simulator, server, 5);
    const [doubt] = await uncertainOf(server);
    if (!doubt) throw new Error('It is not listed.');
    const closed = await server.run(CloseUncertainDocument, { ...named(doubt), note: 'Never mind.' });
    expect(closed.errors).toEqual([]);
    expect(await ask(server, 5)).toBe('REPORT_FAILED');
    await lookUntil(server, async () => expect(await statusOf(server, 5)).toBe('READY'));
    expect(await countsOf(server)).toMatchObject({ submitted: 1, collected: 1, recovered: 1, uncertain: 0 });
    expect([submits(simulator), await chargedTo(server)]).toEqual([1, 1]);
  });

  it('late is delivered although what was given back has been spent since, and charged to nobody', async (context) => {
    const { expect } = context;
    const budget = { env: { BUDGET_REPORTS_PER_DAY: '3' }, overrides: { absentAfterMs: 1 } };
    const { simulator, server } = await start(context, { usage: { missingEvery: 2 } }, budget);
    await ask(server, 6);
    await lose(simulator, server, 7);
    await ask(server, 8);
    expect(await ask(server, 9)).toBe('BUDGET_EXCEEDED');
    await lookUntil(server, async () => expect(await statusOf(server, 7)).toBe('NOT_REQUESTED'));
    expect(await ask(server, 9)).toBeTypeOf('number');
    expect(await ask(server, 7)).toBe('BUDGET_EXCEEDED');
    simulator.configure({ usage: { missingEvery: 0 } });
    await lookUntil(server, async () => expect(await statusOf(server, 7)).toBe('READY'));
    expect([submits(simulator), await chargedTo(server)]).toEqual([4, 3]);
    expect(await ask(server, 10)).toBe('BUDGET_EXCEEDED');
  });
});

it.concurrent('a purchase of which nothing was kept stays, without evidence', async (context) => {
  const { expect } = context;
  const { simulator, server } = await start(context);
  await lose(simulator, server, 1);
  // As an earlier release has left it.
  withLedger(server, (db) => db.exec('DELETE FROM purchases'));
  await lose(simulator, server, 2);
  await lookUntil(server, async () => expect(await statusOf(server, 2)).toBe('READY'));
  expect(await uncertainOf(server)).toMatchObject([{ evidence: null, candidates: [] }]);
  expect(await ask(server, 1)).toBe('SUBMISSION_UNCERTAIN');
});

it.concurrent(
  'the simulator that a server runs itself has a usage log, which is read without any setting',
  async (context) => {
    const { expect, onTestFinished } = context;
    const server = await startTestServer({ overrides: { simulator: { delayMs: { min: 0, max: 0 } } } });
    onTestFinished(() => server.close());
    expect(await ask(server, 1)).toBeTypeOf('number');
    const { data } = await server.run(AuditDocument, { month: new Date().toISOString().slice(0, 7) });
    expect(data?.auditUsage).toMatchObject({ theirs: 1, ours: 1, differences: { totalCount: 0 } });
  },
);
