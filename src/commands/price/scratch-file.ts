import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** So much is written or read in one go. */
const AT_ONCE = 64 * 1024;

/** Rows that are kept on disk between one look at the list and the next, so that memory need not hold the list. */
export interface ScratchFile<T> {
  /** Once. */
  write(rows: AsyncIterable<T>, signal: AbortSignal): Promise<void>;
  /** All that has been written, in the same order. */
  read(signal: AbortSignal): AsyncGenerator<T, void>;
  close(): Promise<void>;
}

/**
 * Opens a file in a directory, with one line of JSON for each row. It has no name: no other run writes to it, nobody else finds it,
 * and nothing is left of it however the process ends.
 */
export async function openScratchFile<T>(directory: string): Promise<ScratchFile<T>> {
  const path = join(directory, `.jobalyzer-graphql-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await rm(path);
  return {
    async write(rows, signal) {
      let lines = '';
      for await (const row of rows) {
        signal.throwIfAborted();
        lines += `${JSON.stringify(row)}\n`;
        if (lines.length < AT_ONCE) continue;
        await file.appendFile(lines);
        lines = '';
      }
      await file.appendFile(lines);
    },

    async *read(signal) {
      const decoder = new TextDecoder();
      let rest = '';
      for (let at = 0; ;) {
        signal.throwIfAborted();
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(AT_ONCE), 0, AT_ONCE, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) yield JSON.parse(line) as T;
      }
    },

    close: () => file.close(),
  };
}
