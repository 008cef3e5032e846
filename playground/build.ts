/** Builds the playground into `dist/playground`. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { buildIfChanged, filesIn } from '../scripts/build/if-changed.ts';

const OUTPUT = 'dist/playground';

/** Builds the playground unless nothing has changed; resolves to whether it was built. */
export function buildPlayground(root: string): Promise<boolean> {
  return buildIfChanged({
    root,
    inputs: ['playground/**', 'package-lock.json'],
    stamp: `${OUTPUT}/.built.json`,
    async build() {
      // Built in a staging directory and swapped in when complete, so that a server never serves a partial build.
      const output = join(root, OUTPUT);
      const staging = `${output}.${process.pid}`;
      try {
        // Otherwise a build started by a test would contain React's development version.
        process.env['NODE_ENV'] = 'production';
        const vite = await import('vite');
        await vite.build({
          configFile: join(root, 'playground', 'vite.config.ts'),
          logLevel: 'warn',
          build: { outDir: staging },
        });
        await compress(join(staging, 'assets'));
        await rm(output, { recursive: true, force: true });
        await rename(staging, output);
      } finally {
        await rm(staging, { recursive: true, force: true });
      }
      return filesIn(root, [`${OUTPUT}/**`]);
    },
  });
}

/** Compressed once here rather than on every request: text shrinks to a quarter. Fonts other than .ttf are already compressed. */
async function compress(directory: string): Promise<void> {
  for (const file of filesIn(directory, ['**'])) {
    if (!['.js', '.css', '.svg', '.ttf'].includes(extname(file))) continue;
    const path = join(directory, file);
    await writeFile(`${path}.gz`, await promisify(gzip)(await readFile(path)));
  }
}
