import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { reportId } from '../../src/model/report-id.js';
import type { ReportsRequest } from '../../src/model/report.js';
import { verifyLedger } from '../../src/storage/sqlite/verify.js';
import { PayOnlyDocument } from '../generated/operations.js';
import { eventually } from '../fixtures/eventually.js';
import type { TestServer } from '../fixtures/server/server.js';
import { pending, ready, status } from '../fixtures/upstream/upstream.js';
import { openStream } from '../fixtures/sockets/raw-stream.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { codes } from '../fixtures/server/responses.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { arrivals } from '../fixtures/upstream/expectations.js';

/** One city as an earlier release distinguished them; the present form of all is `San José`. */
const SPELLINGS = ['San\u00a0José', 'San  José', 'San Jo\u00adsé'] as const;
const JOSE = { ...SEATTLE, city: 'San José' };
const ELSEWHERE = { ...SEATTLE, city: 'Elsewhere' };
const BY_ID = 'query ($id: ID!) { reportById(id: $id) { id answers { city } status { pay } } }';
const FOLLOW = 'subscription ($id: ID!) { reportStatusById(id: $id, types: [PAY]) { reportId status } }';

describe.concurrent('a report stored in an earlier canonical form', () => {
  useServers({ pendingPolls: 0 });

  it('is found under its new id, and under the old one as before', async ({ start, upstream, expect }) => {
    const first = await start();
    await first.run(PayOnlyDocument, { answers: JOSE });
    await first.stop();
    const old = formerly(first, SPELLINGS[0]);
    const server = await start({ dataDir: first.dataDir });

    for (const city of ['San José', ...SPELLINGS]) {
      const { data, errors } = await server.run(PayOnlyDocument, { answers: { ...JOSE, city } });
      expect([errors, data?.report?.pay?.basePay?.percentile50], city).toEqual([[], 104_300]);
    }
    expect(await byId(server, old)).toEqual({ id: old, answers: { city: 'San José' }, status: { pay: 'READY' } });
    expect(await followed(server, old)).toEqual({ reportId: old, status: 'READY' });
    expect(upstream.submits()).toHaveLength(1);
    await server.stop();
    const problems: string[] = [];
    await verifyLedger(join(server.dataDir, 'ledger.sqlite'), (problem) => problems.push(problem));
    expect(problems).toEqual([]);
  });

  it('is bought anew once, in its present form, whichever id it is asked by', async ({ start, upstream, expect }) => {
    const env = { REPORT_TTL_HOURS: '1' };
    const first = await start({ env });
    await first.run(PayOnlyDocument, { answers: JOSE });
    await first.stop();
    const old = formerly(first, SPELLINGS[1]);
    inLedger(first, (db) => db.exec("UPDATE entries SET expires_at = 1, data = json_set(data, '$.expiresAt', 1)"));
    const server = await start({ dataDir: first.dataDir, env });

    const document = `query ($id: ID!, $answers: AnswersInput!) {
      byId: reportById(id: $id) { pay { reportRating } }
      report(answers: $answers) { pay { reportRating } }
    }`;
    const answers = { ...JOSE, city: SPELLINGS[2] };
    const { data, errors } = await server.run<object, object>(document, { id: old, answers });
    expect([data, errors]).toEqual([
      { byId: { pay: { reportRating: 0.86 } }, report: { pay: { reportRating: 0.86 } } },
      [],
    ]);
    expect(upstream.submits().map(({ answers: { City } }) => City)).toEqual(['San José', 'San José']);
  });

  it('that became one with another is served where it is ready', async ({ start, upstream, expect }) => {
    const first = await start();
    await first.run(PayOnlyDocument, { answers: JOSE });
    await first.stop();
    formerly(first, SPELLINGS[0]);
    upstream.script.submit.push(status(500));
    const second = await start({ dataDir: first.dataDir });
    // Before the ledger is read again, under an id of its own.
    await second.run(PayOnlyDocument, { answers: ELSEWHERE });
    await second.stop();
    const doubt = formerly(second, SPELLINGS[1], ELSEWHERE.city);
    const server = await start({ dataDir: first.dataDir });

    for (const answers of [JOSE, { ...JOSE, city: SPELLINGS[1] }]) {
      expect(codes(await server.run(PayOnlyDocument, { answers }))).toEqual({});
    }
    expect(await byId(server, doubt)).toMatchObject({ status: { pay: 'READY' } });
    expect(upstream.submits()).toHaveLength(2);
  });

  it('is collected after the restart, under either id', async ({ start, upstream, expect }) => {
    upstream.script.poll('pay').otherwise(pending(50));
    const first = await start();
    const query = first.run(PayOnlyDocument, { answers: JOSE });
    await arrivals(upstream, 'poll', 1);
    await first.stop();
    await query.catch(() => undefined);
    const old = formerly(first, SPELLINGS[0]);
    upstream.script.poll('pay').otherwise(ready());
    const server = await start({ dataDir: first.dataDir });
    const { data } = await server.run(PayOnlyDocument, { answers: JOSE });
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(await byId(server, old)).toMatchObject({ status: { pay: 'READY' } });
    expect(upstream.submits()).toHaveLength(1);
  });

  it('that became one with another, both on their way, is collected as well: both were bought', async (context) => {
    const { start, upstream, expect } = context;
    upstream.script.poll('pay').otherwise(pending(50));
    const first = await start();
    const queries = [JOSE, ELSEWHERE].map((answers) => first.run(PayOnlyDocument, { answers }));
    await arrivals(upstream, 'poll', 4);
    await first.stop();
    await Promise.allSettled(queries);
    formerly(first, SPELLINGS[0]);
    formerly(first, SPELLINGS[1], ELSEWHERE.city);
    upstream.script.poll('pay').otherwise(ready());
    const server = await start({ dataDir: first.dataDir });
    expect(codes(await server.run(PayOnlyDocument, { answers: JOSE }))).toEqual({});
    await eventually(async () => {
      const { data } = await server.run('{ usage { submitted collected } }');
      expect(data).toEqual({ usage: { submitted: 2, collected: 2 } });
    });
    expect(upstream.submits()).toHaveLength(2);
  });

  it('that became one with another and was about to be bought is not bought', async ({ start, upstream, expect }) => {
    const first = await start();
    for (const answers of [JOSE, ELSEWHERE]) await first.run(PayOnlyDocument, { answers });
    await first.stop();
    formerly(first, SPELLINGS[0]);
    const other = formerly(first, SPELLINGS[1], ELSEWHERE.city);
    inLedger(first, (db) => {
      const intent = JSON.stringify({ state: 'INTENT', doubt: null });
      db.prepare("UPDATE entries SET state = 'INTENT', expires_at = NULL, at = ?, data = ? WHERE report_id = ?").run(
        Date.now(),
        intent,
        other,
      );
    });
    const server = await start({ dataDir: first.dataDir });
    expect(await byId(server, other)).toMatchObject({ status: { pay: 'READY' } });
    await server.stop();
    expect(upstream.submits()).toHaveLength(2);
  });
});

