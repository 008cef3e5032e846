import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { safeCell } from '../../model/job-list/cell.js';
import type { Figure } from '../../model/job-list/figures.js';

/** So that spreadsheets read letters beyond ASCII as they are. */
const BYTE_ORDER_MARK = true;

/**
 * Writes a list as Excel opens it: in UTF-8 with a byte-order mark, with CRLF, and numbers with a decimal comma where semicolons
 * separate cells, as where such lists come from. The file appears at `path` once it is whole and on disk.
 */
export async function writeCsv(
  path: string,
  rows: AsyncIterable<readonly Figure[]>,
  delimiter: string,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  const file = await open(unfinished, 'wx');
  try {
    await pipeline(
      Readable.from(cellsOf(rows, delimiter === ';')),
      stringify({ delimiter, record_delimiter: '\r\n', quote_record_delimiter: true, bom: BYTE_ORDER_MARK }),
      file.createWriteStream({ flush: true }),
      { signal },
    );
    await rename(unfinished, path);
  } finally {
    await file.close();
    await rm(unfinished, { force: true });
  }
}

async function* cellsOf(rows: AsyncIterable<readonly Figure[]>, decimalComma: boolean): AsyncGenerator<string[]> {
  for await (const row of rows) {
    yield row.map((figure) => {
      if (typeof figure !== 'number') return safeCell(figure ?? '');
      return decimalComma ? String(figure).replace('.', ',') : String(figure);
    });
  }
}
