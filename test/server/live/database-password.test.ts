import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../fixtures/eventually.js';
import { startPostgres } from '../../fixtures/postgres/postgres.js';
import { post } from '../../fixtures/server/post.js';
import { launchServer, type ServerProcess } from '../../fixtures/server/server-process.js';
import { testDirectory } from '../../fixtures/test-directory.js';

const [FIRST, SECOND] = ['first-s3cret', "second-s3cret '%/@"];
const BUY =
  'query ($title: String!) { report(answers: {jobTitle: $title, country: "Canada"}) { pay { reportRating } } }';

it('the password of the database is read from its file, also when both have been changed', async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.close());
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`ALTER ROLE postgres PASSWORD '${FIRST}'`);
  const rules = join(postgres.directory, 'data', 'pg_hba.conf');
  await writeFile(rules, (await readFile(rules, 'utf8')).replaceAll(/\btrust$/gm, 'scram-sha-256'));
  await admin.query('SELECT pg_reload_conf()');
  onTestFinished(() => admin.end());

  const cwd = await testDirectory();
  const file = join(cwd, 'password');
  const settings = { PORT: '0', DATABASE_URL: postgres.url, DATABASE_PASSWORD_FILE: file };
  const launched = (): ServerProcess => {
    const server = launchServer({ settings, cwd });
    onTestFinished(async () => void (await server.end('SIGKILL')));
    return server;
  };

  const without = launched();
  await expect(without.listening).rejects.toThrow('The server ended before it listened (1)');
  expect(without.log()).toContain(`DATABASE_PASSWORD_FILE: ${file} cannot be read (ENOENT).`);

  await writeFile(file, `${FIRST}\n`);
  const server = launched();
  const url = await server.listening;
  const buy = async (title: string) => (await post(url, BUY, { title })).errors;
  expect(await buy('Electrician')).toEqual([]);

  await admin.query(`ALTER ROLE postgres PASSWORD '${SECOND.replaceAll("'", "''")}'`);
  await writeFile(file, SECOND);
  // Whoever is connected stays so, whatever the password is.
  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datid > 0',
  );
  await eventually(async () => expect(await buy('Registered Nurse')).toEqual([]));
  expect(server.log()).not.toContain('s3cret');
});
