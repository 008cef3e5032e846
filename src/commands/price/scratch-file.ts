import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Rows that are kept on disk between one look at the list and the next, so that memory need not hold the list. */
export interface ScratchFile<T> {
  write(rows: AsyncIterable<T>, signal: AbortSignal): Promise<void>;
  /** All that has been written, in the same order. */
  read(signal: AbortSignal): AsyncGenerator<T, void>;
  remove(): Promise<void>;
}

/** One line of JSON for each row. What an earlier run has left at this path is overwritten. */
export function createScratchFile<T>(path: string): ScratchFile<T> {
  return {
    async write(rows, signal) {
      await pipeline(Readable.from(linesOf(rows)), createWriteStream(path, { mode: 0o600 }), { signal });
    },

    async *read(signal) {
      let rest = '';
      for await (const piece of createReadStream(path, { encoding: 'utf8', signal })) {
        const lines = (rest + String(piece)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) yield JSON.parse(line) as T;
      }
    },

    remove: () => rm(path, { force: true }),
  };
}

async function* linesOf(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}