/** Makes the stored report of this city one that an earlier release stored with another spelling; returns its id. */
function formerly(server: TestServer, spelling: string, city = 'San José'): string {
  return inLedger(server, (db) => {
    const rows = db.prepare('SELECT id, request FROM reports').all() as { id: string; request: string }[];
    for (const { id, request } of rows) {
      const stored = JSON.parse(request) as ReportsRequest;
      if (stored.answers.city !== city) continue;
      const former: ReportsRequest = { ...stored, answers: { ...stored.answers, city: spelling } };
      const formerId = reportId(former);
      db.prepare('UPDATE reports SET id = ?, request = ? WHERE id = ?').run(formerId, JSON.stringify(former), id);
      for (const table of ['entries', 'bodies', 'journal', 'purchases']) {
        db.prepare(`UPDATE ${table} SET report_id = ? WHERE report_id = ?`).run(formerId, id);
      }
      return formerId;
    }
    throw new Error(`There is no report of ${city}.`);
  });
}

function inLedger<T>({ dataDir }: TestServer, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

async function byId(server: TestServer, id: string): Promise<unknown> {
  return (await server.run<{ reportById: unknown }, object>(BY_ID, { id })).data?.reportById;
}

/** The first event of a subscription by id. */
async function followed({ url }: TestServer, id: string): Promise<unknown> {
  const stream = await openStream(url, { query: FOLLOW, variables: { id } });
  await stream.ended;
  return stream.results[0]?.data?.['reportStatusById'];
}
