import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { PayAndYoeDocument, PayOnlyDocument, ReportStandingDocument, UsageDocument } from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import type { TestServer } from '../fixtures/server/server.js';
import { gate } from '../fixtures/upstream/upstream.js';
import { codes, logOf } from '../fixtures/server/responses.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

/** Makes every write of an entry fail, as a full disk would, until the returned function is called. */
function fillDisk({ dataDir }: TestServer): () => void {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  for (const event of ['INSERT', 'UPDATE']) {
    db.exec(`CREATE TRIGGER full_${event} BEFORE ${event} ON entries BEGIN SELECT RAISE(ABORT, 'disk is full'); END`);
  }
  return () => {
    db.exec('DROP TRIGGER full_INSERT; DROP TRIGGER full_UPDATE;');
    db.close();
  };
}

/** Locks the ledger as another program that writes to it would, until the returned function is called. */
function lock({ dataDir }: TestServer): () => void {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  db.exec('BEGIN IMMEDIATE');
  return () => db.close();
}

describe.concurrent('a ledger that another program has locked', () => {
  it('refuses purchases after a second, while everything else is served at once', async ({ upstream, start }) => {
    const server = await start();
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    const unlock = lock(server);
    const asked = server.run(PayOnlyDocument, { answers: numbered(1) });
    for (let times = 0; times < 5; times += 1) {
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
      expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 1, saved: times + 1 });
    }
    expect(codes(await asked)).toEqual({ 'report.pay': 'STORE_UNAVAILABLE' });
    expect(upstream.count('submit')).toBe(1);
    unlock();
    expect((await server.run(PayOnlyDocument, { answers: numbered(1) })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(2);
  });
});

describe.concurrent('an unwritable ledger', () => {
  it('prevents purchases until it is writable again', async ({ upstream, start }) => {
    const server = await start();
    const mend = fillDisk(server);
    const refused = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(refused)).toEqual({ 'report.pay': 'STORE_UNAVAILABLE', 'report.yoe': 'STORE_UNAVAILABLE' });
    expect(JSON.stringify(refused)).not.toMatch(/disk is full|sqlite/i);
    expect(server.logged.join('')).toContain('disk is full');
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
    mend();
    expect((await server.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(1);
  });

  it('after a claim prevents the purchase, and the report can be bought later', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.token.push(held);
    const server = await start();
    const asked = server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 1_000 });
    await held.arrived;
    const mend = fillDisk(server);
    held.release();
    expect((await asked).errors).toHaveLength(1);
    expect(upstream.count('submit')).toBe(0);
    mend();
    await eventually(async () =>
      expect((await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 500 })).errors).toEqual([]),
    );
    expect(upstream.count('submit')).toBe(1);
  });

  it('during a purchase delays storing its response, which is not lost', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.submit.push(held);
    const server = await start();
    const asked = server.run(PayOnlyDocument, { answers: SEATTLE });
    await held.arrived;
    const mend = fillDisk(server);
    held.release();
    await eventually(() => expect(server.logged.join('')).toContain('failed to store a purchase outcome'));
    mend();
    expect((await asked).errors).toEqual([]);
    expect(upstream.count('submit')).toBe(1);
    expect((await server.run(UsageDocument)).data?.usage).toMatchObject({ submitted: 1, collected: 1, uncertain: 0 });
  });

  it('during collection delays it, and the report is not lost', async ({ upstream, start }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start();
    const asked = server.run(PayOnlyDocument, { answers: SEATTLE });
    await held.arrived;
    const mend = fillDisk(server);
    held.release();
    await eventually(() =>
      expect(server.logged.join('')).toContain('polling failed because the ledger is unavailable'),
    );
    mend();
    expect((await asked).errors).toEqual([]);
    expect([upstream.count('submit'), upstream.count('poll')]).toEqual([1, 2]);
  });
});

