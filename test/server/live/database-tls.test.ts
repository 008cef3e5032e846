import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { account } from '../../fixtures/postgres/binaries.js';
import { startPostgres } from '../../fixtures/postgres/postgres.js';
import { launchServer, type ServerProcess } from '../../fixtures/server/server-process.js';
import { testDirectory } from '../../fixtures/test-directory.js';
import { createAuthority, type Identity } from '../../fixtures/upstream/certificates.js';

const PASSWORD = 's3cret';

it('sslmode=verify-full accepts the database whose certificate names its host, and no other', async () => {
  const cwd = await testDirectory();
  const authority = await createAuthority();
  const file = join(cwd, 'ca.pem');
  writeFileSync(file, authority.certificate);
  const postgres = await startPostgres();
  onTestFinished(() => postgres.close());
  const use = (identity: Identity): Promise<void> =>
    postgres.restart(['ssl=on', ...certificateFiles(postgres.directory, identity)]);
  const address = new URL(postgres.url.replace('postgres@', `postgres:${PASSWORD}@`));
  address.searchParams.set('sslmode', 'verify-full');
  const settings = { PORT: '0', DATABASE_URL: `${address.href}&sslrootcert=${encodeURIComponent(file)}` };

  await use(await authority.issue(['127.0.0.1']));
  const right = launched(settings);
  await right.listening;
  await right.end('SIGTERM');
  expect(right.log()).not.toContain(PASSWORD);

  await use(await authority.issue(['other.example']));
  await expectRefused(settings, /does not match certificate's altnames/);

  await use(await (await createAuthority()).issue(['127.0.0.1']));
  await expectRefused(settings, /unable to verify the first certificate|self-signed certificate/);

  // Without encryption.
  await postgres.restart(['ssl=off']);
  await expectRefused(settings, /does not support SSL/);
});

async function expectRefused(settings: Readonly<Record<string, string>>, said: RegExp): Promise<void> {
  const server = launched(settings);
  await expect.poll(() => server.log()).toMatch(said);
  await server.end('SIGTERM');
  expect(server.log()).toContain('DATABASE_URL');
  expect(server.log()).not.toContain(PASSWORD);
}

function certificateFiles(directory: string, { cert, key }: Identity): readonly string[] {
  const files = { ssl_cert_file: cert, ssl_key_file: key };
  return Object.entries(files).map(([setting, text]) => {
    const path = join(directory, `${setting}.pem`);
    writeFileSync(path, text, { mode: 0o600 });
    if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
    return `${setting}=${path}`;
  });
}

function launched(settings: Readonly<Record<string, string>>): ServerProcess {
  const server = launchServer({ settings });
  onTestFinished(async () => void (await server.end('SIGKILL')));
  return server;
}
