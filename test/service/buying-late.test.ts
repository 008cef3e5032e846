import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { PayOnlyDocument, RequestReportDocument, UsageDocument } from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { codes } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { gate, json } from '../fixtures/upstream/upstream.js';

const STORED = 'query ($answers: AnswersInput!) { report(answers: $answers) { status { pay } } }';

useServers({ pendingPolls: 0 });

/** Declares the purchase in flight uncertain in the ledger of a running server, as another process would. */
function declareUncertain({ dataDir }: TestServer, keepsId: boolean): void {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  const row = db.prepare('SELECT data FROM entries').get() as { data: string };
  const { purchaseId } = JSON.parse(row.data) as { purchaseId: string };
  const failure = { code: 'UPSTREAM_TIMEOUT', message: 'No.' };
  const data = { state: 'UNCERTAIN', ...(keepsId ? { purchaseId } : {}), failure, answer: null, since: 1_000 };
  db.prepare("UPDATE entries SET state = 'UNCERTAIN', version = version + 1, data = ?").run(JSON.stringify(data));
  const { report_id: id } = db.prepare('SELECT report_id FROM entries').get() as { report_id: string };
  const add = db.prepare("INSERT INTO journal (at, kind, report_id, type) VALUES (?, ?, ?, 'PAY')");
  for (const kind of ['SUBMITTED', 'UNCERTAIN']) add.run(Date.now(), kind, id);
  db.close();
}

/** The purchase in flight counts as never made, by what upstream's usage log said to another process. */
function declareAbsent({ dataDir }: TestServer): void {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  const { report_id: id } = db.prepare('SELECT report_id FROM entries').get() as { report_id: string };
  const data = JSON.stringify({ state: 'ABSENT', failure: { code: 'UPSTREAM_UNAVAILABLE', message: 'No.' } });
  db.prepare("UPDATE entries SET state = 'ABSENT', version = version + 1, data = ?").run(data);
  const add = db.prepare("INSERT INTO journal (at, kind, report_id, type) VALUES (?, ?, ?, 'PAY')");
  for (const kind of ['SUBMITTED', 'UNCERTAIN', 'RECOVERED', 'FAILED']) add.run(Date.now(), kind, id);
  db.exec("UPDATE purchases SET outcome = 'absent'; UPDATE charges SET reports = reports - 1");
  db.close();
}

it('the response of a purchase that counted as never made delivers it, counted once and charged to nobody', async ({
  upstream,
  start,
}) => {
  const held = gate();
  upstream.script.submit.push(held);
  const server = await start();
  await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
  await held.arrived;
  declareAbsent(server);
  held.release();
  const pay = async () => (await server.run(STORED, { answers: SEATTLE })).data;
  await eventually(async () => expect(await pay()).toMatchObject({ report: { status: { pay: 'READY' } } }));
  expect(upstream.count('submit')).toBe(1);
  const { data } = await server.run(UsageDocument);
  expect(data?.usage).toMatchObject({ submitted: 1, collected: 1, recovered: 1, uncertain: 0, failed: 0 });
  const db = new DatabaseSync(join(server.dataDir, 'ledger.sqlite'));
  expect(db.prepare('SELECT reports FROM charges').all()).toEqual([{ reports: 0 }]);
  expect(db.prepare('SELECT outcome FROM purchases').all()).toEqual([{ outcome: 'accepted' }]);
  db.close();
});

describe.concurrent('the response of a purchase that was declared uncertain meanwhile', () => {
  it.for([true, false])('still counts, with its id kept: %s', async (keepsId, { upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await held.arrived;
    declareUncertain(server, keepsId);
    held.release();
    await eventually(async () =>
      expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).data?.report?.pay).not.toBeNull(),
    );
    expect(upstream.count('submit')).toBe(1);
    const { data } = await server.run(UsageDocument);
    expect(data?.usage).toMatchObject({ submitted: 1, collected: 1, uncertain: 0 });
  });

  it.for([
    [
      "closes the doubt if it is upstream's refusal",
      { Errors: [{ AnswerId: 'City', AnswerValue: 'X' }] },
      'UNCONFIRMED_ANSWER',
    ],
    ["leaves the doubt if it is a proxy's", { message: 'Bad Request' }, 'SUBMISSION_UNCERTAIN'],
  ] as const)('%s', async ([, body, code], { upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await held.arrived;
    declareUncertain(server, true);
    held.release(json(body, 400));
    await eventually(() => expect(server.logged.join('')).toContain('"status":400'));
    await eventually(async () =>
      expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({ 'report.pay': code }),
    );
    const counted = code === 'UNCONFIRMED_ANSWER' ? { failed: 1, uncertain: 0 } : { failed: 0, uncertain: 1 };
    expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 1, ...counted });
    expect(upstream.count('submit')).toBe(1);
  });

  it('ends the repeat that is not sent yet', async ({ upstream, start }) => {
    const [first, token] = [gate(), gate()];
    upstream.script.submit.push(first);
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await first.arrived;
    declareUncertain(server, true);
    upstream.revokeTokens();
    upstream.script.submit.push(json({}, 503, { 'retry-after': '2' }));
    await server.run(RequestReportDocument, { answers: SEATTLE, types: ['PAY'], resubmitUncertain: true });
    await eventually(() => expect(upstream.count('submit')).toBeGreaterThanOrEqual(2));
    first.release();
    const { errors } = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
    token.release();
  });

  it('is kept while the repeat is in flight, and used when that is lost', async ({ upstream, start }) => {
    const [first, second] = [gate(), gate()];
    upstream.script.submit.push(first, second);
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    await first.arrived;
    declareUncertain(server, true);
    await server.run(RequestReportDocument, { answers: SEATTLE, types: ['PAY'], resubmitUncertain: true });
    await second.arrived;
    first.release();
    second.release({ do: 'reset' });
    const asked = await server.run(PayOnlyDocument, { answers: SEATTLE });
    await eventually(async () => expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({}));
    expect([asked.status, upstream.count('submit')]).toEqual([200, 2]);
  });
});
