/** How the cells of a list are separated. */
export interface Dialect {
  readonly delimiter: string;
  /** Where its first row begins, in UTF-16 code units: behind a line that says what separates cells. */
  readonly start: number;
}

/**
 * What csv-parse is told besides: CSV as RFC 4180 has it and as programs write it. Lines end as they like, rows may have more or fewer
 * cells than the header, and a quote within a cell is a letter like others.
 */
export const CSV_OPTIONS = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
};

/** The earlier ones where the first row has as many of others. */
const DELIMITERS = [',', ';', '\t', '|'];
/** A first line by which Excel is told what separates cells. */
const SEPARATOR_LINE = /^"?sep=([^"\w\r\n])"?(?:\r\n|\r|\n)/i;

/** How a list is written, by its beginning without a byte-order mark. A longer beginning changes nothing once it has the first row. */
export function dialectOf(beginning: string): Dialect {
  const [line = '', told] = SEPARATOR_LINE.exec(beginning) ?? [];
  return { delimiter: told ?? likeliestDelimiter(beginning), start: line.length };
}

/** Of those that separate cells somewhere, the one that is in the first row most often, outside of quotes. */
function likeliestDelimiter(text: string): string {
  const end = endOfRow(text);
  const header = text.slice(0, end === -1 ? undefined : end).replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Where the first row ends that is not blank; -1 if it goes on. */
export function endOfRow(text: string): number {
  let quoted = false;
  let blank = true;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') quoted = !quoted;
    if (!quoted && !blank && (character === '\n' || character === '\r')) return at;
    blank &&= character.trim() === '';
  }
  return -1;
}
