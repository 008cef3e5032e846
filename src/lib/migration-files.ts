import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A numbered `.sql` file that brings a database from the schema of number − 1 to that of its number. */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  /** With its number, such as `0002-journal-by-kind`. */
  readonly name: string;
  /** Whether releases that do not know it would damage or misread a database that has it. */
  readonly breaking: boolean;
  readonly sql: string;
}

/** What a ledger says about a migration it has. */
export type AppliedMigration = Pick<Migration, 'number' | 'name' | 'breaking'>;

const FILE = /^((\d{4})-[a-z0-9-]+)(\.breaking)?\.sql$/;

/**
 * Reads the migrations of a directory in their order, from files named `NNNN-name.sql` or `NNNN-name.breaking.sql`. Throws
 * an Error if there are none, a number is missing or given twice, or another file is there.
 */
export function readMigrations(directory: string): readonly Migration[] {
  const migrations = readdirSync(directory)
    .sort()
    .map((file, index) => {
      const [, name, number, breaking] = FILE.exec(file) ?? [];
      if (name === undefined || Number(number) !== index + 1) {
        throw new Error(`${join(directory, file)} is not the migration with the number ${index + 1}.`);
      }
      return {
        number: index + 1,
        name,
        breaking: breaking !== undefined,
        sql: readFileSync(join(directory, file), 'utf8'),
      };
    });
  if (migrations.length === 0) throw new Error(`There are no migrations in ${directory}.`);
  return migrations;
}

/** Why this release cannot work with a ledger that has these migrations; null if it can. */
export function misfitOf(present: readonly AppliedMigration[], migrations: readonly Migration[]): string | null {
  const newest = migrations.at(-1)?.name;
  for (const { number, name, breaking } of present) {
    const known = migrations[number - 1];
    if (known && known.name !== name) {
      return `it has the migration ${name} where this release has ${known.name}: it belongs to another line of releases.`;
    }
    if (!known && breaking) {
      return `it was written by a newer release: older ones cannot use it since the migration ${name}, and this release knows only those up to ${newest}.`;
    }
  }
  return null;
}
