/**
 * What `npm pack` does besides packing: `prepare` builds everything and writes the manifest of the package, `restore` puts that of the
 * checkout back. The package has no dependencies, since the bundle contains them; a checkout needs them to build the bundle.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildOperations } from './build/operations.ts';
import { PAGES, buildPage } from './build/page.ts';
import { buildServer } from './build/server.ts';

const ROOT = dirname(import.meta.dirname);
const MANIFEST = join(ROOT, 'package.json');
/** The manifest of the checkout while it is packed. */
const KEPT = join(ROOT, 'package.json.kept');
/** Of a checkout only. */
const LEFT_OUT = ['scripts', 'dependencies', 'devDependencies', 'overrides', 'allowScripts'];

if (process.argv[2] === 'restore') restore();
else await prepare();

async function prepare(): Promise<void> {
  // After a `npm pack` that was interrupted.
  restore();
  await buildServer(ROOT);
  for (const page of PAGES) await buildPage(ROOT, page);
  await buildOperations(ROOT);
  const text = readFileSync(MANIFEST, 'utf8');
  const kept = Object.entries(JSON.parse(text) as object).filter(([name]) => !LEFT_OUT.includes(name));
  writeFileSync(KEPT, text);
  writeFileSync(MANIFEST, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}
