import * as zlib from 'node:zlib';
import type { HttpHeaders } from './http.js';

/** The largest decoded body accepted. The largest known report is less than a hundredth of it. */
export const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

export class BodyTooLarge extends Error {}

type Decompress = (bytes: Buffer) => Buffer;

const maxOutputLength = LARGEST_BODY_BYTES;
// What arrived of a body that was cut off is decompressed as well.
const cut = { maxOutputLength, finishFlush: zlib.constants.Z_SYNC_FLUSH };
const gunzip: Decompress = (bytes) => zlib.gunzipSync(bytes, cut);
const inflate: Decompress = (bytes) => zlib.inflateSync(bytes, cut);
const inflateRaw: Decompress = (bytes) => zlib.inflateRawSync(bytes, cut);
const brotli: Decompress = (bytes) =>
  zlib.brotliDecompressSync(bytes, { maxOutputLength, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
/** Missing in the oldest supported Node. */
const zstd: Decompress = (bytes) =>
  zlib.zstdDecompressSync(bytes, { maxOutputLength, finishFlush: zlib.constants.ZSTD_e_flush });
// What is in front of the compressed data of gzip and zlib. Without it, neither checksum nor what follows is looked at.
const gunzipUnchecked: Decompress = (bytes) => inflateRaw(bytes.subarray(10));
const inflateUnchecked: Decompress = (bytes) => inflateRaw(bytes.subarray(2));
const gunzipTwice: Decompress = (bytes) => gunzip(gunzip(bytes));

const DECOMPRESSORS: Readonly<Record<string, Decompress>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  // Many servers mean raw deflate.
  deflate: (bytes) => attempt(() => inflate(bytes)) ?? inflateRaw(bytes),
  br: brotli,
  zstd,
};

const GUESSES = [gunzip, zstd, inflate, inflateRaw, brotli, gunzipUnchecked, inflateUnchecked, gunzipTwice];

/**
 * The body as text; null if it cannot be decoded. What `Content-Encoding` says is only a hint: proxies name encodings
 * that they did not apply, that do not exist, or none, and what was paid for is read all the same.
 */
export function decodeBody(bytes: Buffer, contentEncoding: HttpHeaders[string]): string | null {
  const encodings = namedEncodings(contentEncoding);
  const asIs: Decompress = (raw) => raw;
  const plain = encodings.length === 0 ? strictText(bytes) : null;
  if (plain !== null) return plain;
  const [named, unnamed] = [decoderOf(encodings), asIs].map((decode) => attempt(() => strictText(decode(bytes))));
  for (const text of [named, unnamed]) if (text && isJsonObject(text)) return text;
  // A guess is right if it finds JSON. Bytes that nobody can read yet also decode to something, often to nothing.
  for (const decode of GUESSES) {
    const text = attempt(() => strictText(decode(bytes)));
    if (text !== null && isJsonObject(text)) return text;
  }
  const lossy = new TextDecoder().decode(bytes);
  if (isJsonObject(lossy)) return lossy;
  return named || unnamed || (bytes.length === 0 ? '' : null);
}

const UNDECODED = 'data:application/octet-stream;base64,';

/** A body that cannot be decoded, as text to store, from which a later release may read it. */
export function undecodedBody(bytes: Buffer): string {
  return UNDECODED + bytes.toString('base64');
}

/** The text of a stored body: decoded, if it could not be when it was stored. */
export function storedText(body: string): string {
  if (!body.startsWith(UNDECODED)) return body;
  return decodeBody(Buffer.from(body.slice(UNDECODED.length), 'base64'), undefined) ?? body;
}

export function isJsonObject(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  return attempt(() => typeof JSON.parse(text) === 'object') ?? false;
}

/** Those that were applied to the body, the last one first. */
function namedEncodings(contentEncoding: HttpHeaders[string]): string[] {
  return String(contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
    .toReversed();
}

function decoderOf(encodings: readonly string[]): Decompress {
  return (bytes) =>
    encodings.reduce((left, name) => {
      const decompress = DECOMPRESSORS[name];
      return decompress ? decompress(left) : left;
    }, bytes);
}

/** Null if the bytes are not text in UTF-8, or in UTF-16 as its first bytes show. */
function strictText(bytes: Buffer): string | null {
  const [first, second] = bytes;
  const littleEndian = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const bigEndian = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  const encoding = littleEndian ? 'utf-16le' : bigEndian ? 'utf-16be' : 'utf-8';
  return attempt(() => new TextDecoder(encoding, { fatal: true }).decode(bytes));
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
