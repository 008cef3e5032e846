import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { LARGEST_BODY_BYTES } from '../response-body.js';
import { UsageLogUnreadable } from './usage-log.js';

/** Of a row: a report and what belongs to it. */
const LARGEST_ROW = LARGEST_BODY_BYTES;

/** What is wrong with the text, by the parser's codes. Its own messages quote what they are about. */
const FAULTS: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `It has a row of more than ${LARGEST_ROW / 1024 / 1024} MB.`,
  CSV_QUOTE_NOT_CLOSED: 'It ends within a quoted cell.',
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'Its rows do not all have as many cells as its header.',
};

/** What begins so. */
const OTHERS: Readonly<Record<string, string>> = { '<': 'a page of HTML or XML', '{': 'JSON', '[': 'JSON' };

/**
 * Calls `each` with the cells of each row, the header first, while the text arrives. Throws UsageLogUnreadable for what is no
 * CSV in UTF-8 or has no header, the error of `bytes`, what `each` throws, or the signal's reason.
 */
export async function parseUsageLog(
  bytes: Readable,
  each: (cells: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let rows = 0;
  const parser = parse({
    bom: true,
    max_record_size: LARGEST_ROW,
    record_delimiter: ['\r\n', '\n'],
    skip_empty_lines: true,
    on_record(cells: readonly string[]) {
      rows += 1;
      each(cells);
      // Nothing is kept, nor read from the parser.
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(bytes, textOnly(), parser, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CsvError)) throw error;
    throw new UsageLogUnreadable(FAULTS[error.code] ?? 'It is not well-formed CSV.', { cause: error.code });
  }
  if (rows === 0) throw new UsageLogUnreadable('It is empty.');
}

/** Passes on what is text in UTF-8 and may be CSV. */
function textOnly(): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let begun = false;
  const check = (chunk?: Buffer): Error | null => {
    try {
      const text = decoder.decode(chunk, { stream: chunk !== undefined });
      if (text.includes('\0')) return notText();
      const [first] = /\S/.exec(begun ? '' : text) ?? [];
      begun ||= first !== undefined;
      const other = OTHERS[first ?? ''];
      return other === undefined ? null : new UsageLogUnreadable(`It is ${other}, not CSV.`);
    } catch {
      return notText();
    }
  };
  return new Transform({
    // Each chunk in a turn of its own, so that others have theirs while a large log is read.
    transform: (chunk: Buffer, _encoding, done) => void setImmediate(() => done(check(chunk), chunk)),
    flush: (done) => done(check()),
  });
}

function notText(): Error {
  return new UsageLogUnreadable('It is not text in UTF-8.');
}
