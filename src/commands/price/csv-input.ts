import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { CSV_OPTIONS, dialectOf, endOfRow } from '../../model/job-list/dialect.js';
import { openText } from './text-input.js';

export interface CsvRow {
  readonly cells: readonly string[];
  /** Of the file, from 1; that of its end, if the row has several. */
  readonly line: number;
}

export interface CsvInput {
  readonly header: readonly string[];
  /** What separates cells: a comma, a semicolon, a tab, a bar, or what the first line says. */
  readonly delimiter: string;
  /** Rows with anything in them. Throws an Error in words for what is no CSV. */
  readonly rows: AsyncIterable<CsvRow>;
}

/** A quote that is never closed would make a row of the whole rest of a file. */
const LONGEST_ROW = 1_000_000;
const LONGEST_HEADER = 64 * 1024;

/**
 * Opens a list: CSV as RFC 4180 has it and as Excel writes it, with commas, semicolons, tabs or bars between cells, in the
 * encodings of `openText`. Throws an Error in words. `onRead` is told how much of the file has been read, 0 to 1.
 */
export async function openCsv(path: string, signal: AbortSignal, onRead: (part: number) => void): Promise<CsvInput> {
  const { name, texts } = await openText(path, signal, onRead);
  let start = '';
  for (;;) {
    const next = await texts.next();
    if (!next.done) start += next.value;
    else if (start.trim() === '') throw new Error(`${name} is empty.`);
    if (next.done || endOfRow(start) !== -1 || start.length > LONGEST_HEADER) break;
  }
  const dialect = dialectOf(start);
  const { delimiter } = dialect;
  const parser = parse({
    ...CSV_OPTIONS,
    delimiter,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    info: true,
  });
  // What goes wrong ends the parser, and with it the rows.
  pipeline(Readable.from(concatenated(start.slice(dialect.start), texts)), parser).catch(() => undefined);
  const rows = rowsOf(parser, name);
  const first = await rows.next();
  if (first.done) throw new Error(`${name} has no rows.`);
  return { header: first.value.cells, delimiter, rows };
}

async function* rowsOf(parser: AsyncIterable<unknown>, name: string): AsyncGenerator<CsvRow, void> {
  try {
    for await (const each of parser) {
      const { record, info } = each as { readonly record: readonly string[]; readonly info: Info };
      if (record.some((cell) => cell.trim() !== '')) yield { cells: record, line: info.lines };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Error(`${name}: ${faultOf(error)}`, { cause: error });
  }
}

function faultOf(error: CsvError): string {
  const line = Number(error['lines'] ?? 0);
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return `a quote that is opened before line ${line} is not closed.`;
  if (error.code !== 'CSV_MAX_RECORD_SIZE') return error.message;
  const most = LONGEST_ROW.toLocaleString('en');
  return `the row that ends in line ${line}, or goes on there, has more than ${most} characters. Perhaps a quote is not closed.`;
}

async function* concatenated(start: string, rest: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  if (start !== '') yield start;
  yield* rest;
}
