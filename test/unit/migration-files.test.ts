import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readMigrations } from '../../src/lib/migration-files.js';

it('reads the migrations of a directory in order, with their mark', () => {
  const directory = containing({ '0002-b.breaking.sql': 'B;', '0001-a-1.sql': 'A;' });
  expect(readMigrations(directory)).toEqual([
    { number: 1, name: '0001-a-1', breaking: false, sql: 'A;' },
    { number: 2, name: '0002-b', breaking: true, sql: 'B;' },
  ]);
});

it.each([
  ['no migration', {}, 'There are no migrations in'],
  ['a gap', { '0001-a.sql': '', '0003-c.sql': '' }, '0003-c.sql is not the migration with the number 2.'],
  ['a number twice', { '0001-a.sql': '', '0001-b.sql': '' }, '0001-b.sql is not the migration with the number 2.'],
  ['a first number other than 1', { '0000-a.sql': '' }, '0000-a.sql is not'],
  ['a misspelt mark', { '0001-a.braking.sql': '' }, '0001-a.braking.sql is not'],
  ['another file', { '0001-a.sql': '', 'notes.md': '' }, 'notes.md is not'],
])('refuses a directory with %s', (_, files, reason) => {
  expect(() => readMigrations(containing(files))).toThrow(reason);
});

function containing(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'migrations-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}
