import { rm } from 'node:fs/promises';
import { describe, it } from 'vitest';
import { PayOnlyDocument } from '../../generated/operations.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { logOf } from '../../fixtures/server/responses.js';
import type { TestServer } from '../../fixtures/server/server.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { useSockets } from '../../fixtures/sockets/use-sockets.js';
import { json, status } from '../../fixtures/upstream/upstream.js';

const REFUSED = json({ error: 'invalid_client' }, 401);

describe.concurrent('readiness', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it('is there at once, after one request for a token', async ({ start, upstream, expect }) => {
    const server = await start();
    await expect.poll(() => readiness(server)).toEqual([200, { status: 'ready', reasons: [], degraded: [] }]);
    for (let probe = 0; probe < 50; probe++) await readiness(server);
    expect(upstream.requests.map(({ kind }) => kind)).toEqual(['token']);
    await server.run(PayOnlyDocument, { answers: numbered() });
    expect(upstream.tokensIssued).toBe(1);
  });

  it('knows of wrong credentials before anybody needs them, and of right ones by itself', async (context) => {
    const { start, upstream, expect } = context;
    upstream.script.token.otherwise(REFUSED);
    const server = await start();
    await expect.poll(() => codesAt(server)).toEqual([503, 'CREDENTIALS_REFUSED']);
    const errors = logOf(server).filter(({ level }) => level === 50);
    expect(errors.map(({ msg }) => msg)).toEqual([expect.stringContaining('Jobalyzer rejects JOBALYZER_CLIENT_ID')]);
    upstream.script.token.otherwise();
    await expect.poll(() => codesAt(server)).toEqual([200]);
    expect(upstream.count('submit')).toBe(0);
  });

  it('goes on, degraded, without tokens, and says so', async ({ start, upstream, expect }) => {
    upstream.script.token.otherwise(status(503));
    const server = await start();
    await expect.poll(() => codesAt(server)).toEqual([200, 'NO_ACCESS_TOKEN']);
    upstream.script.token.otherwise();
    await expect.poll(() => codesAt(server)).toEqual([200]);
  });

  it('goes on, degraded, while upstream is out of reach', async ({ start, upstream, expect }) => {
    const server = await start();
    await expect.poll(() => codesAt(server)).toEqual([200]);
    await upstream.stop();
    await server.run('{ suggestAnswers(kind: JOB_TITLE, term: "cashier") { answer } }');
    expect(await codesAt(server)).toEqual([200, 'UPSTREAM_UNREACHABLE']);
    await upstream.start();
    await server.run('{ suggestAnswers(kind: JOB_TITLE, term: "cashier") { answer } }');
    expect(await codesAt(server)).toEqual([200]);
  });

  it('is over, degraded, while buying is paused', async ({ start, upstream, expect }) => {
    upstream.script.submit.otherwise(status(500));
    const server = await start();
    const ask = (index: number) => server.run(PayOnlyDocument, { answers: numbered(index) });
    for (let index = 0; index < 5; index++) await ask(index);
    expect(await codesAt(server)).toEqual([200, 'PURCHASES_PAUSED']);
  });

  it('is over when the ledger is lost', async ({ start, expect }) => {
    const server = await start();
    await expect.poll(() => codesAt(server)).toEqual([200]);
    await rm(server.dataDir, { recursive: true });
    await expect.poll(() => codesAt(server)).toEqual([503, 'LEDGER_LOST']);
  });

  it('is over, with the reason, once the server shuts down', async ({ start, connectAndInit, expect }) => {
    const server = await start();
    const sockets = await Promise.all(Array.from({ length: 10 }, () => connectAndInit(server)));
    const stopped = server.stop();
    await Promise.race(sockets.map(({ closed }) => closed));
    expect(await codesAt(server)).toEqual([503, 'SHUTTING_DOWN']);
    await stopped;
  });
});

async function readiness({ url }: TestServer): Promise<[number, unknown]> {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
}

async function codesAt(server: TestServer): Promise<unknown[]> {
  const [code, body] = await readiness(server);
  const { reasons, degraded } = body as Record<'reasons' | 'degraded', { readonly code: string }[]>;
  return [code, ...[...reasons, ...degraded].map((reason) => reason.code)];
}
