import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newDirectory } from '../fixtures/directory.js';
import { startTestServer } from '../fixtures/server/server.js';

/** Scripts of the first view, as they are sent. */
const MOST_GZIP_BYTES = 120_000;

describe('the explorer over HTTP', () => {
  it('is served at / with its settings, its scripts compressed and immutable, under the policy of the pages', async () => {
    const server = await start();
    const page = await get(server.url);
    expect(page.headers['cache-control']).toBe('no-cache');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
    expect(page.text).toContain(
      '{&quot;simulated&quot;:true,&quot;playground&quot;:true,&quot;schema&quot;:true,&quot;authMode&quot;:&quot;none&quot;}',
    );
    const [script = ''] = scriptsOf(page.text);
    const plain = await get(`${server.url}/${script}`);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const [gzip, brotli] = await Promise.all([
      get(`${server.url}/${script}`, 'gzip'),
      get(`${server.url}/${script}`, 'br'),
    ]);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
    expect(brotli.body.length).toBeLessThan(gzip.body.length);
  });

  it(`needs less than ${MOST_GZIP_BYTES} bytes of script for its first view`, async () => {
    const page = await readFile('dist/explorer/index.html', 'utf8');
    const scripts = scriptsOf(page);
    expect(scripts).not.toEqual([]);
    const sizes = await Promise.all(scripts.map(async (path) => (await readFile(`dist/explorer/${path}.gz`)).length));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_GZIP_BYTES);
  });

  it('is not there when it is turned off', async () => {
    const { url } = await start({ EXPLORER: 'false' });
    expect((await get(url)).status).toBe(404);
    const on = await start({ NODE_ENV: 'production', SIMULATOR: 'true', EXPLORER: 'true' });
    expect((await get(on.url)).status).toBe(200);
  });

  it('has its own operations pass a safelist, and no others', async () => {
    const { path, remove } = await newDirectory();
    onTestFinished(remove);
    const file = join(path, 'safelist.json');
    await writeFile(file, '{"typename":"{ __typename }"}');
    const server = await start({ SAFELIST_FILE: file });
    const operations = JSON.parse(await readFile('dist/explorer/operations.json', 'utf8')) as string[];
    const price = operations.find((text) => text.includes('query Price')) ?? '';
    const answers = [{ jobTitle: 'Plumber', country: 'United States' }];
    expect(await server.run(price, { answers })).toMatchObject({
      data: { reports: [{ status: { pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' } }] },
    });
    const other = await server.run('{ viewer { name } }');
    expect(other.errors?.[0]?.extensions?.['code']).toBe('OPERATION_NOT_LISTED');
  });
});

async function start(env: Record<string, string> = {}) {
  const server = await startTestServer({ env });
  onTestFinished(() => server.close());
  return server;
}

/** Those that the browser loads before anything is shown. */
function scriptsOf(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path = '']) => path);
}

async function get(url: string, encoding = 'identity') {
  const { statusCode, headers, body } = await request(url, { headers: { 'accept-encoding': encoding } });
  const content = Buffer.from(await body.arrayBuffer());
  return { status: statusCode, headers, body: content, text: content.toString('utf8') };
}
