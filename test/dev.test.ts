import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newDirectory } from './fixtures/directory.js';

/** Says that it was started, and ends as the server does. */
const SERVER = `process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 1000);
require('node:fs').appendFileSync('starts', 's');`;

it('npm run dev restarts the server at every save, also of a file that each save replaces', async ({
  onTestFinished,
}) => {
  const { path: root, remove } = await newDirectory();
  onTestFinished(remove);
  const inRoot = (name: string): string => join(root, name);
  const starts = async (): Promise<number> => (await readFile(inRoot('starts'), 'utf8').catch(() => '')).length;
  await Promise.all(
    ['scripts', 'src/lib', 'playground', 'explorer', 'dist'].map((name) => mkdir(inRoot(name), { recursive: true })),
  );
  await cp('scripts/dev.ts', inRoot('scripts/dev.ts'));
  await writeFile(inRoot('dist/main.js'), SERVER);
  await writeFile(inRoot('package.json'), '{"scripts":{"build":"test ! -f src/broken"}}');
  await writeFile(inRoot('src/lib/delay.ts'), '// 0');
  const save = async (name: string, text: string): Promise<void> => {
    await writeFile(inRoot('saved'), text);
    await rename(inRoot('saved'), inRoot(name));
  };

  const dev = spawn(process.execPath, ['scripts/dev.ts'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void dev.kill('SIGKILL'));
  const ended = new Promise((resolve) => dev.once('exit', resolve));
  let errors = '';
  dev.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await expect.poll(starts).toBe(1);
  for (const count of [2, 3, 4]) {
    await save('src/lib/delay.ts', `// ${count}`);
    await expect.poll(starts).toBe(count);
  }
  await mkdir(inRoot('src/new'));
  await expect.poll(starts).toBe(5);
  await save('src/new/file.ts', '//');
  await expect.poll(starts).toBe(6);

  await save('src/broken', '');
  await expect.poll(() => errors).toContain('Not restarted: the build has failed.');
  await rename(inRoot('src/broken'), inRoot('mended'));
  await expect.poll(starts).toBe(7);
  dev.kill('SIGTERM');
  expect(await ended).toBe(0);
});
