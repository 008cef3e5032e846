/** Builds the playground into dist/playground, unless it was already built from the same inputs. */
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const sources = import.meta.dirname;
const root = dirname(sources);
const output = join(root, 'dist', 'playground');
const stamp = join(output, '.inputs');

/** A hash of the playground's files and the lockfile. Modification times are not reliable after a checkout. */
async function hashInputs(): Promise<string> {
  const hash = createHash('sha256');
  const own = globSync('**/*', { cwd: sources, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...own.sort(), join(root, 'package-lock.json')]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Compressed once here rather than on every request: text shrinks to a quarter. Fonts other than .ttf are already compressed. */
async function compress(directory: string): Promise<void> {
  for (const file of globSync('**/*', { cwd: directory })) {
    if (!['.js', '.css', '.svg', '.ttf'].includes(extname(file))) continue;
    const path = join(directory, file);
    await writeFile(`${path}.gz`, await promisify(gzip)(await readFile(path)));
  }
}

async function build(inputs: string): Promise<void> {
  // Built in a staging directory and swapped in when complete, so that a server never serves a partial build.
  const staging = `${output}.${process.pid}`;
  try {
    // Otherwise a build started by a test would contain React's development version.
    process.env['NODE_ENV'] = 'production';
    const vite = await import('vite');
    await vite.build({
      configFile: join(sources, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: staging },
    });
    await compress(join(staging, 'assets'));
    await writeFile(join(staging, '.inputs'), inputs);
    await rm(output, { recursive: true, force: true });
    await rename(staging, output);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const started = performance.now();
const inputs = await hashInputs();
const built = await readFile(stamp, 'utf8').catch(() => undefined);
if (built === inputs) {
  console.log('playground: up to date');
} else {
  await build(inputs);
  console.log(`playground: built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
