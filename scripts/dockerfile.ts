/**
 * Follows the steps of the Dockerfile in empty folders and runs what they make, on a machine without an engine. Prints how large
 * the files are and a hash of them, which is the same for the same sources. Exits with 1 if anything is not as it should be.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { containerOf } from './dockerfile/container.ts';
import { contextOf } from './dockerfile/context.ts';
import { follow } from './dockerfile/follow.ts';
import { stagesOf } from './dockerfile/instructions.ts';

const root = dirname(import.meta.dirname);
const stages = stagesOf(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const context = contextOf(root, readFileSync(join(root, '.dockerignore'), 'utf8'));
const directory = await mkdtemp(join(tmpdir(), 'jobalyzer-image-'));
try {
  await chmod(directory, 0o755);
  for (const stage of stages) await follow(stage, { root, context, directory });
  const last = stages.at(-1);
  if (!last) throw new Error('The Dockerfile has no stage.');
  const files = join(directory, last.name);
  if (existsSync(join(files, 'app', 'node_modules'))) throw new Error('There are packages beside the bundle.');
  console.log(summaryOf(files));

  const port = String(await freePort());
  const container = containerOf(last, files, { SIMULATOR: 'true', HOST: '127.0.0.1', PORT: port });
  if (await container.isHealthy()) throw new Error('It is healthy before it runs.');
  console.log(`version ${(await container.run('--version')).trim()}`);
  await container.run('check-config');
  const running = await container.start();
  const code = await running.stop();
  if (code !== 0) throw new Error(`Told to stop, it ended with ${code}.`);
  console.log('It starts, is healthy, and stops when it is told to.');
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** How much there is, and a hash of every path, mode and content. */
function summaryOf(files: string): string {
  const hash = createHash('sha256');
  let bytes = 0;
  const paths = globSync('**', { cwd: files }).filter((path) => statSync(join(files, path)).isFile());
  for (const path of paths.toSorted()) {
    const content = readFileSync(join(files, path));
    bytes += content.length;
    hash.update(`${path} ${statSync(join(files, path)).mode} ${content.length}\n`).update(content);
  }
  return `${paths.length} files, ${(bytes / 1e6).toFixed(1)} MB, sha256 ${hash.digest('hex')}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
