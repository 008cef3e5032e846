import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { buildIfChanged, filesIn } from './if-changed.ts';
import { requireInstalled } from './installed.ts';

/** Text, which shrinks to a quarter. Fonts other than .ttf are already compressed. */
const COMPRESSIBLE = ['.js', '.css', '.svg', '.ttf'];
/** The best quality takes ten times as long, and saves a fiftieth. */
const BROTLI = { [constants.BROTLI_PARAM_QUALITY]: 9 };

export interface Page {
  /** Its folder's, also that in `dist`. */
  readonly name: string;
  /** Patterns of what else it is built from. */
  readonly inputs: readonly string[];
}

export const PAGES: readonly Page[] = [
  { name: 'playground', inputs: [] },
  // It computes ranks by the server's own function.
  { name: 'explorer', inputs: ['src/model/**'] },
];

/** Builds a page into `dist`, unless nothing has changed; resolves to whether it was built. */
export function buildPage(root: string, { name, inputs }: Page): Promise<boolean> {
  const directory = `dist/${name}`;
  return buildIfChanged({
    root,
    inputs: [`${name}/**`, ...inputs, 'scripts/build/page.ts', 'package-lock.json'],
    stamp: `${directory}/.built.json`,
    async build() {
      requireInstalled(root, 'vite');
      // Built in a staging directory and swapped in when complete, so that a server never serves a partial build.
      const output = join(root, directory);
      const staging = `${output}.${process.pid}`;
      try {
        // Otherwise a build started by a test would contain React's development version.
        process.env['NODE_ENV'] = 'production';
        const vite = await import('vite');
        await vite.build({
          configFile: join(root, name, 'vite.config.ts'),
          logLevel: 'warn',
          build: { outDir: staging, license: { fileName: 'THIRD-PARTY-LICENSES.md' } },
        });
        await compress(join(staging, 'assets'));
        await rm(output, { recursive: true, force: true });
        await rename(staging, output);
      } finally {
        await rm(staging, { recursive: true, force: true });
      }
      return filesIn(root, [`${directory}/**`]);
    },
  });
}

/** Once here rather than on every request. */
async function compress(directory: string): Promise<void> {
  for (const file of filesIn(directory, ['**'])) {
    if (!COMPRESSIBLE.includes(extname(file))) continue;
    const path = join(directory, file);
    const content = await readFile(path);
    await writeFile(`${path}.gz`, await promisify(gzip)(content));
    await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params: BROTLI }));
  }
}
