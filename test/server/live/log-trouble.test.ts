import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { describe, it } from 'vitest';
import { newDirectory } from '../../fixtures/directory.js';
import { eventually } from '../../fixtures/eventually.js';
import { SERVER_ENTRY } from '../../fixtures/server/built.js';
import { post } from '../../fixtures/server/post.js';
import { freePort } from '../../fixtures/free-port.js';

/** Far more requests than there is room for their lines in a pipe (64 KB). */
const REQUESTS = 1_000;

describe.concurrent('a server whose log', () => {
  it.for(['is on a full disk', 'nobody reads'])('%s serves, and ends with 0', async (which, context) => {
    const { expect, onTestFinished, skip } = context;
    if (process.platform !== 'linux') skip('needs /dev/full');
    const { path: dataDir, remove } = await newDirectory();
    onTestFinished(remove);
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const port = await freePort();
    const child = spawn(process.execPath, [SERVER_ENTRY], {
      env: { PORT: String(port), DATA_DIR: dataDir, SIMULATOR: 'true', AUTH_MODE: 'none' },
      stdio: ['ignore', which === 'nobody reads' ? 'pipe' : full, 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => expect((await fetch(`${url}/healthz`)).status).toBe(200));
    for (let sent = 0; sent < REQUESTS; sent += 50) {
      await Promise.all(Array.from({ length: 50 }, () => post(`${url}/graphql`, '{ __typename }')));
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});
