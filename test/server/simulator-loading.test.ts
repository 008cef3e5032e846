import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FirstReportDocument } from '../generated/operations.js';
import { newDirectory } from '../fixtures/directory.js';
import { post } from '../fixtures/server/post.js';
import { launchServer } from '../fixtures/server/server-process.js';
import { serverSettings } from '../fixtures/server/settings.js';
import { startUpstream } from '../fixtures/upstream/upstream.js';

const PRELOAD = new URL('../fixtures/server/loaded-modules.ts', import.meta.url).href;

describe('the simulator', () => {
  it('is not loaded by a server with real credentials, not even to answer a query', async () => {
    const upstream = await startUpstream();
    onTestFinished(() => upstream.close());
    const { clientId, clientSecret } = upstream.options;
    const loaded = await modulesLoadedToAnswer({
      ...serverSettings(upstream.url, await ledgerDirectory()),
      JOBALYZER_CLIENT_ID: clientId,
      JOBALYZER_CLIENT_SECRET: clientSecret,
    });
    expect(upstream.bought()).toBeGreaterThan(0);
    expect(loaded).toContain('datasources/jobalyzer/client.js');
    expect(loaded.filter((path) => path.startsWith('simulator/'))).toEqual([]);
  });

  it('is loaded by a server without credentials', async () => {
    const loaded = await modulesLoadedToAnswer({ PORT: '0', DATA_DIR: await ledgerDirectory() });
    expect(loaded).toEqual(expect.arrayContaining(['simulator/simulator.js', 'simulator/labour-market.json']));
  });
});

/** Paths below `dist` of what a server with these settings has loaded once it has answered a query for a report. */
async function modulesLoadedToAnswer(settings: Readonly<Record<string, string>>): Promise<string[]> {
  const server = launchServer({ settings, nodeArguments: ['--import', PRELOAD], channel: true });
  onTestFinished(() => server.end('SIGKILL').then(() => undefined));
  expect((await post(await server.listening, FirstReportDocument)).errors).toEqual([]);
  const told = once(server.child, 'message') as Promise<[string[]]>;
  server.child.send('loaded modules');
  const [loaded] = await told;
  return loaded.flatMap((url) => url.split('/dist/')[1] ?? []);
}

async function ledgerDirectory(): Promise<string> {
  const { path, remove } = await newDirectory();
  onTestFinished(remove);
  return path;
}
