/**
 * What `npm pack` does besides packing: `prepare` builds everything and writes the manifest of the package, `restore` puts that of the
 * checkout back. The package has no dependencies, since the bundle contains them; a checkout needs them to build the bundle.
 */
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesIn } from './build/if-changed.ts';
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
  writeFileSync(KEPT, text);
  writeFileSync(MANIFEST, packed(text));
  letAllRead(text);
}

/** Whoever unpacks it can read it, whatever the umask is where it is packed. */
function letAllRead(manifest: string): void {
  const { files } = JSON.parse(manifest) as { readonly files: readonly string[] };
  const patterns = files.filter((name) => !name.startsWith('!')).flatMap((name) => [name, `${name}/**`]);
  // npm adds these two.
  for (const path of filesIn(ROOT, [...patterns, 'README.md', 'package.json'])) {
    const { mode } = statSync(join(ROOT, path));
    chmodSync(join(ROOT, path), (mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

function restore(): void {
  if (!existsSync(KEPT)) return;
  const text = readFileSync(KEPT, 'utf8');
  // Else somebody has restored it in another way, and may have changed it since.
  if (readFileSync(MANIFEST, 'utf8') === packed(text)) writeFileSync(MANIFEST, text);
  rmSync(KEPT);
}

/** The manifest of the package, of that of the checkout. */
function packed(text: string): string {
  const fields = Object.entries(JSON.parse(text) as object).filter(([name]) => !LEFT_OUT.includes(name));
  return `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
}
