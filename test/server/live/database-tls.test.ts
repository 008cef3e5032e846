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
  await expectRefused(settings, 'its certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID)');

  await use(await (await createAuthority()).issue(['127.0.0.1']));
  await expectRefused(settings, 'its certificate is of an unknown authority');

  // Without encryption.
  await postgres.restart(['ssl=off']);
  await expectRefused(settings, 'The server does not support SSL connections');
  const elsewhere = { ...settings, DATABASE_URL: postgres.url, DATABASE_LISTEN_URL: settings.DATABASE_URL };
  await expectRefused(elsewhere, 'The server does not support SSL connections', 'DATABASE_LISTEN_URL');
});

/** At the start: waiting would not help. */
async function expectRefused(
  settings: Readonly<Record<string, string>>,
  said: string,
  setting = 'DATABASE_URL',
): Promise<void> {
  const server = launched(settings);
  await expect(server.listening).rejects.toThrow('The server ended before it listened (1)');
  expect(server.log()).toContain(`${setting}: the database is not the one that the URL asks for: ${said}`);
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
