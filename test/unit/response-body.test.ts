import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBody, isJsonObject, storedText, undecodedBody } from '../../src/datasources/jobalyzer/response-body.js';

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

  it.each<[string, string, Buffer]>([
    ['UTF-16, little-endian, with its mark', '{"a":"ä"}', Buffer.from('\ufeff{"a":"ä"}', 'utf16le')],
    ['UTF-16, little-endian', '{"a":"ä"}', Buffer.from('{"a":"ä"}', 'utf16le')],
    ['UTF-16, big-endian, with its mark', '{"a":"ä"}', Buffer.from('\ufeff{"a":"ä"}', 'utf16le').swap16()],
    ['UTF-16, big-endian', '{"a":"ä"}', Buffer.from('{"a":"ä"}', 'utf16le').swap16()],
    ['UTF-8', '{"a":"ä"}', Buffer.from('{"a":"ä"}')],
  ])('may be in %s', (_, text, bytes) => {
    expect(decodeBody(bytes, undefined)).toBe(text);
    expect(decodeBody(gzipSync(bytes), 'gzip')).toBe(text);
  });

  it('may have passed several encodings, of which the last is undone first, and those that change nothing', () => {
    const twice = deflateSync(gzipSync('<html>'));
    expect(decodeBody(twice, 'gzip, deflate')).toBe('<html>');
    expect(decodeBody(twice, ' GZIP ,, identity, Deflate ')).toBe('<html>');
    expect(decodeBody(Buffer.from('<html>'), 'identity')).toBe('<html>');
    expect(decodeBody(Buffer.from('<html>'), '')).toBe('<html>');
    expect(decodeBody(gzipSync('<html>'), 'x-gzip')).toBe('<html>');
  });

  it.each<[string, Buffer]>([
    ['gzip', gzipSync(JSON_TEXT)],
    ['zlib', deflateSync(JSON_TEXT)],
    ['raw deflate', deflateRawSync(JSON_TEXT)],
    ['Brotli', brotliCompressSync(JSON_TEXT)],
    ['zstd', zstdCompressSync(JSON_TEXT)],
    ['zlib with a wrong checksum', withByte(deflateSync(JSON_TEXT), -1)],
    ['JSON as it is', Buffer.from(JSON_TEXT)],
  ])('that is %s is read under any name', (_, bytes) => {
    for (const encoding of [undefined, 'gzip', 'deflate', 'br', 'zstd', 'compress', 'utf-8'])
      expect(decodeBody(bytes, encoding), encoding).toBe(JSON_TEXT);
  });

  it('that is JSON but for single bytes is read without them', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(decodeBody(bytes, undefined)).toBe('{"a":"\ufffd"}');
  });

  it('is an object if it is JSON of one', () => {
    expect(['{}', ' \n{"a":[]}', '[]', 'null', '{', '"{}"', ''].map(isJsonObject)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('that nobody can read is stored as text, and read from there as soon as it can be', () => {
    const stored = undecodedBody(gzipSync(JSON_TEXT));
    expect(stored).toMatch(/^data:application\/octet-stream;base64,[A-Za-z0-9+/=]+$/);
    expect(storedText(stored)).toBe(JSON_TEXT);
    expect(storedText(undecodedBody(noise(1)))).toBe(undecodedBody(noise(1)));
    expect(storedText(JSON_TEXT)).toBe(JSON_TEXT);
  });

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
