import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { State } from '../../src/datasources/reports/ledger.js';
import { newDirectory } from '../fixtures/directory.ts';
import type { ReportType } from './questions.ts';

/** An entry in the ledger of a killed server. */
export interface LeftEntry {
  readonly id: string;
  readonly type: ReportType;
  readonly state: LeftState;
}

export type LeftState = State['state'] | 'SENDING, answer stored';

/**
 * Reads a copy, so that the next server finds the ledger and its write-ahead log as the kill left them. `verify` is called
 * with the path of the copy, unless the server was killed before it had created the ledger.
 */
export async function readLeftLedger(
  dataDir: string,
  verify: (path: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly LeftEntry[]> {
  const { path: directory, remove } = await newDirectory();
  try {
    const copy = join(directory, 'ledger.sqlite');
    if (!(await copied(join(dataDir, 'ledger.sqlite'), copy))) return [];
    await copied(join(dataDir, 'ledger.sqlite-wal'), `${copy}-wal`);
    const db = new DatabaseSync(copy);
    try {
      // A server killed early may not have created the tables yet.
      if (!db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'entries'").get()) return [];
      const rows = db.prepare('SELECT report_id AS id, type, state, data FROM entries').all() as unknown as Row[];
      await verify(copy);
      return rows.map(({ id, type, state, data }) => ({ id, type, state: leftState(state, data) }));
    } finally {
      db.close();
    }
  } finally {
    await remove();
  }
}

interface Row {
  readonly id: string;
  readonly type: ReportType;
  readonly state: string;
  readonly data: string;
}

function leftState(state: string, data: string): LeftState {
  const answered = state === 'SENDING' && (JSON.parse(data) as { answer: string | null }).answer !== null;
  return answered ? 'SENDING, answer stored' : (state as LeftState);
}

async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
