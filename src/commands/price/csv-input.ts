import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse, type Info } from 'csv-parse';

export interface CsvRow {
  readonly cells: readonly string[];
  /** Of the file, from 1; that of its end, if the row has several. */
  readonly line: number;
}

export interface CsvInput {
  readonly header: readonly string[];
  /** What separates cells: a comma, a semicolon or a tab. */
  readonly delimiter: string;
  /** Rows with anything in them. Throws an Error in words for what is no CSV. */
  readonly rows: AsyncIterable<CsvRow>;
}

/** A quote that is never closed would make a row of the whole rest of a file. */
const LONGEST_ROW = 1_000_000;
const LONGEST_HEADER = 64 * 1024;
const DELIMITERS = [',', ';', '\t'];
/** A first line by which Excel is told what separates cells. */
const SEPARATOR_LINE = /^sep=([,;\t])\r?\n/i;

/**
 * Opens a list: CSV as RFC 4180 has it and as Excel writes it, with commas, semicolons or tabs between cells, in UTF-8, or in
 * UTF-16 with a byte-order mark. Throws an Error in words. `onRead` is told how much of the file has been read, 0 to 1.
 */
export async function openCsv(path: string, signal: AbortSignal, onRead: (part: number) => void): Promise<CsvInput> {
  const { size } = await statOf(path);
  const texts = decoded(path, signal, (bytes) => onRead(size === 0 ? 1 : Math.min(bytes / size, 1)));
  let start = '';
  for (;;) {
    const next = await texts.next();
    if (!next.done) start += next.value;
    if (next.done || endOfRow(start) !== -1 || start.length > LONGEST_HEADER) break;
  }
  if (start.trim() === '') throw new Error(`${path} is empty.`);
  const told = SEPARATOR_LINE.exec(start);
  const delimiter = told?.[1] ?? likeliestDelimiter(start);
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    info: true,
  });
  // What goes wrong ends the parser, and with it the rows.
  pipeline(Readable.from(concatenated(start.slice(told?.[0].length ?? 0), texts)), parser).catch(() => undefined);
  const rows = rowsOf(parser, path);
  const first = await rows.next();
  if (first.done) throw new Error(`${path} has no rows.`);
  return { header: first.value.cells, delimiter, rows };
}

async function statOf(path: string): Promise<{ readonly size: number }> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${error.message}`);
  });
  if (found.isDirectory()) throw new Error(`${path} is a directory.`);
  return found;
}

async function* rowsOf(parser: AsyncIterable<unknown>, path: string): AsyncGenerator<CsvRow, void> {
  try {
    for await (const each of parser) {
      const { record, info } = each as { readonly record: readonly string[]; readonly info: Info };
      if (record.some((cell) => cell.trim() !== '')) yield { cells: record, line: info.lines };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isQuote = error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE';
    const line = Number(error['lines'] ?? 0);
    throw new Error(
      isQuote ? `${path}: a quote that is opened before line ${line} is not closed.` : `${path}: ${error.message}`,
      { cause: error },
    );
  }
}

/** The text of a file, piece by piece. */
async function* decoded(
  path: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string, void> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path, { signal })) {
      const chunk = piece as Buffer;
      decoder ??= new TextDecoder(encodingOf(chunk, path), { fatal: true });
      bytes += chunk.length;
      onBytes(bytes);
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder?.decode() ?? '';
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error(
      `${path} is not text in UTF-8. In Excel, save it as “CSV UTF-8”; in other programs, choose the character set UTF-8.`,
      { cause: error },
    );
  }
}

function encodingOf(start: Buffer, path: string): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  if (start[0] === 0x50 && start[1] === 0x4b) throw new Error(`${path} is no CSV but a workbook: save it as CSV.`);
  if (start.includes(0)) throw new Error(`${path} is no text.`);
  return 'utf-8';
}

async function* concatenated(start: string, rest: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  if (start !== '') yield start;
  yield* rest;
}

/** Of those that separate cells somewhere, the one that is in the first row most often, outside of quotes. */
function likeliestDelimiter(text: string): string {
  const end = endOfRow(text);
  const header = text.slice(0, end === -1 ? undefined : end).replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Where the first row ends that is not blank; -1 if it goes on. */
function endOfRow(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r') && text.slice(0, at).trim() !== '') return at;
  }
  return -1;
}
