import fc from 'fast-check';
import { Client } from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { DAY, expected, LINES, MINUTE, NEAR, writable, type Line } from './journal-lines.js';
import { execute, openShared, SCHEMA } from './shared-ledger.js';

let url: string;
let ledger: Ledger;
let client: Client;
beforeEach(async () => {
  url = await testDatabase();
  ({ ledger } = await openShared(url));
  client = new Client({ connectionString: url });
  onTestFinished(() => client.end());
  await client.connect();
  await client.query(`SET search_path TO ${SCHEMA}`);
});

/** In one statement, as several steps of a commit are. */
async function append(lines: readonly Line[]): Promise<void> {
  await client.query(
    `INSERT INTO journal (at, kind, report_id, type)
     SELECT at, kind, report, 'PAY' FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS l (at, kind, report, number)
     ORDER BY number`,
    [lines.map(({ at }) => at), lines.map(({ kind }) => kind), lines.map(({ report }) => report)],
  );
}

const add = async (most = 1_000) => (await client.query('SELECT add_usage_deltas($1) AS added', [most])).rows[0].added;

describe('usage', () => {
  it('counts to the millisecond what its sums, what is not in them yet and the ends of the period have', async () => {
    const parts = fc.array(fc.record({ lines: LINES, adds: fc.boolean() }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(parts, NEAR, NEAR, async (appended, one, other) => {
        await client.query('DELETE FROM journal; DELETE FROM usage_sums; DELETE FROM usage_deltas');
        const lines = writable(appended.flatMap((part) => part.lines.map((line) => ({ ...line, part }))));
        for (const part of appended) {
          await append(lines.filter((line) => line.part === part));
          if (part.adds) await add();
        }
        const [since, until] = [Math.min(one, other), Math.max(one, other)];
        expect(await ledger.usage(since, until)).toMatchObject(expected(lines, since, until));
        expect(await ledger.usage(-DAY, 9 * DAY)).toMatchObject(expected(lines, -DAY, 9 * DAY));
        expect(await ledger.usageByDay([0, DAY])).toMatchObject([
          expected(lines, 0, DAY - 1),
          expected(lines, DAY, 2 * DAY - 1),
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it('does not read the journal of whole minutes, however long it is', async () => {
    await append(
      Array.from({ length: 5_000 }, (_, index) => ({ at: index * MINUTE, kind: 'SUBMITTED', report: `r${index}` })),
    );
    expect([await add(3_000), await add(3_000), await add(3_000)]).toEqual([3_000, 2_000, 0]);
    await client.query('DELETE FROM journal');
    expect((await ledger.usage(0, 10_000 * MINUTE)).submitted).toBe(5_000);
    expect((await ledger.usageByDay([DAY]))[0]?.submitted).toBe(1_440);
  });

  it('counts what was saved, before and after it is in the sums', async () => {
    ledger.countSaved(3);
    const saved = async () => (await ledger.usage(0, Date.now())).saved;
    expect(await saved()).toBe(3);
    await add();
    ledger.countSaved(4);
    expect(await saved()).toBe(7);
    await add();
    expect(await saved()).toBe(7);
  });

  it('counts what was in the ledger before there were sums', async () => {
    const lines = (['SUBMITTED', 'UNCERTAIN', 'RECOVERED', 'COLLECTED', 'BILLABLE'] as const).map((kind, index) => ({
      ...{ at: index * DAY + 1, kind, report: 'a' },
    }));
    await append(lines);
    ledger.countSaved(3);
    await ledger.usage(0, 1);
    // As a release left it that had none.
    await execute(
      url,
      `SET search_path TO ${SCHEMA}; DROP TABLE usage_sums, usage_deltas;
       DROP FUNCTION usage_lines, add_usage_deltas, journal_kind_after, journal_kind_before; DROP FUNCTION count_journal CASCADE; DROP FUNCTION count_saved CASCADE;
       DELETE FROM migrations WHERE name LIKE '%usage-sums' OR name LIKE '%resolved-doubts'`,
    );
    const later = await openShared(url);
    expect(await later.ledger.usage(0, 9 * DAY)).toMatchObject(expected(lines, 0, 9 * DAY));
    expect((await later.ledger.usage(0, Date.now())).saved).toBe(3);
  });
});
