import { describe, expect, it, onTestFinished } from 'vitest';
import { FirstReportDocument } from '../generated/operations.js';
import { newDirectory } from '../fixtures/directory.js';
import { loadedSources, TELLS_WHAT_IS_LOADED } from '../fixtures/server/loaded-sources.js';
import { post } from '../fixtures/server/post.js';
import { launchServer } from '../fixtures/server/server-process.js';
import { serverSettings } from '../fixtures/server/settings.js';
import { startUpstream } from '../fixtures/upstream/upstream.js';

/** What verifies tokens, writes for a terminal, serves pages, compiles schemas, or is of undici and not its pool. */
const OF_OTHER_SETTINGS =
  /^node_modules\/(jose|pino-pretty|@fastify\/(static|ajv-compiler|fast-json-stringify-compiler)|ajv|undici\/lib\/(mock|web\/websocket))\//;

describe('the simulator', () => {
  it('is, like whatever else is not used, not loaded by a server with real credentials, not even to answer a query', async () => {
    const upstream = await startUpstream();
    onTestFinished(() => upstream.close());
    const { clientId, clientSecret } = upstream.options;
    const loaded = await modulesLoadedToAnswer({
      ...serverSettings(upstream.url, await ledgerDirectory()),
      JOBALYZER_CLIENT_ID: clientId,
      JOBALYZER_CLIENT_SECRET: clientSecret,
      EXPLORER: 'false',
    });
    expect(upstream.bought()).toBeGreaterThan(0);
    expect(loaded).toContain('src/datasources/jobalyzer/client.ts');
    expect(loaded.filter((path) => path.startsWith('src/simulator/'))).toEqual([]);
    expect(loaded).toContain('node_modules/fastify/fastify.js');
    expect(loaded.filter((path) => OF_OTHER_SETTINGS.test(path))).toEqual([]);
  });

  it('is loaded by a server without credentials', async () => {
    const loaded = await modulesLoadedToAnswer({ PORT: '0', DATA_DIR: await ledgerDirectory() });
    expect(loaded).toEqual(expect.arrayContaining(['src/simulator/simulator.ts', 'src/simulator/labour-market.json']));
  });
});

/** What a server with these settings has loaded once it has answered a query for a report. */
async function modulesLoadedToAnswer(settings: Readonly<Record<string, string>>): Promise<string[]> {
  const server = launchServer({ settings, nodeArguments: TELLS_WHAT_IS_LOADED, channel: true });
  onTestFinished(() => server.end('SIGKILL').then(() => undefined));
  expect((await post(await server.listening, FirstReportDocument)).errors).toEqual([]);
  return loadedSources(server);
}

async function ledgerDirectory(): Promise<string> {
  const { path, remove } = await newDirectory();
  onTestFinished(remove);
  return path;
}
