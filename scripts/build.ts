/** Builds what has changed since it was last built: the server, and the pages unless `server` is given. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

// Where there are no sources, what was built elsewhere is run.
if (existsSync(join(root, 'src'))) {
  const [{ buildServer }, { buildPage }] = await Promise.all([import('./build/server.ts'), import('./build/page.ts')]);
  const timed = async (name: string, build: () => Promise<boolean>): Promise<void> => {
    const startedAt = performance.now();
    if (await build()) console.log(`${name}: built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  };
  try {
    await timed('server', () => buildServer(root));
    if (process.argv[2] !== 'server') {
      await timed('playground', () => buildPage(root, 'playground'));
      // It computes ranks by the server's own function.
      await timed('explorer', () => buildPage(root, 'explorer', ['src/model/**']));
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
