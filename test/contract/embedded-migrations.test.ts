import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import type { Migration } from '../../src/lib/migration-files.js';
import { openEmbeddedBackend, type EmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { openDatabase } from '../../src/storage/sqlite/database.js';
import { migrate, MIGRATIONS } from '../../src/storage/sqlite/migrate.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { bring, CLAIM, newReport, stepOf } from './steps.js';

/** A ledger as the first release left it, with one report of each kind of row. Never edit it: such ledgers exist. */
const SCHEMA_1 = `
  CREATE TABLE reports (id TEXT PRIMARY KEY, request TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE entries (
    report_id TEXT NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
    expires_at INTEGER, data TEXT NOT NULL, PRIMARY KEY (report_id, type)) STRICT, WITHOUT ROWID;
  CREATE INDEX entries_by_state ON entries (state, expires_at);
  CREATE TABLE bodies (
    report_id TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (report_id, type)) STRICT;
  CREATE TABLE journal (at INTEGER NOT NULL, kind TEXT NOT NULL, report_id TEXT NOT NULL, type TEXT NOT NULL) STRICT;
  CREATE INDEX journal_by_time ON journal (at, kind);
  CREATE INDEX journal_by_report ON journal (report_id, type);
  CREATE TABLE saved (at INTEGER PRIMARY KEY, reports INTEGER NOT NULL) STRICT;
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('since', 1000);
  INSERT INTO reports VALUES ('r', '{"answers":{"jobTitle":"Nurse"},"autoResolveJobTitle":true}', 2000);
  INSERT INTO entries VALUES
    ('r', 'PAY', 5, 'COLLECTED', 6000, 4102444800000,
      '{"state":"COLLECTED","rating":0.5,"warnings":[],"attempt":1,"expiresAt":4102444800000}'),
    ('r', 'YOE', 4, 'LINKED', 5000, NULL,
      '{"state":"LINKED","link":"/l","warnings":[],"attempt":0,"faults":0,"nextPollAt":null,"retryAfterMs":null}');
  INSERT INTO bodies VALUES ('r', 'PAY', '{"Report":{}}'), ('gone', 'PAY', '{}');
  INSERT INTO journal VALUES (3000, 'SUBMITTED', 'r', 'PAY'), (3000, 'SUBMITTED', 'r', 'YOE'),
    (6000, 'COLLECTED', 'r', 'PAY'), (6000, 'BILLABLE', 'r', 'PAY');
  INSERT INTO saved VALUES (59999, 1), (60000, 2), (119999, 4);
  PRAGMA user_version = 1;`;

/** What later releases of that time changed, one by one. Their ledgers had no table of migrations. */
const SCHEMAS = [
  SCHEMA_1,
  'DROP INDEX journal_by_time; CREATE INDEX journal_by_kind ON journal (kind, at); PRAGMA user_version = 2;',
  "DELETE FROM bodies WHERE report_id = 'gone'; PRAGMA user_version = 3;",
  `CREATE TABLE saved_by_minute (at INTEGER PRIMARY KEY, reports INTEGER NOT NULL) STRICT;
    INSERT INTO saved_by_minute VALUES (0, 10), (60000, 20); PRAGMA user_version = 4;`,
];

/** How the release before the table of migrations counted what it had saved. */
const OLD_COUNT =
  'INSERT INTO saved (at, reports) VALUES (?, ?) ON CONFLICT DO UPDATE SET reports = reports + excluded.reports';
const OLD_SUM = `
  SELECT (SELECT coalesce(sum(reports), 0) FROM saved) + (SELECT coalesce(sum(reports), 0) FROM saved_by_minute) AS sum`;

const known = MIGRATIONS.length;
const newer = (breaking: boolean): Migration => ({
  number: known + 1,
  name: `000${known + 1}-later`,
  breaking,
  sql: 'CREATE TABLE later (x)',
});

let directory: string;
beforeEach(async () => {
  directory = await testDirectory();
});

describe('a ledger of an earlier release', () => {
  it.each([1, 2, 3, 4])('with schema %i is migrated, and nothing is lost', async (version) => {
    withRaw((db) => SCHEMAS.slice(0, version).forEach((sql) => db.exec(sql)));
    const ledger = opened().ledger;
    expect(await ledger.read('r')).toMatchObject({
      request: { answers: { jobTitle: 'Nurse' } },
      entries: [
        { type: 'PAY', version: 5, state: 'COLLECTED', rating: 0.5 },
        { type: 'YOE', version: 4, state: 'LINKED', link: '/l' },
      ],
    });
    expect(ledger.since).toBe(1000);
    const minutes = version < 4 ? [1, 6] : [11, 26];
    expect(await ledger.usage(0, 60_000 - 1)).toMatchObject({ submitted: 2, collected: 1, saved: minutes[0] });
    expect(await ledger.usage(60_000, 120_000)).toMatchObject({ submitted: 0, saved: minutes[1] });
    withRaw((db) => {
      expect(db.prepare('SELECT report_id FROM bodies').all()).toEqual([{ report_id: 'r' }]);
      expect(db.prepare('SELECT count(*) AS n FROM saved').get()).toEqual({ n: 0 });
      expect(indexesOf(db)).toEqual([
        'entries_aliases',
        'entries_by_link',
        'entries_by_state',
        'entries_given_up',
        'entries_uncertain',
        'journal_by_kind',
        'journal_by_report',
        'purchases_by_time',
        'purchases_by_upstream_id',
        'purchases_sought',
      ]);
    });
  });

  it('gets the same tables and records as a new ledger', () => {
    withRaw((db) => SCHEMAS.forEach((sql) => db.exec(sql)));
    const of = (name: string) => {
      const database = openDatabase(directory, name);
      const { db } = database;
      const found = {
        version: db.prepare('PRAGMA user_version').get(),
        migrations: db.prepare('SELECT number, name, breaking FROM migrations').all(),
        columns: db
          .prepare(
            "SELECT t.name, c.name AS 'column', c.type, c.pk, c.\"notnull\" FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1, 2",
          )
          .all(),
        indexes: indexesOf(db),
      };
      database.close();
      return found;
    };
    const migrated = of('ledger');
    expect(migrated).toEqual(of('another'));
    expect(migrated.version).toEqual({ user_version: 12 });
    expect(migrated.migrations).toEqual(
      MIGRATIONS.map(({ number, name, breaking }) => ({ number, name, breaking: Number(breaking) })),
    );
  });

  it('in which no id stands for another is used on, and then refused by that release by name', async () => {
    const before = MIGRATIONS.filter(({ number }) => number < 12);
    migrateTo(before);
    const [asked, bought] = [newReport(), newReport()];
    const entry = await withOpen(({ ledger }) => bring(ledger, bought, [CLAIM]));
    await withOpen(async ({ ledger }) => {
      expect((await ledger.read(bought.id))?.entries).toEqual([entry]);
      const steps = (['PAY', 'YOE'] as const).map((type) =>
        stepOf(absent(asked.id, type), { kind: 'stand-for', standsFor: bought.id }),
      );
      expect((await ledger.commitAs(bought, [], { report: asked, steps })).aliases).toHaveLength(2);
    });
    expect(() => migrateTo(before)).toThrow(
      'older ones cannot use it since the migration 0012-aliases, and this release knows only those up to 0011-',
    );
  });

  it('is left as it was when a migration fails', () => {
    withRaw((db) => SCHEMAS.slice(0, 2).forEach((sql) => db.exec(sql)));
    withRaw((db) => db.exec('CREATE TABLE saved_by_minute (something)'));
    expect(() => opened()).toThrow(/^DATA_DIR: .*saved_by_minute already exists/);
    withRaw((db) => {
      expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
      expect(db.prepare('SELECT count(*) AS n FROM bodies').get()).toEqual({ n: 2 });
      expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'migrations'").all()).toEqual([]);
    });
  });
});

describe('a ledger of a newer release', () => {
  it('is used as it is if what it adds is not breaking', async () => {
    migrateTo([...MIGRATIONS, newer(false)]);
    expect(await bring(opened().ledger, newReport(), [CLAIM])).toMatchObject({ state: 'INTENT' });
    withRaw((db) => {
      expect(db.prepare('SELECT name FROM migrations WHERE number = ?').get(known + 1)).toEqual({
        name: newer(false).name,
      });
      // Releases that do not know the table of migrations go by this.
      expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 12 });
    });
  });

  it('is refused, naming both migrations, if it is breaking', () => {
    migrateTo([...MIGRATIONS, newer(true)]);
    expect(() => opened()).toThrow(
      `it was written by a newer release: older ones cannot use it since the migration ${newer(true).name}, and this release knows only those up to ${MIGRATIONS.at(-1)?.name}.`,
    );
    withRaw((db) => expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: known + 1 }));
  });

  it('is refused if a breaking migration follows one that is not', () => {
    const later = { ...newer(true), number: known + 2, name: 'much-later', sql: 'CREATE TABLE much_later (x)' };
    migrateTo([...MIGRATIONS, newer(false), later]);
    expect(() => opened()).toThrow('since the migration much-later');
  });

  it('is refused if its number is higher than is known and it says no more', () => {
    withRaw((db) => SCHEMAS.forEach((sql) => db.exec(sql)));
    withRaw((db) => db.exec('PRAGMA user_version = 99'));
    expect(() => opened()).toThrow('since the migration number 99');
  });

  it('is refused if it has another migration of the same number', () => {
    migrateTo([...MIGRATIONS, newer(false)]);
    const other = { ...newer(false), name: 'hotfix' };
    expect(() => withRaw((db) => migrate(db, [...MIGRATIONS, other]))).toThrow(
      `it has the migration ${newer(false).name} where this release has hotfix`,
    );
  });

  it('gets a migration that was skipped by the release it comes from', () => {
    const skipped = newer(false);
    const later = { ...newer(false), number: known + 2, name: 'much-later', sql: 'CREATE TABLE much_later (x)' };
    migrateTo([...MIGRATIONS, skipped, later]);
    withRaw((db) => db.exec(`DROP TABLE later; DELETE FROM migrations WHERE number = ${skipped.number}`));
    migrateTo([...MIGRATIONS, skipped, later]);
    withRaw((db) => expect(db.prepare('SELECT * FROM later').all()).toEqual([]));
  });
});

