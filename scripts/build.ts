/** Builds what has changed since it was last built: the server, and the playground unless `server` is given. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

// Where there are no sources, what was built elsewhere is run.
if (existsSync(join(root, 'src'))) {
  const [{ buildServer }, { buildPlayground }] = await Promise.all([
    import('./build/server.ts'),
    import('../playground/build.ts'),
  ]);
  const timed = async (name: string, build: (root: string) => Promise<boolean>): Promise<void> => {
    const startedAt = performance.now();
    if (await build(root)) console.log(`${name}: built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  };
  try {
    await timed('server', buildServer);
    if (process.argv[2] !== 'server') await timed('playground', buildPlayground);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
