import { parse } from 'csv-parse/browser/esm/sync';
import { CSV_OPTIONS, dialectOf } from '../../src/model/job-list/dialect.ts';
import { isBlankRow } from '../../src/model/job-list/job.ts';
import { MOST_ROWS, SPLIT, UnreadableList } from './read-text.ts';

/** A list as it is written. */
export interface List {
  readonly columns: readonly string[];
  readonly rows: readonly ListRow[];
}

export interface ListRow {
  /** As spreadsheets count: the names of the columns are row 1. */
  readonly number: number;
  readonly cells: readonly string[];
}

/** UTF-16 code units. A quote that is never closed would be read to the end of the file. */
const LONGEST_ROW = 100_000;

/**
 * The rows below a line of names, separated as the names are: by commas, semicolons, tabs or bars, or as a first line says. Blank rows are left out.
 * Throws `UnreadableList`.
 */
export function parseList(text: string): List {
  const numbered = recordsOf(text).map((cells, at) => ({ number: at + 1, cells }));
  const [names, ...rows] = numbered.filter(({ cells }) => !isBlankRow(cells));
  if (!names) throw new UnreadableList('There is nothing in it.');
  if (rows.length === 0) {
    throw new UnreadableList('It has one line only. The first line names the columns, and the jobs come below it.');
  }
  if (rows.length > MOST_ROWS) {
    const most = MOST_ROWS.toLocaleString();
    throw new UnreadableList(`It has more than ${most} rows, which is the most for this page. ${SPLIT}`);
  }
  return { columns: names.cells.map((name) => name.trim()), rows };
}

function recordsOf(given: string): string[][] {
  const text = given.replace(/^\ufeff/, '');
  const { delimiter, start } = dialectOf(text);
  try {
    return parse(text.slice(start), { ...CSV_OPTIONS, delimiter, max_record_size: LONGEST_ROW });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UnreadableList(`It cannot be read as CSV: ${message}`, { cause: error });
  }
}
