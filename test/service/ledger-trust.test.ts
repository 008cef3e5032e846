import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, type TestContext } from 'vitest';
import { PayAndYoeDocument, PayOnlyDocument, UsageDocument } from '../generated/operations.js';
import { build } from '../fixtures/server/built.js';
import { launchServer, type ServerProcess } from '../fixtures/server/server-process.js';
import { serverSettings } from '../fixtures/server/settings.js';
import { newDirectory } from '../fixtures/directory.js';
import { eventually } from '../fixtures/eventually.js';
import { post } from '../fixtures/server/post.js';
import { rejected, startUpstream, type Upstream } from '../fixtures/upstream/upstream.js';
import { codes } from '../fixtures/server/responses.js';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe.concurrent('a ledger that was', () => {
  it.for([
    ['deleted with its directory', (dir: string) => rm(dir, { recursive: true })],
    ['moved with its directory', (dir: string) => rename(dir, `${dir}.moved`)],
    ['deleted', (dir: string) => rm(join(dir, 'ledger.sqlite'))],
    ['deprived of its -wal file', (dir: string) => rm(join(dir, 'ledger.sqlite-wal'))],
    [
      'replaced by a copy',
      async (dir: string) => {
        await mkdir(`${dir}.moved`);
        await cp(join(dir, 'ledger.sqlite'), join(`${dir}.moved`, 'ledger.sqlite'));
        await rename(join(`${dir}.moved`, 'ledger.sqlite'), join(dir, 'ledger.sqlite'));
      },
    ],
  ] as const)(
    '%s is not bought into, and what it has is served',
    async ([, damage], { upstream, start, onTestFinished }) => {
      const server = await start();
      onTestFinished(() => rm(`${server.dataDir}.moved`, { recursive: true, force: true }));
      await server.run(PayOnlyDocument, { answers: SEATTLE });
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      await damage(server.dataDir);
      expect(codes(await server.run(PayOnlyDocument, { answers: numbered(1) }))).toEqual({
        'report.pay': 'STORE_UNAVAILABLE',
      });
      expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
      await eventually(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(503));
      expect(upstream.bought()).toBe(1);
      expect(server.logged.join('')).toMatch(/ledger\.sqlite(-wal)? was (deleted or moved|replaced)/);
    },
  );

  it('moved, and is back in its place, is bought into again', async ({ upstream, start }) => {
    const server = await start();
    await rename(server.dataDir, `${server.dataDir}.moved`);
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toHaveLength(1);
    await rename(`${server.dataDir}.moved`, server.dataDir);
    expect((await server.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
  });

  it('deprived of its -wal file keeps in its database what was bought before', async ({ start, restart }) => {
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    await rm(join(server.dataDir, 'ledger.sqlite-wal'));
    const collected = (): unknown => {
      const db = new DatabaseSync(`file:${join(server.dataDir, 'ledger.sqlite')}?immutable=1`, { readOnly: true });
      try {
        return db.prepare("SELECT count(*) AS n FROM entries WHERE state = 'COLLECTED'").get();
      } finally {
        db.close();
      }
    };
    await eventually(() => expect(collected()).toEqual({ n: 1 }));
    const again = await restart(server);
    expect((await again.run(PayOnlyDocument, { answers: numbered(2) })).errors).toEqual([]);
  });
});

it('the files of the ledger are for their owner only, also those of an earlier release', async ({
  start,
  restart,
  onTestFinished,
}) => {
  const previous = process.umask(0);
  onTestFinished(() => void process.umask(previous));
  const server = await start();
  await server.run(PayOnlyDocument, { answers: SEATTLE });
  const files = ['ledger.lock', 'ledger.sqlite', 'ledger.sqlite-shm', 'ledger.sqlite-wal'].map((file) =>
    join(server.dataDir, file),
  );
  const modes = () => Promise.all(files.map(async (file) => ((await stat(file)).mode & 0o777).toString(8)));
  const own = files.map(() => '600');
  expect(await modes()).toEqual(own);
  await server.stop();
  for (const file of files.slice(0, 2)) await chmod(file, 0o664);
  await restart(server);
  expect(await modes()).toEqual(own);
});

it('a server with another customer id does not start on the ledger, unless an operator says it is the same account', async ({
  upstream,
  start,
  restart,
}) => {
  const server = await start();
  await server.run(PayOnlyDocument, { answers: SEATTLE });
  upstream.options.customerId = 'renewed';
  const env = { JOBALYZER_CUSTOMER_ID: 'renewed' };
  await expect(restart(server, { env })).rejects.toThrow(
    `it belongs to ${upstream.url} (customer id test-client), but this server is set up for ${upstream.url} (customer id renewed).`,
  );
  const adopted = await restart(server, { env: { ...env, LEDGER_ADOPT: 'true' } });
  expect((await adopted.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
  expect(adopted.logged.join('')).toContain('the ledger was adopted; remove LEDGER_ADOPT now');
  const later = await restart(adopted, { env: { ...env, JOBALYZER_API_VERSION: 'v2' } });
  expect((await later.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
  expect(upstream.bought()).toBe(1);
});

describe('of two server processes on one ledger whose lock file was removed', () => {
  it('the second does not start while the first lives, but does once it was killed', async (context) => {
    const { upstream, launch, dataDir } = await processes(context);
    const first = launch();
    await first.listening;
    await rm(join(dataDir, 'ledger.lock'));
    const second = launch();
    expect(await second.exited).toMatchObject({ code: 1 });
    expect(second.log()).toContain('another process is using it, whose lock file was removed.');
    expect((await post(await first.listening, PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    await first.end('SIGKILL');
    const third = launch();
    expect((await post(await third.listening, PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
  });

  it('the first buys nothing more if the second took over while it was frozen', async (context) => {
    const { upstream, launch, dataDir } = await processes(context);
    const first = launch();
    const url = await first.listening;
    await rm(join(dataDir, 'ledger.lock'));
    first.child.kill('SIGSTOP');
    const second = launch();
    await second.listening;
    first.child.kill('SIGCONT');
    expect(codes(await post(url, PayOnlyDocument, { answers: SEATTLE }))).toEqual({
      'report.pay': 'STORE_UNAVAILABLE',
    });
    expect((await fetch(url.replace('/graphql', '/readyz'))).status).toBe(503);
    expect((await post(await second.listening, PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
  });
});

describe('a server whose clock is', () => {
  it('eight days ahead buys nothing anew and deletes nothing, and does so when eight days have passed', async (context) => {
    const { upstream, launch, dataDir } = await processes(context);
    const first = launch();
    await post(await first.listening, PayAndYoeDocument, { answers: SEATTLE });
    await first.end('SIGTERM');

    const ahead = launch({}, 8 * DAY);
    const served = await post(await ahead.listening, PayAndYoeDocument, { answers: SEATTLE });
    expect(served.errors).toEqual([]);
    // What is not stored is bought, and the response says by how much the clock is wrong.
    expect((await post(await ahead.listening, PayOnlyDocument, { answers: numbered(1) })).errors).toEqual([]);
    expect((await post(await ahead.listening, PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(3);
    expect(ahead.log()).toContain('"doubt":"differs"');
    await ahead.end('SIGTERM');

    // The report of the first start has expired: only Jobalyzer's clock can say so.
    shift(dataDir, -8 * DAY);
    const right = launch();
    expect((await post(await right.listening, PayAndYoeDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(5);
    expect(upstream.count('status')).toBeGreaterThan(0);
  });

  it('confirmed by nobody since a long stop serves what is there, however old it seems', async ({
    upstream,
    start,
    restart,
  }) => {
    const server = await start();
    await server.run(PayOnlyDocument, { answers: SEATTLE });
    await server.stop();
    shift(server.dataDir, -8 * DAY);
    await upstream.stop();
    const later = await restart(server);
    expect((await later.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(later.logged.join('')).toContain('"doubt":"unconfirmed"');
  });

  it('set back three days counts what it bought, and asks again for what was rejected', async (context) => {
    const { upstream, launch } = await processes(context);
    const first = launch();
    upstream.script.submit.push(rejected());
    const refused = await post(await first.listening, PayOnlyDocument, { answers: SEATTLE });
    expect(codes(refused)).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER' });
    await post(await first.listening, PayOnlyDocument, { answers: numbered(1) });
    await first.end('SIGTERM');

    const back = launch({ REPORT_TTL_HOURS: '48' }, -3 * DAY);
    const { data, errors } = await post(await back.listening, UsageDocument);
    expect(errors).toEqual([]);
    expect(data?.usage).toMatchObject({ submitted: 2, collected: 1 });
    expect((await post(await back.listening, PayOnlyDocument, { answers: numbered(1) })).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
    expect((await post(await back.listening, PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    await back.end('SIGTERM');

    // What it bought meanwhile does not expire when the clock is put right.
    const right = launch();
    expect((await post(await right.listening, PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    expect(upstream.bought()).toBe(2);
  });
});

/** Makes everything in the ledger older, by a negative number of ms. */
function shift(dataDir: string, by: number): void {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  db.exec(`UPDATE entries SET at = at + ${by}, expires_at = expires_at + ${by},
      data = json_set(data, '$.expiresAt', json_extract(data, '$.expiresAt') + ${by});
    UPDATE meta SET value = value + ${by} WHERE key = 'trusted_at'`);
  db.close();
}

/** An upstream, and servers in processes of their own that share a data directory, with the clock of the last ones shifted. */
async function processes({ onTestFinished }: TestContext): Promise<{
  upstream: Upstream;
  dataDir: string;
  launch(env?: Record<string, string>, clockMs?: number): ServerProcess;
}> {
  await build();
  const upstream = await startUpstream({ pendingPolls: 0, clientId: 'simulator', clientSecret: 'simulator-secret' });
  const directory = await newDirectory();
  const launched: ServerProcess[] = [];
  onTestFinished(async () => {
    for (const server of launched) await server.end('SIGKILL');
    await upstream.close();
    await directory.remove();
  });
  return {
    upstream,
    dataDir: directory.path,
    launch(env = {}, clockMs = 0) {
      const shifted = `const now = Date.now; Date.now = () => now() + ${clockMs};`;
      const server = launchServer({
        settings: { ...serverSettings(upstream.url, directory.path), ...env },
        nodeArguments: ['--import', `data:text/javascript,${encodeURIComponent(shifted)}`],
      });
      launched.push(server);
      return server;
    },
  };
}
