import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { FullReportDocument, PayOnlyDocument, type AnswersInput } from '../generated/operations.js';
import { raw, type Step, type Upstream } from '../fixtures/upstream/upstream.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { codes } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

type Headers = Record<string, string>;

/** Sends this much of the body, then closes the connection. */
function cut(of: Step, after: number): Step {
  return { do: 'cut', of, after, ending: 'close' };
}

function linksOf(upstream: Upstream): string {
  return JSON.stringify({ Links: { PayReport: upstream.link('pay') }, Warnings: null, Errors: null });
}

const DAMAGED: [string, (text: string) => Step][] = [
  [
    'with a length two too large',
    (text) => cut(raw(text, 200, { 'content-length': `${text.length + 2}` }), text.length),
  ],
  ['without its last chunk', (text) => cut(raw(text, 200, { 'transfer-encoding': 'chunked' }), text.length)],
  ...['utf-8', 'none', 'identity, identity', 'snappy'].map((encoding): [string, (text: string) => Step] => [
    `in the encoding "${encoding}"`,
    (text) => raw(text, 200, { 'content-encoding': encoding }),
  ]),
  ...(
    [
      ['gzip', gzipSync, 'gzip'],
      ['gzip', gzipSync, 'identity, gzip'],
      ['gzip', gzipSync, null],
      ['gzip', gzipSync, 'br'],
      ['deflate', deflateSync, 'deflate'],
      ['raw deflate', deflateRawSync, 'deflate'],
      ['raw deflate', deflateRawSync, null],
      ['brotli', brotliCompressSync, 'br'],
      ['zstd', zstdCompressSync, 'zstd'],
      ['zstd', zstdCompressSync, 'utf-8'],
    ] as const
  ).map(([how, compress, named]): [string, (text: string) => Step] => [
    `compressed with ${how} and called ${named ?? 'nothing'}`,
    (text) => raw(compress(text), 200, encodingHeader(named)),
  ]),
  ['with 40 KB of headers', (text) => raw(text, 200, { 'content-security-policy': 'x'.repeat(40_000) })],
  ['with zero bytes behind it', (text) => raw(`${text}\0\0`)],
  ['with a script behind it', (text) => raw(`${text}<script>let a = { b: "}" };</script>`)],
  ['with a guard in front of it', (text) => raw(`)]}',\n${text}`)],
  ['that says gzip and is not', (text) => raw(text, 200, { 'content-encoding': 'gzip' })],
  ['with a byte-order mark', (text) => raw(`\uFEFF${text}`)],
  ['in UTF-16', (text) => raw(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
];

function encodingHeader(named: string | null): Headers {
  return named === null ? {} : { 'content-encoding': named };
}

describe.concurrent('a purchase answered with links', () => {
  it.for(DAMAGED)('%s is collected', async ([, damaged], { upstream, start }) => {
    upstream.script.submit.push(() => damaged(linksOf(upstream)));
    const server = await start();
    const { data, errors } = await server.run(PayOnlyDocument, { answers: SEATTLE });
    expect(errors).toEqual([]);
    expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
    expect(upstream.count('submit')).toBe(1);
  });

  it('that cannot be decoded is kept as it is, for a later release', async ({ upstream, start }) => {
    const bytes = Buffer.from([0x80, 0x81, 0xfe, 0x00, 0xff]);
    upstream.script.submit.push(raw(bytes));
    const server = await start();
    expect(codes(await server.run(PayOnlyDocument, { answers: SEATTLE }))).toEqual({
      'report.pay': 'SUBMISSION_UNCERTAIN',
    });
    await server.stop();
    expect(storedIn(server)).toContain(bytes.toString('base64'));
  });
});

/** The entries in the ledger of a stopped server, as text. */
function storedIn({ dataDir }: TestServer): string {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  const rows = db.prepare('SELECT data FROM entries').all();
  db.close();
  return JSON.stringify(rows);
}

/** Different answers for each number. */
function question(number: number): AnswersInput {
  return { ...SEATTLE, jobTitle: `Developer ${number}` };
}

describe('many purchases at once', () => {
  it('lose at most those in flight and five more when upstream resets each', async ({ upstream, start }) => {
    upstream.script.submit.otherwise({ do: 'slow', ms: 50, next: { do: 'accepted', next: { do: 'reset' } } });
    const server = await start();
    const ask = (index: number) => server.run(PayOnlyDocument, { answers: question(index) });
    const asked = await Promise.all(Array.from({ length: 150 }, (_, index) => ask(index)));
    expect(upstream.count('submit')).toBeLessThanOrEqual(37);
    const unsent = asked.filter((each) => codes(each)['report.pay'] === 'UPSTREAM_UNAVAILABLE');
    expect(unsent.length).toBeGreaterThanOrEqual(113);
    for (const { errors } of unsent) expect(errors[0]?.extensions['retryAfterMs']).toBeGreaterThan(0);
  });

  it('that are answered with nothing to collect are stopped after five', async ({ upstream, start }) => {
    upstream.script.submit.otherwise(raw('<html>Welcome</html>'));
    const server = await start();
    for (let index = 0; index < 20; index++) await server.run(PayOnlyDocument, { answers: question(index) });
    expect(upstream.count('submit')).toBe(5);
  });

  it('are not stopped by rejections', async ({ upstream, start }) => {
    upstream.script.submit.otherwise(raw('{"Errors":[{"AnswerId":"City","AnswerValue":"X"}]}', 400));
    const server = await start();
    for (let index = 0; index < 12; index++) await server.run(PayOnlyDocument, { answers: question(index) });
    expect(upstream.count('submit')).toBe(12);
  });

  it('take a token that is valid when they are sent', async ({ upstream, start }) => {
    upstream.options.tokenLifeMs = 2_500;
    upstream.options.expiresIn = 1;
    upstream.script.submit.otherwise({ do: 'slow', ms: 1_000, next: { do: 'usual' } });
    const server = await start();
    const asked = Array.from({ length: 150 }, (_, index) =>
      server.run(FullReportDocument, { answers: question(index) }),
    );
    for (const { errors } of await Promise.all(asked)) expect(errors).toEqual([]);
    expect(upstream.bought('pay')).toBe(150);
  });
});
