/** Builds what has changed since it was last built: the server, and the pages unless `server` is given. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

// Where there are no sources, what was built elsewhere is run.
if (existsSync(join(root, 'src'))) {
  const [{ buildServer }, { PAGES, buildPage }, { NotInstalled }] = await Promise.all([
    import('./build/server.ts'),
    import('./build/page.ts'),
    import('./build/installed.ts'),
  ]);
  const timed = async (name: string, build: () => Promise<boolean>): Promise<void> => {
    const startedAt = performance.now();
    if (await build()) console.log(`${name}: built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  };
  try {
    await timed('server', () => buildServer(root));
    for (const page of process.argv[2] === 'server' ? [] : PAGES) {
      await timed(page.name, () => buildPage(root, page)).catch((error: unknown) => {
        if (!(error instanceof NotInstalled)) throw error;
        // The server does without.
        console.warn(`${page.name}: not built, which takes the development dependencies: npm ci && npm run build`);
      });
    }
  } catch (error) {
    if (error instanceof NotInstalled)
      console.error('The server is not built, and what builds it is not installed: run npm ci.');
    else console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
