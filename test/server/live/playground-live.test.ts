import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../helpers/browser.js';
import { startTestServer, type TestServer } from '../../helpers/server.js';
import { pending, startUpstream } from '../../helpers/upstream.js';

interface Frames {
  readonly url: string;
  readonly sent: string[];
  readonly received: string[];
  closed: boolean;
}

describe('the playground follows a report', { timeout: 60_000 }, () => {
  let server: TestServer;
  let browser: Browser;
  let closeBrowser: (() => Promise<void>) | undefined;

  // The first run may have to install the browser.
  beforeAll(async () => {
    ({ browser, close: closeBrowser } = await openBrowser());
    server = await startTestServer();
  }, 600_000);

  afterAll(async () => {
    await closeBrowser?.();
    await server?.close();
  });

  it('event by event until the figures arrive, connecting only to its own server', async () => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    const { requests, complaints, sockets } = watch(page);
    await openTab(page, server);
    expect(sockets, 'no socket before the operation is run').toEqual([]);

    await page.locator('button.graphiql-execute-button').click();
    await page.locator('button.graphiql-execute-button[aria-label^="Stop"]').waitFor();
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          for (const [, status = ''] of (await shownResult(page)).matchAll(/"status": "(\w+)"/g)) seen.add(status);
          return [...seen];
        },
        { timeout: 40_000, interval: 30 },
      )
      .toContain('READY');
    // The subscription has completed when the button is back to Execute.
    await page.locator('button.graphiql-execute-button[aria-label^="Execute"]').waitFor();
    expect([...seen], 'earlier statuses were shown too').not.toEqual(['READY']);
    const shown = await shownResult(page);
    expect(Number(/"percentile50": (\d+)/.exec(shown)?.[1])).toBeGreaterThan(0);
    expect(shown).not.toContain('"errors"');

    const wsUrl = server.url.replace(/^http/, 'ws');
    expect(sockets.map(({ url }) => url)).toEqual([`${wsUrl}/graphql`]);
    const [socket] = sockets;
    const received = (socket?.received ?? []).map((text) => JSON.parse(text) as { type: string; payload?: unknown });
    expect(received.at(0)?.type).toBe('connection_ack');
    expect(received.at(-1)?.type).toBe('complete');
    const ready = received.filter(({ payload }) => JSON.stringify(payload)?.includes('"status":"READY"'));
    expect(ready, 'one per type').toHaveLength(2);
    expect(requests.filter((url) => new URL(url).origin !== server.url)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('until the stop button is clicked', async () => {
    const upstream = await startUpstream();
    upstream.script.poll('pay').otherwise(pending(200));
    const following = await startTestServer({ upstream });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    const { sockets, complaints } = watch(page);
    await openTab(page, following);

    await page.locator('button.graphiql-execute-button').click();
    await expect.poll(() => shownResult(page)).toContain('"PENDING"');
    await page.locator('button.graphiql-execute-button[aria-label^="Stop"]').click();
    await expect
      .poll(() => sockets[0]?.closed || sockets[0]?.sent.some((text) => text.includes('"complete"')))
      .toBe(true);
    const told = sockets[0]?.received.length;
    const polls = upstream.count('poll');
    await expect
      .poll(() => upstream.count('poll'), { message: 'the report is still collected' })
      .toBeGreaterThan(polls + 3);
    expect(sockets[0]?.received.length).toBe(told);
    expect(complaints).toEqual([]);

    await context.close();
    await following.close();
    await upstream.close();
  });
});

async function openTab(page: Page, { url }: TestServer): Promise<void> {
  await page.goto(`${url}/graphiql`);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.locator('.graphiql-tab-button', { hasText: 'FollowReport' }).click();
}

/** Records the page's requests, sockets and errors from now on. */
function watch(page: Page) {
  const seen = { requests: [] as string[], complaints: [] as string[], sockets: [] as Frames[] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('websocket', (socket) => {
    const frames: Frames = { url: socket.url(), sent: [], received: [], closed: false };
    seen.sockets.push(frames);
    socket.on('framesent', ({ payload }) => frames.sent.push(String(payload)));
    socket.on('framereceived', ({ payload }) => frames.received.push(String(payload)));
    socket.on('close', () => (frames.closed = true));
  });
  page.on('pageerror', (error) => seen.complaints.push(error.message));
  // Chromium also reports CSP violations here.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.complaints.push(message.text());
  });
  return seen;
}

/** The text of the result pane, in which Monaco uses no-break spaces. */
async function shownResult(page: Page): Promise<string> {
  const lines = await page.locator('.graphiql-response .view-line').allTextContents();
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