it('what an older release saves after a rollback is counted once, by both', async () => {
  const before = openEmbeddedBackend(directory, 'ledger');
  before.ledger.countSaved(5);
  await before.ledger.close();
  withRaw((db) => {
    const minute = Math.floor(Date.now() / 60_000) * 60_000;
    for (const at of [minute, minute, minute + 1]) db.prepare(OLD_COUNT).run(at, 2);
    expect(db.prepare(OLD_SUM).get()).toEqual({ sum: 11 });
  });
  expect(await opened().ledger.usage(0, Date.now() + 60_000)).toMatchObject({ saved: 11 });
});

async function withOpen<T>(work: (backend: EmbeddedBackend) => Promise<T>): Promise<T> {
  const backend = openEmbeddedBackend(directory, 'ledger');
  try {
    return await work(backend);
  } finally {
    await backend.ledger.close();
  }
}

/** A backend that is closed after the test. */
function opened() {
  const backend = openEmbeddedBackend(directory, 'ledger');
  onTestFinished(() => backend.ledger.close());
  return backend;
}

function migrateTo(migrations: readonly Migration[]): void {
  withRaw((db) => migrate(db, migrations));
}

function withRaw(work: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(join(directory, 'ledger.sqlite'));
  try {
    work(db);
  } finally {
    db.close();
  }
}

function indexesOf(db: DatabaseSync): unknown[] {
  return db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({ name }) => name);
}
