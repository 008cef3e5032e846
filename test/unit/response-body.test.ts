import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../src/datasources/jobalyzer/response-body.js';

const LARGEST = 8 * 1024 * 1024;

describe('the body of a response', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('that is compressed as %s may have 8 MB, and is not decompressed any further', (encoding, compress) => {
    expect(decodeBody(compress(Buffer.alloc(LARGEST, 'x')), encoding)).toHaveLength(LARGEST);
    const larger = decodeBody(compress(Buffer.alloc(2 * LARGEST, 'x')), encoding);
    expect(larger?.length ?? 0).toBeLessThanOrEqual(LARGEST);
    expect(larger?.slice(0, 100)).not.toBe('x'.repeat(100));
  });

  const JSON_TEXT = JSON.stringify({
    Links: { PayReport: 'https://jobalyzer.payscale.com/jobalyzer/v1/reports/1/pay' },
  });
  const checksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

  it.each<[string, string | undefined, Buffer]>([
    ['of gzip with a wrong checksum', 'gzip', withByte(gzipSync(JSON_TEXT), -6)],
    ['of gzip without its checksum', 'gzip', gzipSync(JSON_TEXT).subarray(0, -8)],
    ['of gzip with something behind it', 'gzip', Buffer.concat([gzipSync(JSON_TEXT), Buffer.from('more')])],
    ['of zlib with a wrong checksum', 'deflate', withByte(deflateSync(JSON_TEXT), -1)],
    ['of zstd without its checksum', 'zstd', zstdCompressSync(JSON_TEXT, checksum).subarray(0, -4)],
    ['of gzip that is compressed twice', 'gzip', gzipSync(gzipSync(JSON_TEXT))],
    ['of gzip with a wrong checksum and no name', undefined, withByte(gzipSync(JSON_TEXT), -6)],
  ])('%s is read if its JSON is complete', (_, encoding, bytes) => {
    expect(decodeBody(bytes, encoding)).toBe(JSON_TEXT);
  });

  it.each(['compress', 'gzip', 'deflate', 'br', 'zstd', undefined])(
    'that nobody can read is not taken for text, whatever it happens to decode to (%s)',
    (encoding) => {
      for (let number = 0; number < 60; number++) expect(decodeBody(noise(number), encoding)).toBeNull();
    },
  );

  it('that is a text in an encoding which was only named is that text', () => {
    expect(decodeBody(Buffer.from('<html>'), 'utf-8')).toBe('<html>');
    expect(decodeBody(gzipSync('<html>'), 'gzip')).toBe('<html>');
    expect(decodeBody(Buffer.alloc(0), 'gzip')).toBe('');
  });
});

function withByte(bytes: Buffer, at: number): Buffer {
  return Buffer.from(bytes.with(at, (bytes.at(at) ?? 0) ^ 0xff));
}

/** The same bytes for the same number, and never text: they begin with what no character in UTF-8 or UTF-16 does. */
function noise(number: number): Buffer {
  const bytes = Array.from({ length: 8 }, (_, part) => createHash('sha256').update(`${number}/${part}`).digest());
  return Buffer.concat([Buffer.from([0xff, 0xc0]), ...bytes]);
}
