import type { Entry } from '../../datasources/reports/ledger.js';
import type { ReportRecord } from '../../datasources/reports/ports.js';
import type { ReportsRequest } from '../../model/report.js';
import { readRequest } from '../shared/damage.js';
import type { Database } from './connections.js';
import { entryColumns, type EntryRow } from './entry-rows.js';

/** Reads of whole reports. */
export interface Reads {
  /** Null if there is no such report. What is asked for while other reads are under way is read in one statement. */
  one(id: string): Promise<ReportRecord | null>;
  /** Those that exist. */
  many(ids: readonly string[]): Promise<readonly ReportRecord[]>;
}

type Row = Nullable<EntryRow> & { readonly id: string; readonly request: string };
type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

const MOST_STATEMENTS = 3;

export function createReads(database: Database, readEntry: (row: EntryRow) => Entry): Reads {
  let asked = new Map<string, PromiseWithResolvers<ReportRecord | null>>();
  let statements = 0;

  async function many(ids: readonly string[]): Promise<readonly ReportRecord[]> {
    const rows = await database.rows<Row>(
      `SELECT r.id, r.request, ${entryColumns('e')}
       FROM ${database.schema}.reports r LEFT JOIN ${database.schema}.entries e ON e.report_id = r.id
       WHERE r.id = ANY ($1)`,
      [ids],
    );
    return [...Map.groupBy(rows, ({ id }) => id)].map(([id, own]) => recordOf(id, own));
  }

  function recordOf(id: string, rows: readonly Row[]): ReportRecord {
    const entries = rows.filter((row) => row.report_id !== null).map((row) => readEntry(row as EntryRow));
    return { id, request: requestOf(rows[0]?.request ?? ''), entries };
  }

  function readAsked(): void {
    if (statements >= MOST_STATEMENTS || asked.size === 0) return;
    const batch = asked;
    asked = new Map();
    statements += 1;
    many([...batch.keys()])
      .then(
        (records) => {
          const found = new Map(records.map((record) => [record.id, record]));
          return batch.forEach(({ resolve }, id) => resolve(found.get(id) ?? null));
        },
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

function requestOf(request: string): ReportsRequest {
  const read = readRequest(request);
  if (read === null) throw new Error('A request in the ledger is damaged.');
  return read;
}
