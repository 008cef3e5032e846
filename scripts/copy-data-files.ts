/** Brings the data files of `src` (all that is not TypeScript) to `dist`, where tsc has written the rest. */
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const DATA_FILES = '**/*.{sql,json}';

const wanted = new Set(globSync(DATA_FILES, { cwd: 'src' }));
for (const file of wanted) {
  mkdirSync(dirname(join('dist', file)), { recursive: true });
  copyFileSync(join('src', file), join('dist', file));
}

// A file that was renamed or belongs to another branch: the server would read it. The playground is not built from `src`.
for (const file of globSync(DATA_FILES, { cwd: 'dist', exclude: ['playground'] })) {
  if (!wanted.has(file)) rmSync(join('dist', file));
}
