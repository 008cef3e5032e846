import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { HttpHeaders } from './http.js';

/** The largest decoded body accepted. The largest known report is less than a hundredth of it. */
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

type Decompress = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECOMPRESSORS: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** The body as text, decompressed according to its `Content-Encoding`. Throws if it is too large or cannot be decoded. */
export async function readBody(body: AsyncIterable<Buffer>, contentEncoding: HttpHeaders[string]): Promise<string> {
  const bytes = await decompress(await readCapped(body), String(contentEncoding ?? 'identity'));
  return new TextDecoder().decode(bytes);
}

async function readCapped(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LARGEST_BODY_BYTES) throw new Error(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** The request asks for identity encoding, but a proxy may compress the response anyway. */
async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '' || bytes.length === 0) return bytes;
  const decompressor = DECOMPRESSORS[name];
  if (!decompressor)
    throw new Error(`The body's content encoding ${JSON.stringify(name.slice(0, 40))} is not supported.`);
  return decompressor(bytes, { maxOutputLength: LARGEST_BODY_BYTES });
}
