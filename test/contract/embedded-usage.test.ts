import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { UsageCounts } from '../../src/model/usage.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { stretchesOf } from '../../src/storage/shared/usage-spans.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { DAY, expected, KINDS, LINES, MINUTE, NEAR, writable, type Line } from './journal-lines.js';

let directory: string;
beforeEach(async () => {
  directory = await testDirectory();
});

async function withLedger<T>(work: (usage: (since: number, until: number) => Promise<UsageCounts>) => Promise<T>) {
  const { ledger } = openEmbeddedBackend(directory, 'ledger');
  try {
    return await work((since, until) => ledger.usage(since, until));
  } finally {
    await ledger.close();
  }
}

function withRaw(work: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(join(directory, 'ledger.sqlite'));
  work(db);
  db.close();
}

function append(lines: readonly Line[]): void {
  withRaw((db) => {
    const insert = db.prepare("INSERT INTO journal (at, kind, report_id, type) VALUES (?, ?, ?, 'PAY')");
    db.exec('BEGIN');
    for (const { at, kind, report } of lines) insert.run(at, kind, report);
    db.exec('COMMIT');
  });
}

describe('usage', () => {
  it('counts to the millisecond what its sums and the ends of the period have', async () => {
    await withLedger(async (usage) => {
      await fc.assert(
        fc.asyncProperty(LINES.map(writable), NEAR, NEAR, async (lines, one, other) => {
          withRaw((db) => db.exec('DELETE FROM journal; DELETE FROM usage_sums'));
          append(lines);
          const [since, until] = [Math.min(one, other), Math.max(one, other)];
          expect(await usage(since, until)).toMatchObject(expected(lines, since, until));
          expect(await usage(-DAY, 9 * DAY)).toMatchObject(expected(lines, -DAY, 9 * DAY));
        }),
        { numRuns: 60 },
      );
    });
  });

  it('has the same sums whether they were kept or are made from the journal', async () => {
    await withLedger(async () => undefined);
    append(KINDS.flatMap((kind, index) => [1, 2].map((n) => ({ at: index * DAY + n, kind, report: `r${index % n}` }))));
    const resolved = ['UNCERTAIN', 'UNCERTAIN', 'COLLECTED', 'RESOLVED', 'RESOLVED', 'UNCERTAIN', 'UNCERTAIN'] as const;
    append(resolved.map((kind, index) => ({ at: index * DAY + 3, kind, report: 'resolved' })));
    withRaw((db) => {
      db.exec(
        'INSERT INTO saved_by_minute VALUES (60000, 2) ON CONFLICT DO NOTHING; INSERT INTO saved_by_minute VALUES (60000, 3) ON CONFLICT DO UPDATE SET reports = reports + excluded.reports',
      );
      const made = db.prepare(
        'SELECT span, at - at % span AS at, kind, sum(reports) AS reports FROM usage_events, usage_spans GROUP BY 1, 2, 3',
      );
      const kept = db.prepare('SELECT span, at, kind, reports FROM usage_sums WHERE reports <> 0');
      expect(kept.all()).toEqual(made.all());
      expect(kept.all()).toContainEqual({ span: MINUTE, at: MINUTE, kind: 'SAVED', reports: 5 });
    });
  });

  it('does not read the journal of whole minutes, however long it is', async () => {
    await withLedger(async () => undefined);
    append(
      Array.from({ length: 5_000 }, (_, index) => ({ at: index * MINUTE, kind: 'SUBMITTED', report: `r${index}` })),
    );
    withRaw((db) => db.exec('DELETE FROM journal'));
    const { submitted } = await withLedger((usage) => usage(0, 10_000 * MINUTE));
    expect(submitted).toBe(5_000);
  });

  it('reads few sums, however long the period is', () => {
    fc.assert(
      fc.property(fc.nat(50_000_000), fc.nat(50_000_000), (one, other) => {
        const [from, to] = [Math.min(one, other) * MINUTE, Math.max(one, other) * MINUTE];
        const stretches = stretchesOf(from, to);
        const rows = (shortest: boolean): number =>
          stretches
            .filter(({ span }) => span < DAY === shortest)
            .reduce((sum, each) => sum + (each.to - each.from) / each.span, 0);
        expect(stretches.length).toBeLessThanOrEqual(5);
        expect(rows(true)).toBeLessThanOrEqual(2 * (23 + 59));
        expect(rows(false)).toBeLessThanOrEqual((to - from) / DAY);
        // Without a gap.
        const ends = stretches.flatMap(({ from: start, to: end }) => [start, end]);
        expect(from === to ? [from, to] : [ends[0], ends.at(-1)]).toEqual([from, to]);
        for (let at = 1; at < stretches.length; at++) expect(stretches[at]?.from).toBe(stretches[at - 1]?.to);
      }),
    );
  });
});
