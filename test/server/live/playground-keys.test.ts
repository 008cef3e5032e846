import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usePages } from '../../fixtures/pages/use-pages.js';
import { startTestServer, type TestServer } from '../../fixtures/server/server.js';

const KEY = 'key-of-the-shop-0001';

describe('the playground of a server that asks for keys', () => {
  usePages();
  let server: TestServer | undefined;

  beforeAll(async () => {
    server = await startTestServer({ env: { AUTH_MODE: 'api-key', API_KEYS: `shop:${KEY}` } });
  });

  afterAll(async () => {
    await server?.close();
  });

  it('sends the headers of its editor with queries, subscriptions and for the schema, and keeps none', async ({
    openPage,
  }) => {
    const { url } = server as TestServer;
    const { page } = await openPage();
    const sockets: string[] = [];
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sockets.push(String(payload))));
    await page.goto(`${url}/graphiql`);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();

    await execute(page);
    await expect.poll(() => shownResult(page)).toContain('"UNAUTHENTICATED"');

    await openTab(page, 'SkillImpact');
    await enterHeaders(page, JSON.stringify({ 'x-api-key': KEY }));
    const schema = page.waitForResponse(
      (response) => response.request().postData()?.includes('IntrospectionQuery') ?? false,
    );
    await page.locator('button[aria-label^="Re-fetch GraphQL schema"]').click();
    expect((await schema).status()).toBe(200);
    await execute(page);
    await expect.poll(() => shownResult(page)).toContain('"impacts"');

    await openTab(page, 'FollowReport');
    await enterHeaders(page, JSON.stringify({ authorization: `Bearer ${KEY}` }));
    await execute(page);
    await expect.poll(() => shownResult(page)).toContain('"READY"');
    expect(sockets[0]).toContain(`Bearer ${KEY}`);

    const stored = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href');
    expect(stored).toContain('FollowReport');
    expect(stored).not.toContain(KEY);
  });
});

async function openTab(page: Page, name: string): Promise<void> {
  await page.locator('.graphiql-tab-button', { hasText: name }).click();
}

async function enterHeaders(page: Page, headers: string): Promise<void> {
  await page.locator('.graphiql-editor-tools button', { hasText: 'Headers' }).click();
  await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  // As if pasted: the editor completes brackets that are typed.
  await page.keyboard.insertText(headers);
}

async function execute(page: Page): Promise<void> {
  await page.locator('button.graphiql-execute-button').click();
}

/** The text of the result pane, in which Monaco uses no-break spaces. */
async function shownResult(page: Page): Promise<string> {
  const lines = await page.locator('.graphiql-response .view-line').allTextContents();
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
