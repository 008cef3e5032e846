/** Brings the `.sql` files of `src` to `dist`, where tsc has written everything else. */
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const files = new Set(globSync('**/*.sql', { cwd: 'src' }));
for (const file of files) {
  mkdirSync(dirname(join('dist', file)), { recursive: true });
  copyFileSync(join('src', file), join('dist', file));
}

// One that was renamed or belongs to another branch would be applied.
for (const file of globSync('**/*.sql', { cwd: 'dist' })) {
  if (!files.has(file)) rmSync(join('dist', file));
}
