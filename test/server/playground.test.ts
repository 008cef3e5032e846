import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registerPlayground } from '../../src/doors/http/playground.js';
import { newDirectory } from '../fixtures/directory.js';
import { usePages } from '../fixtures/pages/use-pages.js';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';

const assets = 'dist/playground';
const exampleTabs = [
  'SoftwareDeveloperInSeattle',
  'CompareCities',
  'FollowReport',
  'SkillImpact',
  'Suggestions',
  'RequestReport',
  'Usage',
];

describe.concurrent('the playground in a browser', () => {
  usePages();
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(() => server?.close());

  it('loads only from its own server, without CSP violations or errors', async ({ openPage, expect }) => {
    const { page, sent, complaints } = await openPage();
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));

    await openPlayground(page, server.url);
    await runActiveTab(page);
    // Error underlines are rendered differently from the rest, so the CSP must allow them too.
    await page.locator('.graphiql-query-editor .view-line').last().click();
    await page.keyboard.type('mistake');
    await page.locator('.graphiql-query-editor .squiggly-error').first().waitFor();

    const requests = sent.filter((text) => URL.canParse(text));
    expect(requests).toContain(`${server.url}/graphql`);
    expect(requests.filter((url) => new URL(url).origin !== server.url)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(sockets, 'no subscription has been run').toEqual([]);
  });

  it('reads the schema of a server with a safelist, which refuses what is not on it', async ({
    openPage,
    expect,
    onTestFinished,
  }) => {
    const { path, remove } = await newDirectory();
    onTestFinished(remove);
    const file = join(path, 'safelist.json');
    await writeFile(file, '{"typename":"{ __typename }"}');
    const listed = await startTestServer({ env: { SAFELIST_FILE: file } });
    onTestFinished(() => listed.close());
    const { page } = await openPage();
    const introspection = page.waitForResponse(
      async (response) => response.url() === `${listed.url}/graphql` && (await response.text()).includes('__schema'),
    );
    await openPlayground(page, listed.url);
    expect((await introspection).status()).toBe(200);
    expect((await runActiveTab(page)).errors).toMatchObject([{ extensions: { code: 'OPERATION_NOT_LISTED' } }]);
  });

  it('loads the workers of its language services from its own server', async ({ openPage, expect }) => {
    const { page } = await openPage();
    await openPlayground(page, server.url);

    await expect
      .poll(() => page.workers().map((worker) => worker.url()))
      .toEqual(expect.arrayContaining([expect.stringMatching(/\/graphql\.worker-.*\.js$/)]));
    for (const worker of page.workers()) {
      expect(worker.url().startsWith(`${server.url}/graphiql/assets/`), worker.url()).toBe(true);
    }
  });

  it('opens one tab per example', async ({ openPage, expect }) => {
    const { page } = await openPage();
    await openPlayground(page, server.url);

    expect(await page.title()).toBe('Jobalyzer GraphQL');
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual(exampleTabs);
  });

  it('runs the first example with the execute button, and shows a spinner and then the figures', async ({
    openPage,
    expect,
  }) => {
    const { page } = await openPage();
    await openPlayground(page, server.url);
    // Hold the request back until the page shows its spinner.
    await page.route(`${server.url}/graphql`, async (route) => {
      await page.locator('.graphiql-response .graphiql-spinner').waitFor();
      await route.continue();
    });

    const { data, errors } = await runActiveTab(page);

    expect(errors).toBeUndefined();
    const { basePay } = data.report.pay;
    expect(basePay.percentile50).toBeGreaterThan(0);
    for (const figure of [basePay.percentile10, basePay.percentile50, basePay.percentile90]) {
      await expect.poll(() => shownResult(page)).toContain(String(figure));
    }
    await expect.poll(() => page.locator('.graphiql-spinner').count()).toBe(0);
  });

  it('runs every example without errors', async ({ openPage, expect }) => {
    const { page } = await openPage();
    await openPlayground(page, server.url);

    // FollowReport uses a WebSocket and is tested in test/server/live.
    for (const name of exampleTabs.filter((tab) => tab !== 'FollowReport')) {
      await openTab(page, name);
      const { data, errors } = await runActiveTab(page);
      expect(errors, name).toBeUndefined();
      expect(data, name).toBeTruthy();
      await expect.poll(() => shownResult(page), { message: name }).toContain('"data"');
    }
  });

  it('folds the pane of variables in a tab without any, and leaves alone what the visitor does with it', async ({
    openPage,
    expect,
  }) => {
    const { page } = await openPage();
    await openPlayground(page, server.url);
    const variables = page.locator('.graphiql-editor-tool');
    const shown = async (): Promise<boolean> => (await variables.boundingBox())!.x >= 0;

    await expect.poll(shown, { message: 'the first example has no variables' }).toBe(false);
    await openTab(page, 'CompareCities');
    await expect.poll(shown, { message: 'the cities are variables' }).toBe(true);
    await openTab(page, 'Suggestions');
    await expect.poll(shown, { message: 'no variables' }).toBe(false);

    await page.getByRole('button', { name: 'Show editor tools' }).click();
    await expect.poll(shown, { message: 'asked for' }).toBe(true);
    await variables.locator('.view-lines').first().click();
    await page.keyboard.insertText('{ "unused": 1 }');
    await page.getByRole('button', { name: 'Hide editor tools' }).click();
    await expect.poll(shown, { message: 'no longer asked for, with variables' }).toBe(false);
    await openTab(page, 'SkillImpact');
    await openTab(page, 'Suggestions');
    await expect.poll(shown, { message: 'what is in it now is shown' }).toBe(true);
  });

  it('has the operation above its result in a window of 400 px, all of it within reach', async ({
    openPage,
    expect,
  }) => {
    const { page } = await openPage({ width: 400 });
    await openPlayground(page, server.url);
    await runActiveTab(page);
    await expect.poll(() => shownResult(page)).toContain('"data"');

    const boxOf = async (selector: string) => (await page.locator(selector).boundingBox())!;
    const [editor, result] = [await boxOf('.graphiql-query-editor .monaco-editor'), await boxOf('.result-window')];
    expect(result.y).toBeGreaterThan(editor.y + editor.height);
    for (const box of [editor, result]) expect(box).toMatchObject({ width: expect.toSatisfy((px) => px > 250) });
    for (const box of [result, await boxOf('.graphiql-execute-button'), await boxOf('.graphiql-editor-tools')]) {
      expect(box.x + box.width).toBeLessThanOrEqual(400);
      expect(box.y + box.height).toBeLessThanOrEqual(900);
    }
    const size = 'document.documentElement.scrollWidth + "x" + document.documentElement.scrollHeight';
    expect(await page.evaluate(size), 'nothing to scroll to').toBe('400x900');

    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const documentation = await boxOf('.graphiql-plugin');
    expect(documentation.width).toBeGreaterThan(350);
    expect(documentation.height).toBeGreaterThan(500);
    await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
    await expect.poll(async () => (await boxOf('.result-window')).width).toBe(result.width);
  });

  it('shows a banner when the data is simulated, also in a browser that keeps nothing', async ({
    openPage,
    expect,
  }) => {
    const { page } = await openPage();
    await page.addInitScript(
      'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("", "SecurityError"); } })',
    );
    await openPlayground(page, server.url);

    const banner = page.getByRole('status').filter({ hasText: 'Simulated data' });
    expect(await banner.isVisible()).toBe(true);
  });

  it('shows no banner when the data is real', async ({ openPage, expect, onTestFinished }) => {
    const app = Fastify();
    registerPlayground(app, { simulated: false, assets });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    // After the page: the server would wait for the browser's keep-alive connection.
    onTestFinished(() => app.close());
    const { page } = await openPage();
    await openPlayground(page, url);
    expect(await page.getByText('Simulated data').count()).toBe(0);
  });
});

