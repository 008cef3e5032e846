import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it, type TestContext } from 'vitest';
import { openBrowser } from '../fixtures/browser.js';
import { asked } from '../fixtures/server/responses.js';
import { gate } from '../fixtures/upstream/upstream.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { addressedTo, blocks, run, runFile, unpacked } from './programs.js';
import { compileForRelay } from './relay.js';

const PAGES = 'docs/clients';

/** Options with which TypeScript checks what Node runs. */
const NODE = ['--module', 'nodenext', '--target', 'es2024', '--erasableSyntaxOnly', '--verbatimModuleSyntax'];

describe.concurrent('a program of docs/clients runs as it is printed and prints what it promises:', () => {
  useServers();

  it.for([
    { page: 'graphql-ws.md', language: 'js', types: ['PAY', 'YOE'] },
    { page: 'graphql-sse.md', language: 'js', types: ['PAY'] },
    { page: 'curl.md', language: 'sh', types: ['PAY', 'YOE'] },
  ] as const)('$page follows a report', async ({ page, language, types }, context) => {
    const { upstream, start, expect } = context;
    const letGo = holdPurchase(context);
    const server = await start();
    const program = blocks(`${PAGES}/${page}`, language).at(-1) ?? '';
    const { code, output, errors } = await run(language, addressedTo(server.url, program), (printed) => {
      if (statuses(printed).length === types.length) letGo();
    });
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expectFollowed(context, output, types);
    expect(upstream.bought()).toBe(types.length);
  });

  it.for(['apollo-client.md', 'urql.md', 'relay.md'])(
    '%s follows a report in its cache, for which nothing but the subscription is sent',
    async (page, context) => {
      const { upstream, start, atEnd, expect } = context;
      const letGo = holdPurchase(context);
      const server = await start();
      const { path, remove } = await unpacked(`${PAGES}/${page}`, server.url);
      atEnd(remove);
      if (page === 'relay.md') await compileForRelay(path);
      const { code, output, errors } = await runFile(join(path, 'follow.js'), (printed) => {
        if (statuses(printed).length >= 2) letGo();
      });
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expectFollowed(context, output, ['PAY', 'YOE']);
      expect(asked(server)).toEqual([expect.stringMatching(/^followReport/i)]);
      expect(upstream.bought()).toBe(2);
    },
  );

  it('event-source.md follows a report in a browser', async (context) => {
    const { upstream, start, atEnd, expect } = context;
    const letGo = holdPurchase(context);
    const server = await start();
    const { browser, close } = await openBrowser();
    atEnd(close);
    // A page of the server's own origin, without the policy of one that loads nothing.
    const page = await browser.newPage({ bypassCSP: true });
    let output = '';
    page.on('console', (message) => {
      output += `${message.text()}\n`;
      if (statuses(output).length === 1) letGo();
    });
    await page.goto(`${server.url}/healthz`);
    const [program = ''] = blocks(`${PAGES}/event-source.md`, 'js');
    // As a module of the page, in which it may wait.
    await page.evaluate(`(async () => { ${addressedTo(server.url, program)} })()`);
    await expect.poll(() => output).toContain('complete');
    expectFollowed(context, output, ['PAY']);
    expect(upstream.bought()).toBe(1);
  });

  it('fetch.md asks again by id until the report is ready', async ({ upstream, start, expect }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const server = await start({ env: { REPORT_WAIT_MS: '100' } });
    const [program = ''] = blocks(`${PAGES}/fetch.md`, 'js');
    const { code, output, errors } = await run('js', addressedTo(server.url, program), () => held.release());
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/^(not ready yet\n)+104300 US Dollar\n$/);
    expect(upstream.bought()).toBe(1);
  });

  it('fetch.md shows what there is beside an error with graphql-request', async ({ upstream, start, expect }) => {
    const server = await start({ env: { BUDGET_REPORTS_PER_DAY: '1' } });
    const [, program = ''] = blocks(`${PAGES}/fetch.md`, 'js');
    const { code, output, errors } = await run('js', addressedTo(server.url, program));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toBe('report.yoe BUDGET_EXCEEDED\nmedian 104300\n');
    expect(upstream.bought()).toBe(1);
  });

  it('codegen.md gives operations and scalars their types', async ({ start, atEnd, expect }) => {
    const server = await start({ env: { INTROSPECTION: 'true' } });
    const { path, remove } = await unpacked(`${PAGES}/codegen.md`, server.url);
    atEnd(remove);
    const tool = (name: string, ...args: readonly string[]) =>
      promisify(execFile)(join(path, 'node_modules/.bin', name), args, { cwd: path, timeout: 240_000 });
    await tool('graphql-codegen');
    await tool('tsc', '--noEmit', '--strict', '--skipLibCheck', '--allowImportingTsExtensions', ...NODE, 'main.ts');
    const { code, output, errors } = await runFile(join(path, 'main.ts'));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/^104300 \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
  });

  it('curl.md gets the answer of a query', async ({ upstream, start, expect }) => {
    const server = await start();
    const [program = ''] = blocks(`${PAGES}/curl.md`, 'sh');
    const { code, output } = await run('sh', addressedTo(server.url, program));
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      data: {
        report: {
          id: expect.any(String),
          pay: { basePay: { percentile50: 104_300, currencyName: expect.any(String) } },
        },
      },
    });
    expect(upstream.bought()).toBe(1);
  });

  it('no other page has a program', ({ expect }) => {
    const programs = readdirSync(PAGES).map((page) => {
      const path = `${PAGES}/${page}`;
      return [page, blocks(path, 'js').length, blocks(path, 'sh').length];
    });
    expect(Object.fromEntries(programs.map(([page, ...counts]) => [page, counts]))).toEqual({
      'README.md': [0, 0],
      'apollo-client.md': [2, 0],
      'codegen.md': [0, 0],
      'curl.md': [0, 2],
      'event-source.md': [1, 0],
      'fetch.md': [2, 0],
      'graphql-sse.md': [1, 0],
      'graphql-ws.md': [1, 0],
      'relay.md': [3, 0],
      'urql.md': [2, 0],
    });
  });
});

/** Holds the purchase until it is released, so that the first event of each type is SUBMITTING. */
function holdPurchase({ upstream }: TestContext): () => void {
  const held = gate();
  upstream.script.submit.push(held);
  return () => held.release();
}

/** Each printed type with its status, as text or in JSON. */
function statuses(output: string): string[] {
  const found = output.matchAll(/\b(PAY|YOE)\W+(?:status\W+)?(SUBMITTING|PENDING|READY|FAILED)\b/g);
  return [...found].map(([, type, status]) => `${type} ${status}`);
}

function expectFollowed({ expect }: TestContext, output: string, types: readonly string[]): void {
  const printed = statuses(output);
  for (const type of types) {
    const own = printed.filter((line) => line.startsWith(type));
    const changes = own.filter((line, index) => line !== own[index - 1]);
    expect(changes, output).toEqual([`${type} SUBMITTING`, `${type} PENDING`, `${type} READY`]);
  }
  expect(new Set(printed.map((line) => line.split(' ')[0])), output).toEqual(new Set(types));
  expect(output).toMatch(/PAY\b[^\n]*READY\b[^\n]*\b104300\b/);
}
