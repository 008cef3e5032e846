import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { openPipe } from './pipe.js';

/** The name of the standard input, as of other programs. */
const STANDARD_INPUT = '-';
/** Enough to tell an encoding or a kind of file by. */
const TELLING_BYTES = 4;

export interface TextInput {
  /** What it is called in messages. */
  readonly name: string;
  /** The text, piece by piece. Throws an Error in words. */
  readonly texts: AsyncGenerator<string, void>;
}

/**
 * Opens a text in UTF-8, or in UTF-16 with a byte-order mark: a file, or the standard input where the path is `-`. Throws an Error in
 * words. `onRead` is told how much of a file has been read, 0 to 1.
 */
export async function openText(path: string, signal: AbortSignal, onRead: (part: number) => void): Promise<TextInput> {
  const isStandard = path === STANDARD_INPUT;
  const name = isStandard ? 'The standard input' : path;
  if (isStandard && process.stdin.isTTY)
    throw new Error('The standard input is a terminal: name a file, or pipe a list into it.');
  const size = isStandard ? null : await sizeOf(path);
  const openSource = async (): Promise<AsyncIterable<unknown>> => {
    if (isStandard) return addAbortSignal(signal, process.stdin);
    return size === null ? openPipe(path, signal) : createReadStream(path, { signal });
  };
  const onBytes = (bytes: number): void => onRead(size === null || size === 0 ? 0 : Math.min(bytes / size, 1));
  return { name, texts: decoded(openSource, name, onBytes, signal) };
}

/** Null: it is a pipe, and nobody knows how much will come. */
async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${error.message}`);
  });
  if (found.isDirectory()) throw new Error(`${path} is a directory.`);
  return found.isFIFO() ? null : found.size;
}

async function* decoded(
  openSource: () => Promise<AsyncIterable<unknown>>,
  name: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  let encoding: string | null = null;
  let decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  try {
    for await (const chunk of withWholeStart(await openSource())) {
      if (encoding === null) {
        encoding = encodingOf(chunk, name);
        decoder = new TextDecoder(encoding, { fatal: true });
      }
      bytes += chunk.length;
      onBytes(bytes);
      yield textOf(decoder.decode(chunk, { stream: true }));
    }
    yield decoder.decode();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TypeError) throw new Error(notText(name, encoding), { cause: error });
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new Error(`${name} cannot be read: ${error.message}`, { cause: error });
  }
}

/** What comes, with a first piece that is long enough to tell by, whatever a pipe cuts it into. */
async function* withWholeStart(source: AsyncIterable<unknown>): AsyncGenerator<Buffer, void> {
  let start: Buffer | null = Buffer.alloc(0);
  for await (const piece of source) {
    const chunk: Buffer = start === null ? (piece as Buffer) : Buffer.concat([start, piece as Buffer]);
    start = start !== null && chunk.length < TELLING_BYTES ? chunk : null;
    if (start === null) yield chunk;
  }
  if (start !== null && start.length > 0) yield start;
}

function encodingOf(start: Buffer, name: string): string {
  const isAt = (...bytes: number[]): boolean => bytes.every((byte, at) => start[at] === byte);
  if (isAt(0xff, 0xfe)) return 'utf-16le';
  if (isAt(0xfe, 0xff)) return 'utf-16be';
  if (isAt(0x50, 0x4b, 0x03, 0x04) || isAt(0xd0, 0xcf, 0x11, 0xe0))
    throw new Error(`${name} is no CSV but a workbook: save it as CSV.`);
  return 'utf-8';
}

/** A character that no text has: there are many in files of other kinds. */
function textOf(text: string): string {
  if (text.includes('\0')) throw new TypeError('There is a NUL in it.');
  return text;
}

function notText(name: string, encoding: string | null): string {
  return encoding?.startsWith('utf-16')
    ? `${name} is damaged: it begins as text in UTF-16, and does not go on so.`
    : `${name} is not text in UTF-8. In Excel, save it as “CSV UTF-8”; in other programs, choose the character set UTF-8.`;
}
