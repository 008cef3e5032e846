import type { Entry } from '../../datasources/reports/ledger.js';
import type { ReportRecord } from '../../datasources/reports/ports.js';
import type { Database } from './connections.js';
import { entryColumns, type EntryRow, type RowReader } from './entry-rows.js';

/** Reads of whole reports. */
export interface Reads {
  /**
   * Null if there is no such report; throws an Error if its request cannot be read. What is asked for while other reads are under way is
   * read in one statement.
   */
  one(id: string): Promise<ReportRecord | null>;
  /** Those that exist and can be read. */
  many(ids: readonly string[]): Promise<readonly ReportRecord[]>;
}

type Row = Nullable<EntryRow> & { readonly id: string; readonly request: string };
type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

const MOST_STATEMENTS = 3;

export interface ReadOptions {
  readonly entryOf: (row: EntryRow) => Entry;
  readonly requestOf: RowReader['request'];
}

export function createReads(database: Database, { entryOf, requestOf }: ReadOptions): Reads {
  let asked = new Map<string, PromiseWithResolvers<ReportRecord | null>>();
  let statements = 0;

  /** By id; null: it cannot be read. */
  async function found(ids: readonly string[]): Promise<ReadonlyMap<string, ReportRecord | null>> {
    const rows = await database.rows<Row>(
      `SELECT r.id, r.request, ${entryColumns('e')}
       FROM ${database.schema}.reports r LEFT JOIN ${database.schema}.entries e ON e.report_id = r.id
       WHERE r.id = ANY ($1)`,
      [ids],
    );
    return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, own]) => [id, recordOf(id, own)]));
  }

  async function many(ids: readonly string[]): Promise<readonly ReportRecord[]> {
    return [...(await found(ids)).values()].filter((record) => record !== null);
  }

  function recordOf(id: string, rows: readonly Row[]): ReportRecord | null {
    const request = requestOf(id, rows[0]?.request ?? '');
    const entries = rows.filter((row) => row.report_id !== null).map((row) => entryOf(row as EntryRow));
    return request && { id, request, entries };
  }

  function readAsked(): void {
    if (statements >= MOST_STATEMENTS || asked.size === 0) return;
    const batch = asked;
    asked = new Map();
    statements += 1;
    found([...batch.keys()])
      .then(
        (records) =>
          batch.forEach(({ resolve, reject }, id) => {
            const record = records.get(id);
            if (record === null)
              reject(new Error(`Report ${id} in the ledger is damaged: its request cannot be read.`));
            else resolve(record ?? null);
          }),
        (error: unknown) => batch.forEach(({ reject }) => reject(error)),
      )
      .finally(() => {
        statements -= 1;
        readAsked();
      });
  }

  return {
    many,

    one(id) {
      const present = asked.get(id);
      if (present) return present.promise;
      const answer = Promise.withResolvers<ReportRecord | null>();
      asked.set(id, answer);
      if (asked.size === 1) setImmediate(readAsked);
      return answer.promise;
    },
  };
}
