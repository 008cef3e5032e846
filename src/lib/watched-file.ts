import { readSmallFile } from './read-small-file.js';

/** The value of a small text file, which follows the file. */
export interface WatchedFile<T> {
  /** What the file said when it was last readable. */
  current(): T;
  close(): void;
}

export interface WatchOptions<T> {
  /** Throws an Error, whose message must not quote the text, if the file cannot be used. */
  readonly parse: (text: string) => T | Promise<T>;
  /** Called after the value has changed. */
  readonly onChange: (value: T) => void;
  /** Called once when the file cannot be used any more, the value being kept, and with null when it can again. */
  readonly onFault: (fault: Error | null) => void;
  /** How often the file is looked at, in milliseconds. */
  readonly everyMs?: number;
  /** A larger file cannot be used. @default 1 MiB */
  readonly largestBytes?: number;
}

const LOOK_EVERY_MS = 1_000;

/**
 * Reads the file, then again whenever it changes: written in place, replaced by a rename, or reached by another symbolic
 * link (as Kubernetes replaces mounted secrets). It is looked at by its path, since notifications of the operating system
 * are lost with the file that they were asked of. Rejects if the file cannot be read or parsed at first.
 */
export async function watchFile<T>(path: string, options: WatchOptions<T>): Promise<WatchedFile<T>> {
  const { parse, onChange, onFault, everyMs = LOOK_EVERY_MS, largestBytes } = options;
  let text = await readSmallFile(path, largestBytes);
  let value = await parse(text);
  let fault: Error | null = null;
  let looking = false;
  let closed = false;

  async function look(): Promise<void> {
    let found: Error | null = null;
    try {
      const read = await readSmallFile(path, largestBytes);
      if (read !== text) {
        const parsed = await parse(read);
        if (closed) return;
        [text, value] = [read, parsed];
        onChange(value);
      }
    } catch (error) {
      found = error instanceof Error ? error : new Error(String(error));
    }
    if (closed || found?.message === fault?.message) return;
    fault = found;
    onFault(fault);
  }

  const timer = setInterval(() => {
    // A file system that does not respond is asked once, not once a second.
    if (looking) return;
    looking = true;
    void look().finally(() => (looking = false));
  }, everyMs).unref();

  return {
    current: () => value,
    close() {
      closed = true;
      clearInterval(timer);
    },
  };
}
