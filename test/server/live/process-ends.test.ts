import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it, type TestContext } from 'vitest';
import { newDirectory } from '../../fixtures/directory.js';
import { launchServer, type ServerProcess } from '../../fixtures/server/server-process.js';

const MISFORTUNES = join(import.meta.dirname, '../../fixtures/server/misfortunes.ts');
const SLOW_START = join(import.meta.dirname, '../../fixtures/server/slow-start.ts');

describe.concurrent('a server process', () => {
  it('ends with 1 after an uncaught exception, which is logged', async (context) => {
    const { expect } = context;
    const server = await launch(context);
    server.child.send('throw');
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(server.log()).toContain('stopping after an unexpected error');
    expect(server.log()).toContain('Something unexpected.');
  });

  it('ends with 0 on SIGTERM while it is being started', async (context) => {
    const { expect } = context;
    const server = await start(context, SLOW_START);
    await new Promise((resolve) => server.child.once('message', resolve));
    server.child.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.log()).not.toContain('Startup failed');
  });

  it('ends with 1 if its shutdown does not end by itself', async (context) => {
    const { expect } = context;
    const server = await launch(context);
    const prepared = once(server.child, 'message');
    server.child.send('never close');
    await prepared;
    server.child.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 1, signal: null });
  });
});

async function launch(context: TestContext): Promise<ServerProcess> {
  const server = await start(context, MISFORTUNES);
  await server.listening;
  return server;
}

async function start({ onTestFinished }: TestContext, preloaded: string): Promise<ServerProcess> {
  const { path: dataDir, remove } = await newDirectory();
  onTestFinished(remove);
  const server = launchServer({
    settings: { PORT: '0', DATA_DIR: dataDir, SIMULATOR: 'true', AUTH_MODE: 'none' },
    nodeArguments: ['--import', pathToFileURL(preloaded).href],
    channel: true,
  });
  onTestFinished(() => server.end('SIGKILL').then(() => undefined));
  return server;
}
