import { closeSync, constants, fstatSync, openSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { delay } from './delay.js';

export interface LogOutput {
  /** Never blocks and never throws: a line that cannot be written is dropped and counted. */
  write(line: string): void;
  /** Writes what waits, for at most a second; nothing is written afterwards. */
  close(): Promise<void>;
}

/** How much may wait for a reader or a disk that does not keep up, in characters. What comes then is dropped. */
const MOST_WAITING = 1024 * 1024;
const MOST_AT_ONCE = 64 * 1024;
/** Lines of this time are written together: each write costs more than several lines. */
const GATHER_MS = 10;
const TRY_AGAIN_MS = 500;
const NOT_READY_MS = 50;
const CLOSE_WITHIN_MS = 1_000;

/**
 * The end of a log that must not stop the process, whatever it is written to: a full disk, or a pipe or terminal that
 * nobody reads. All writing is asynchronous. What fails is dropped, and as soon as something can be written again, it begins
 * with `notice`, a line that says how many lines were dropped.
 */
export function openLogOutput(fd: number, notice: (dropped: number) => string): LogOutput {
  const writer = openWriter(fd);
  let waiting: string[] = [];
  let size = 0;
  let dropped = 0;
  /** The last line was written in part. */
  let cut = false;
  let pumping: Promise<void> | null = null;
  let again: NodeJS.Timeout | undefined;
  const closed = new AbortController();

  function take(): string[] {
    let length = 0;
    const end = waiting.findIndex((line) => (length += line.length) > MOST_AT_ONCE);
    const lines = waiting.splice(0, end === -1 ? waiting.length : Math.max(end, 1));
    size -= lines.reduce((sum, line) => sum + line.length, 0);
    return lines;
  }

  /** Resolves to how many of the lines were written: all of them, unless it failed. */
  async function writeLines(lines: readonly string[]): Promise<number> {
    const start = cut ? '\n' : '';
    const bytes = Buffer.from(start + lines.join(''));
    let written = 0;
    while (written < bytes.length && !closed.signal.aborted) {
      try {
        written += await writer.writeSome(bytes.subarray(written));
        cut = bytes[written - 1] !== NEWLINE;
      } catch (error) {
        if (!isNotReady(error)) break;
        await delay(NOT_READY_MS, closed.signal).catch(() => undefined);
      }
    }
    if (written === bytes.length) return lines.length;
    let end = start.length;
    return lines.filter((line) => (end += Buffer.byteLength(line)) <= written).length;
  }

  async function pump(): Promise<void> {
    while ((waiting.length > 0 || dropped > 0) && !closed.signal.aborted) {
      const announced = dropped;
      if (announced > 0 && (await writeLines([notice(announced)])) === 0) return tryLater();
      dropped -= announced;
      const lines = take();
      const written = await writeLines(lines);
      dropped += lines.length - written;
      if (written < lines.length) return tryLater();
    }
  }

  function tryLater(): void {
    again = setTimeout(start, TRY_AGAIN_MS).unref();
  }

  function start(): void {
    again = undefined;
    pumping ??= pump().finally(() => (pumping = null));
  }

  return {
    write(line) {
      if (closed.signal.aborted || size > MOST_WAITING) return void (dropped += 1);
      waiting.push(line);
      size += line.length;
      if (!again && !pumping) again = setTimeout(start, GATHER_MS);
    },

    async close() {
      if (closed.signal.aborted) return;
      clearTimeout(again);
      start();
      await Promise.race([pumping, delay(CLOSE_WITHIN_MS, closed.signal).catch(() => undefined)]);
      closed.abort();
      clearTimeout(again);
      waiting = [];
      writer.close();
    },
  };
}

const NEWLINE = '\n'.charCodeAt(0);

function isNotReady(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EBUSY');
}

interface Writer {
  /** Writes bytes, perhaps not all of them; resolves to how many, and rejects if none can be written now. */
  writeSome(bytes: Buffer): Promise<number>;
  close(): void;
}

/**
 * Files are written by the thread pool. What may have a slow reader (a pipe, a terminal that Ctrl+S stopped) must not block
 * a thread either: the process could not exit. So it is opened a second time for writing without blocking, which leaves
 * others that have it open as they are; a socket, which cannot be opened again, is written by the event loop.
 */
function openWriter(fd: number): Writer {
  const stat = fstatSync(fd);
  if (stat.isFile()) return fileWriter(fd);
  const own = openAgain(fd);
  if (own !== null) return fileWriter(own, () => closeSync(own));
  return stat.isFIFO() || stat.isSocket() ? socketWriter(fd) : fileWriter(fd);
}

/** Null if that is not possible: for a socket, for another user's terminal, and where there is no /proc. */
function openAgain(fd: number): number | null {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return null;
  }
}

function fileWriter(fd: number, close = (): void => undefined): Writer {
  return {
    writeSome: (bytes) =>
      new Promise((resolve, reject) =>
        write(fd, bytes, (error, written) => (error ? reject(error) : resolve(written))),
      ),
    close,
  };
}

function socketWriter(fd: number): Writer {
  const socket = new Socket({ fd, readable: false, writable: true });
  // Each write is told itself.
  socket.on('error', () => undefined);
  return {
    writeSome: (bytes) =>
      new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)))),
    close: () => void socket.destroy(),
  };
}
