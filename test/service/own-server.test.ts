import { expect, it, onTestFinished, vi } from 'vitest';
import type * as app from '../../src/app.js';
import { openOwnServer } from '../../src/commands/own-server.js';
import { post } from '../fixtures/server/post.js';
import { testDirectory } from '../fixtures/test-directory.js';

// Only the built server has a thread for its ledger.
vi.mock('../../src/app.js', async (importOriginal) => {
  const { createApp } = await importOriginal<typeof app>();
  return {
    createApp: (...[config, overrides]: Parameters<typeof createApp>) =>
      createApp(config, { ...overrides, ledgerThread: false }),
  };
});

const signal = new AbortController().signal;

it('the server of a command is for this machine alone, and serves the command whatever is set for others', async () => {
  const directory = await testDirectory();
  const settings = {
    HOST: '0.0.0.0',
    PORT: '1',
    RATE_LIMIT_MAX: '1',
    SAFELIST_FILE: `${directory}/there-is-none.json`,
  };
  for (const [name, value] of Object.entries({ ...settings, DATA_DIR: directory })) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await openOwnServer(signal);
  onTestFinished(() => server.close());
  expect(server.url.hostname).toBe('127.0.0.1');
  for (let time = 0; time < 3; time++)
    expect(await post(server.url.href, '{ __typename }')).toMatchObject({ data: { __typename: 'Query' }, errors: [] });
  expect((await fetch(new URL('/', server.url))).status).toBe(404);
  expect((await fetch(new URL('/graphiql', server.url))).status).toBe(404);
  await expect(openOwnServer(signal)).rejects.toThrow('A server that is running has the ledger: name it by --url');

  await server.close();
  const next = await openOwnServer(signal);
  await next.close();
});
