import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { COMMANDS, runCommand } from '../../fixtures/server/command.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { serverSettings } from '../../fixtures/server/settings.js';
import { gate } from '../../fixtures/upstream/steps.js';
import { testDirectory } from '../../fixtures/test-directory.js';

useServers();

it('without a server that is named, a list is priced with the ledger and the credentials of the settings', async ({
  upstream,
  launch,
}) => {
  const directory = await testDirectory();
  const dataDir = join(directory, 'data');
  const settings = serverSettings(upstream.url, dataDir, upstream.options);
  const [input, output] = [join(directory, 'jobs.csv'), join(directory, 'priced.csv')];
  await writeFile(input, 'Title,Country\nRegistered Nurse,Canada\n');
  const operands = [input, '--output', output, '--yes', '--buy-unknown'];

  // Interrupted, it stores what it has sent. The list comes from the standard input.
  const held = gate();
  upstream.script.submit.push(held);
  const child = spawn(process.execPath, [join(COMMANDS, 'price.js'), '-', ...operands.slice(1)], { env: settings });
  child.stdin.end(await readFile(input));
  const [said, exited] = [text(child.stderr), once(child, 'exit')];
  await held.arrived;
  child.kill('SIGINT');
  held.release();
  expect(await exited).toEqual([130, null]);
  expect(await said).toContain('price: interrupted. What was bought is stored');
  expect(await readdir(directory)).not.toContain('priced.csv');
  expect(upstream.count('submit')).toBe(1);

  const again = await runCommand('price', operands, { settings });
  expect(again).toMatchObject({
    code: 0,
    output: expect.stringContaining('priced.csv: 1 row with figures, 0 with an error.'),
  });
  expect(upstream.bought()).toBe(1);
  expect((await readdir(directory)).sort()).toEqual(['data', 'jobs.csv', 'priced.csv']);

  const server = launch(dataDir, settings);
  const url = await server.listening;
  expect(await runCommand('price', operands, { settings })).toMatchObject({
    code: 1,
    errors: expect.stringContaining('priced.csv is there already: --force overwrites it.'),
  });
  expect(await runCommand('price', [...operands, '--force'], { settings })).toMatchObject({
    code: 1,
    errors: 'price: A server that is running has the ledger: name it by --url, such as --url http://127.0.0.1:4000.\n',
  });
  const named = [...operands, '--force', '--url', url];
  const noSpace = { wrapper: ['bash', '-c', 'ulimit -f 0; exec "$@"', 'bash'] };
  expect(await runCommand('price', named, noSpace)).toMatchObject({
    code: 1,
    errors: expect.stringContaining(`cannot be written in ${directory}: a file may not be so large.`),
  });
  // Whoever reads what it says may have had enough.
  const unread = { wrapper: ['bash', '-c', 'set -o pipefail; "$@" | true', 'bash'] };
  expect(await runCommand('price', named, unread)).toMatchObject({ code: 0 });
  expect(upstream.bought()).toBe(1);
});