describe('the playground over HTTP', () => {
  let app: FastifyInstance;

  afterEach(() => app.close());

  it('redirects /graphiql to /graphiql/ with a relative location, for proxies with a path prefix', async () => {
    app = Fastify();
    registerPlayground(app, { simulated: true, assets });

    const answer = await app.inject('/graphiql');

    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe('graphiql/');
  });

  it('serves the page with no-cache, its assets as immutable, and both with security headers', async () => {
    app = Fastify();
    registerPlayground(app, { simulated: true, assets });

    const page = await app.inject('/graphiql/');
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(page.body)?.[1];
    const asset = await app.inject(`/graphiql/${script}`);

    expect(page.headers['cache-control']).toBe('no-cache');
    expect(asset.statusCode).toBe(200);
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const { headers } of [page, asset]) {
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('responds with build instructions when its bundle is missing', async () => {
    app = Fastify();
    registerPlayground(app, { simulated: true, assets: 'dist/no-such-directory' });

    const answer = await app.inject('/graphiql/');

    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build');
    expect((await app.inject('/graphiql/assets/index.js')).statusCode).toBe(404);
  });
});

async function openPlayground(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/graphiql`);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
}

async function openTab(page: Page, name: string): Promise<void> {
  await page.locator('.graphiql-tab-button', { hasText: name }).click();
}

/** Clicks the execute button and returns the server's response. */
async function runActiveTab(page: Page) {
  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/graphql') && !response.request().postData()?.includes('IntrospectionQuery'),
  );
  await page.locator('button.graphiql-execute-button').click();
  return (await answered).json();
}

/** The text of the result pane, in which Monaco uses no-break spaces. */
async function shownResult(page: Page): Promise<string> {
  const lines = await page.locator('.graphiql-response .view-line').allTextContents();
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
