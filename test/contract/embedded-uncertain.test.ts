import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { bring, CLAIM, claimOf, CLOSE, LOSE, newReport, RESUBMIT, SEND } from './steps.js';

let directory: string;
let ledger: Ledger;

beforeEach(async () => {
  directory = await testDirectory();
  ({ ledger } = openEmbeddedBackend(directory, 'ledger'));
});

function withRaw<T>(work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(directory, 'ledger.sqlite'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

describe('the embedded ledger', () => {
  it('keeps who bought again and who closed, with the note', async () => {
    onTestFinished(() => ledger.close());
    const report = newReport();
    await bring(ledger, report, [CLAIM, SEND, LOSE], { at: 1 });
    await bring(ledger, report, [{ ...RESUBMIT, charge: claimOf('bob').charge }, SEND, LOSE], { at: 2 });
    await bring(ledger, report, [CLOSE], { at: 3 });
    const rows = withRaw((db) => db.prepare('SELECT * FROM settlements ORDER BY at').all());
    const line = { report_id: report.id, type: 'PAY' };
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { ...line, at: 2, kind: 'BOUGHT_AGAIN', client: 'bob', note: null },
      { ...line, at: 3, kind: 'CLOSED', client: 'ann', note: 'Not on the invoice.' },
    ]);
  });

  it('counts and pages what is uncertain by an index', async () => {
    await ledger.close();
    const plan = (sql: string): string =>
      withRaw((db) =>
        db
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => String(detail))
          .join('; '),
      );
    const since = "CAST(coalesce(CASE WHEN json_valid(data) THEN json_extract(data, '$.since') END, at) AS INTEGER)";
    expect(plan("SELECT count(*) FROM entries WHERE state = 'UNCERTAIN'")).toContain('COVERING INDEX');
    const page = plan(
      `SELECT ${since}, report_id, type FROM entries INDEXED BY entries_uncertain WHERE state = 'UNCERTAIN' AND ${since} >= 1 AND (${since}, report_id, type) > (1, '', '') ORDER BY 1, 2, 3 LIMIT 5`,
    );
    expect(page).toContain('SEARCH entries USING INDEX entries_uncertain (<expr>>?)');
    expect(page).not.toContain('TEMP B-TREE');
  });

  it('lists what lacks its time, and leaves out what has no readable report', async () => {
    const reports = [newReport(), newReport(), newReport()];
    for (const report of reports) await bring(ledger, report, [CLAIM, SEND, LOSE], { at: 5_000 });
    await ledger.close();
    const [damaged, without, unreadable] = reports.map(({ id }) => id);
    withRaw((db) => {
      db.prepare("UPDATE entries SET data = '{', at = 7000 WHERE report_id = ?").run(damaged ?? '');
      db.prepare("UPDATE entries SET data = json_remove(data, '$.since'), at = 6000 WHERE report_id = ?").run(
        without ?? '',
      );
      db.prepare("UPDATE reports SET request = '{' WHERE id = ?").run(unreadable ?? '');
    });
    const { ledger: again } = openEmbeddedBackend(directory, 'ledger');
    onTestFinished(() => again.close());
    const { records, total } = await again.uncertain(null, 10);
    expect(total).toBe(3);
    expect(records.map(({ entry }) => [entry.reportId, entry.since])).toEqual([
      [without, 6_000],
      [damaged, 7_000],
    ]);
  });
});
