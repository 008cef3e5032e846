import { describe, expect, it } from 'vitest';
import { BuyAgainDocument, CloseUncertainDocument, PayOnlyDocument } from '../generated/operations.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { codes } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { countsOf, lose, named, uncertainOf, withLedger, type Uncertain } from '../fixtures/server/uncertain.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { arrivals } from '../fixtures/upstream/expectations.js';
import { gate, json, resetAfter } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });

const NOTE = 'Not on the invoice of March.';
const HOUR = 3_600_000;

const entryIn = (server: TestServer) =>
  withLedger(server, (db) => ({
    ...db.prepare("SELECT state, expires_at, data FROM entries WHERE type = 'PAY'").get(),
  }));

describe.concurrent('closeUncertain', () => {
  it('lets it fail with the note, for as long as reports are kept, and gives nothing back', async (context) => {
    const { upstream, start, restart } = context;
    const env = { REPORT_TTL_HOURS: '2', BUDGET_REPORTS_PER_DAY: '5' };
    const server = await start({ env });
    const seen = named(await lose(server, upstream));
    const before = Date.now();
    const { data, errors } = await server.run(CloseUncertainDocument, { ...seen, note: `  ${NOTE} ` });
    expect(errors).toEqual([]);
    expect(data?.closeUncertain).toEqual({ id: seen.id, status: { pay: 'FAILED', yoe: 'NOT_REQUESTED' } });
    const { state, expires_at: expiresAt } = entryIn(server);
    expect(state).toBe('FAILED');
    expect(Number(expiresAt) - before).toBeGreaterThanOrEqual(2 * HOUR);
    expect(Number(expiresAt) - Date.now()).toBeLessThanOrEqual(2 * HOUR);

    const next = await restart(server, { env });
    const asked = await next.run(PayOnlyDocument, { answers: SEATTLE });
    expect(codes(asked)).toEqual({ 'report.pay': 'REPORT_FAILED' });
    expect(asked.errors[0]?.message).toContain(NOTE);
    expect(upstream.count('submit')).toBe(1);
    const viewer = await next.run<{ viewer: object }, object>('{ viewer { budget { used } } }');
    expect(viewer.data?.viewer).toEqual({ budget: { used: 1 } });
    const [line] = withLedger(next, (db) => db.prepare('SELECT kind, report_id, client, note FROM settlements').all());
    expect(line).toMatchObject({ kind: 'CLOSED', report_id: seen.id, client: 'anonymous', note: NOTE });

    await next.stop();
    withLedger(next, (db) =>
      db.exec("UPDATE entries SET expires_at = 1, data = json_set(data, '$.expiresAt', 1) WHERE state = 'FAILED'"),
    );
    const later = await restart(next, { env });
    expect(codes(await later.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({});
    expect(upstream.count('submit')).toBe(2);
  });

  it('closes each once, and nothing that has changed since', async ({ upstream, start }) => {
    const server = await start();
    const lost = await lose(server, upstream);
    const seen = { ...named(lost), note: NOTE };
    const earlier = new Date(Date.parse(lost.since) - 1).toISOString();
    const early = await server.run(CloseUncertainDocument, { ...seen, since: earlier });
    expect(early.errors[0]?.extensions).toMatchObject({ code: 'PURCHASE_CHANGED', status: 'FAILED' });
    const answered = await Promise.all(Array.from({ length: 10 }, () => server.run(CloseUncertainDocument, seen)));
    expect(answered.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    const again = await server.run(BuyAgainDocument, named(lost));
    expect(again.errors[0]?.extensions).toMatchObject({ code: 'PURCHASE_CHANGED' });

    const other = await lose(server, upstream, numbered(1));
    await server.run(BuyAgainDocument, named(other));
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    const late = await server.run(CloseUncertainDocument, { ...named(other), note: NOTE });
    expect(late.data).toEqual({ closeUncertain: null });
    expect(late.errors[0]?.extensions).toMatchObject({ code: 'PURCHASE_CHANGED', type: 'PAY', status: 'READY' });
    expect(upstream.count('submit')).toBe(3);
  });

  it('closes all purchases of the report at once', async ({ upstream, start }) => {
    upstream.script.submit.otherwise(resetAfter('accepting'));
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    const [first] = await uncertainOf(server);
    await server.run(BuyAgainDocument, named(first as Uncertain));
    await arrivals(upstream, 'submit', 2);
    await eventually(async () => expect((await uncertainOf(server))[0]?.since ?? first?.since).not.toBe(first?.since));
    const [second] = await uncertainOf(server);
    const { errors } = await server.run(CloseUncertainDocument, { ...named(second as Uncertain), note: NOTE });
    expect(errors).toEqual([]);
    expect(await countsOf(server)).toMatchObject({ uncertain: 2, uncertainNow: 0 });
    expect(JSON.parse(String(entryIn(server)['data']))).toMatchObject({
      doubt: { closed: true, earlier: [{ closed: true }] },
    });
  });

  it.for(['', ' ', 'two\nlines', 'x'.repeat(201), '\ufffd'])(
    'refuses the note %j',
    async (note, { upstream, start }) => {
      const server = await start();
      const seen = named(await lose(server, upstream));
      const { errors } = await server.run(CloseUncertainDocument, { ...seen, note });
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'note' });
      expect((await countsOf(server)).uncertainNow).toBe(1);
    },
  );

  it('closes nothing without types or of a report that nobody asked for', async ({ upstream, start }) => {
    const server = await start();
    const seen = { ...named(await lose(server, upstream)), note: NOTE };
    expect((await server.run(CloseUncertainDocument, { ...seen, types: [] })).errors).toEqual([]);
    const unknown = await server.run(CloseUncertainDocument, { ...seen, id: 'A'.repeat(43) });
    expect(unknown.errors[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' });
    expect((await countsOf(server)).uncertainNow).toBe(1);
  });
});

/** Declares the purchase in flight uncertain, as another process would. Returns what names it. */
function declareUncertain(server: TestServer) {
  return withLedger(server, (db) => {
    const row = db.prepare('SELECT report_id, data FROM entries').get() as { report_id: string; data: string };
    const { purchaseId } = JSON.parse(row.data) as { purchaseId: string };
    const failure = { code: 'UPSTREAM_TIMEOUT', message: 'No.' };
    const data = { state: 'UNCERTAIN', purchaseId, failure, answer: null, since: 1_000 };
    db.prepare("UPDATE entries SET state = 'UNCERTAIN', version = version + 1, data = ?").run(JSON.stringify(data));
    const add = db.prepare("INSERT INTO journal (at, kind, report_id, type) VALUES (?, ?, ?, 'PAY')");
    for (const kind of ['SUBMITTED', 'UNCERTAIN']) add.run(Date.now(), kind, row.report_id);
    return { id: row.report_id, types: ['PAY' as const], since: new Date(1_000).toISOString(), note: NOTE };
  });
}

describe.concurrent('the response to a purchase that was closed', () => {
  it('is not lost if it comes late: the report is collected', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await held.arrived;
    const { errors } = await server.run(CloseUncertainDocument, declareUncertain(server));
    expect(errors).toEqual([]);
    expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({ 'report.pay': 'REPORT_FAILED' });
    held.release();
    await eventually(async () =>
      expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).data?.report?.pay).not.toBeNull(),
    );
    expect(upstream.count('submit')).toBe(1);
    expect(await countsOf(server)).toMatchObject({ submitted: 1, collected: 1, uncertain: 0, failed: 0 });
  });

  it('is not lost if it was stored and not read before the process died', async ({ upstream, start, restart }) => {
    const server = await start();
    const seen = named(await lose(server, upstream));
    await server.run(CloseUncertainDocument, { ...seen, note: NOTE });
    await server.stop();
    const body = JSON.stringify({ Links: { PayReport: upstream.link('pay') } });
    withLedger(server, (db) => db.prepare("UPDATE entries SET data = json_set(data, '$.doubt.answer', ?)").run(body));
    const next = await restart(server);
    await eventually(async () =>
      expect((await next.run(PayOnlyDocument, { answers: SEATTLE })).data?.report?.pay).not.toBeNull(),
    );
    expect(upstream.count('submit')).toBe(1);
  });

  it("is upstream's own refusal: it was not bought, and is given back", async ({ upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await held.arrived;
    await server.run(CloseUncertainDocument, declareUncertain(server));
    held.release(json({ Errors: [{ AnswerId: 'City', AnswerValue: 'X' }] }, 400));
    await eventually(async () =>
      expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({
        'report.pay': 'UNCONFIRMED_ANSWER',
      }),
    );
    expect(await countsOf(server)).toMatchObject({ submitted: 1, failed: 1, uncertain: 0, uncertainNow: 0 });
  });
});
