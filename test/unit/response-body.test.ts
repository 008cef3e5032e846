import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
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
});
