import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { newDirectory } from '../fixtures/directory.js';
import { send, UPGRADE } from '../fixtures/server/request.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { blocks } from './programs.js';

const NGINX = '/usr/sbin/nginx';

/** Installs nginx when running as root, as in a container. */
function ensureNginx(): void {
  if (existsSync(NGINX)) return;
  if (process.getuid?.() === 0) {
    const limits = { stdio: 'ignore', timeout: 240_000 } as const;
    execFileSync('apt-get', ['update'], limits);
    execFileSync('apt-get', ['install', '-y', 'nginx'], limits);
  }
  if (!existsSync(NGINX)) throw new Error(`This test needs ${NGINX}: apt-get install nginx`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('behind nginx as docs/operations.md configures it', () => {
  useServers({ pendingPolls: 0 });

  it('pages of the public address may use every door, and others may not', { timeout: 300_000 }, async (context) => {
    const { start, atEnd, expect } = context;
    ensureNginx();
    const env = { PUBLIC_URL: 'http://pay.example.com', TRUST_PROXY: '1', CORS_ORIGINS: '' };
    const { url } = await start({ env });
    const [{ path }, port] = [await newDirectory(), await freePort()];
    const [block = ''] = blocks('docs/operations.md', 'nginx');
    const site = block.replace('127.0.0.1:4000', new URL(url).host).replace('listen 80', `listen 127.0.0.1:${port}`);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${path};`);
    const file = join(path, 'nginx.conf');
    const main = `daemon off; master_process off; pid ${path}/pid; error_log ${path}/errors; events {}`;
    await writeFile(file, `${main} http { access_log off; ${temporary.join(' ')} ${site} }`);
    const nginx = spawn(NGINX, ['-p', path, '-c', file, '-e', `${path}/errors`], { stdio: 'ignore' });
    atEnd(() => nginx.kill('SIGKILL'));
    const proxied = `http://127.0.0.1:${port}`;
    await expect
      .poll(() =>
        fetch(`${proxied}/healthz`).then(
          ({ status }) => status,
          () => readFileSync(`${path}/errors`, 'utf8'),
        ),
      )
      .toBe(200);

    const json = { 'content-type': 'application/json' };
    const body = '{"query":"{ __typename }"}';
    for (const [origin, host, statuses] of [
      ['http://pay.example.com', 'pay.example.com', [200, 200, 101]],
      ['http://evil.example', 'pay.example.com', [403, 403, 403]],
      ['http://evil.example', 'evil.example', [403, 403, 403]],
    ] as const) {
      const headers = { host, origin };
      const answers = [
        await send(`${proxied}/graphql`, { headers: { ...json, ...headers }, body }),
        await send(`${proxied}/graphql/stream`, {
          headers: { ...json, ...headers, accept: 'text/event-stream' },
          body,
        }),
        await send(`${proxied}/graphql`, { headers: { ...UPGRADE, ...headers } }),
      ];
      expect(
        answers.map(({ status }) => status),
        `${origin} at ${host}`,
      ).toEqual(statuses);
    }
  });
});
