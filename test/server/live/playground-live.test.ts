import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../fixtures/eventually.js';
import { usePages } from '../../fixtures/pages/use-pages.js';
import { startTestServer, type TestServer } from '../../fixtures/server/server.js';
import { gate, pending, startUpstream, type Upstream } from '../../fixtures/upstream/upstream.js';

interface Frames {
  readonly url: string;
  readonly sent: string[];
  readonly received: string[];
  closed: boolean;
}

describe('the playground follows a report', () => {
  usePages();

  it('event by event until the figures arrive, connecting only to its own server', async ({ openPage }) => {
    const { upstream, server } = await startBoth();
    const polls = [gate(), gate()] as const;
    upstream.script.poll('pay').push(polls[0]);
    upstream.script.poll('yoe').push(polls[1]);
    const { page } = await openPage();
    const { requests, complaints, sockets } = watch(page);
    await openTab(page, server);
    expect(sockets, 'no socket before the operation is run').toEqual([]);

    await page.locator('button.graphiql-execute-button').click();
    await page.locator('button.graphiql-execute-button[aria-label^="Stop"]').waitFor();
    await expect.poll(() => shownResult(page), { message: 'an earlier status' }).toContain('"status": "PENDING"');
    for (const held of polls) held.release();
    await expect.poll(() => shownResult(page)).toContain('"status": "READY"');
    // The subscription has completed when the button is back to Execute.
    await page.locator('button.graphiql-execute-button[aria-label^="Execute"]').waitFor();
    const shown = await shownResult(page);
    expect(Number(/"percentile50": (\d+)/.exec(shown)?.[1])).toBeGreaterThan(0);
    expect(shown).not.toContain('"errors"');
    expect(shown, 'the earlier events are below the latest').toMatch(/^{\s*"events": \[/);
    expect(shown).toMatch(/"receivedAt": "20[^"]+Z"/);
    await page.locator('.graphiql-response .view-lines').click();
    await page.keyboard.press('ControlOrMeta+End');
    await expect.poll(() => shownResult(page), { message: 'the first of all' }).toContain('"SUBMITTING"');

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
  });

  it('until the stop button is clicked', async ({ openPage }) => {
    const { upstream, server } = await startBoth();
    upstream.script.poll('pay').otherwise(pending(200));
    const { page } = await openPage();
    const { sockets, complaints } = watch(page);
    await openTab(page, server);

    await page.locator('button.graphiql-execute-button').click();
    await expect.poll(() => shownResult(page)).toContain('"PENDING"');
    await page.locator('button.graphiql-execute-button[aria-label^="Stop"]').click();
    await expect
      .poll(() => sockets[0]?.closed || sockets[0]?.sent.some((text) => text.includes('"complete"')))
      .toBe(true);
    // The report is still collected, but soon none of the polls causes an event any more.
    const toldOfPolls = async (): Promise<number> => {
      const [received, polls] = [sockets[0]?.received.length ?? 0, upstream.count('poll')];
      await eventually(() => expect(upstream.count('poll')).toBeGreaterThan(polls + 3));
      return (sockets[0]?.received.length ?? 0) - received;
    };
    await expect.poll(toldOfPolls).toBe(0);
    expect(complaints).toEqual([]);
  });
});

/** A server with an upstream of its own. */
async function startBoth(): Promise<{ readonly upstream: Upstream; readonly server: TestServer }> {
  const upstream = await startUpstream();
  onTestFinished(() => upstream.close());
  const server = await startTestServer({ upstream, env: { PLAYGROUND: 'true', INTROSPECTION: 'true' } });
  onTestFinished(() => server.close());
  return { upstream, server };
}

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