describe.concurrent('a broken ledger', () => {
  it('with one damaged row serves the rest, names the row, and buys it again only on request', async ({
    upstream,
    start,
    restart,
  }) => {
    const server = await start();
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    await server.run(PayOnlyDocument, { answers: numbered(3) });
    await server.stop();
    const db = new DatabaseSync(join(server.dataDir, 'ledger.sqlite'));
    const { id } = db.prepare("SELECT report_id AS id FROM entries WHERE type = 'YOE'").get() as { id: string };
    db.prepare("UPDATE entries SET state = 'LINKED', data = ? WHERE type = 'YOE'").run('{"state":"LINKED","li');
    db.exec("INSERT INTO reports VALUES ('odd', 'null', 1)");
    db.exec(`INSERT INTO entries (report_id, type, version, state, at, data)
      VALUES ('odd', 'PAY', 1, 'LINKED', 1, '{"state":"LINKED","link":"/l"}')`);
    db.close();

    const again = await restart(server);
    const both = await again.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(codes(both)).toEqual({ 'report.yoe': 'SUBMISSION_UNCERTAIN' });
    expect((await again.run(PayOnlyDocument, { answers: numbered(3) })).errors).toEqual([]);
    expect(upstream.bought()).toBe(3);
    const named = logOf(again).filter(({ part }) => part === 'ledger');
    expect(named).toHaveLength(2);
    const readiness = (await (await fetch(`${again.url}/readyz`)).json()) as object;
    expect(readiness).toMatchObject({
      status: 'degraded',
      degraded: [{ code: 'ROWS_SET_ASIDE', message: expect.stringContaining('cannot be read: 2.') as string }],
    });
    expect(named).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ table: 'entries', reportId: id, type: 'YOE' }),
        expect.objectContaining({ table: 'reports', reportId: 'odd' }),
      ]),
    );

    const resubmit = `mutation ($answers: AnswersInput!, $since: DateTime) {
      requestReport(answers: $answers, types: [YOE], resubmitUncertain: true, since: $since) { id } }`;
    const since = both.errors[0]?.extensions['since'];
    expect((await again.run(resubmit, { answers: SEATTLE, since })).errors).toEqual([]);
    await eventually(async () => expect((await again.run(PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]));
    expect(upstream.bought('yoe')).toBe(2);
    await again.stop();
    const after = new DatabaseSync(join(server.dataDir, 'ledger.sqlite'));
    expect(after.prepare('SELECT report_id, type, data FROM damaged_entries').all()).toEqual([
      { report_id: id, type: 'YOE', data: '{"state":"LINKED","li' },
    ]);
    after.close();
  });

  it('with a damaged body says so and does not buy it again', async ({ upstream, start, restart }) => {
    const server = await start();
    await server.run(PayAndYoeDocument, { answers: SEATTLE });
    await server.stop();
    const db = new DatabaseSync(join(server.dataDir, 'ledger.sqlite'));
    db.exec("UPDATE bodies SET body = substr(body, 1, 20) WHERE type = 'PAY'");
    db.close();
    const again = await restart(server);
    expect(codes(await again.run(PayAndYoeDocument, { answers: SEATTLE }))).toEqual({
      'report.pay': 'STORE_UNAVAILABLE',
    });
    expect(upstream.bought()).toBe(2);
  });

  it('gives STORE_UNAVAILABLE for every query and fails /readyz, without a purchase', async ({ upstream, start }) => {
    const server = await start();
    const db = new DatabaseSync(join(server.dataDir, 'ledger.sqlite'));
    db.exec('DROP TABLE reports; DROP TABLE entries; DROP TABLE journal; DROP TABLE meta');
    db.close();
    const answer = await server.run(PayAndYoeDocument, { answers: SEATTLE });
    expect(new Set(Object.values(codes(answer)))).toEqual(new Set(['STORE_UNAVAILABLE']));
    expect(codes(await server.run(ReportStandingDocument, { answers: SEATTLE }))).toEqual({
      'report.status': 'STORE_UNAVAILABLE',
    });
    expect(codes(await server.run(UsageDocument))).toEqual({ usage: 'STORE_UNAVAILABLE' });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'not ready' });
    expect(upstream.requests.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });
});
