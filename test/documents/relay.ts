import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { blocks } from './programs.js';

const TAG = /graphql`\s*\w+ (\w+)[^`]*`/g;

/**
 * Compiles the documents in the files of a directory as the page about Relay says, and puts the results in their places, as
 * Relay's plugin for Babel does.
 */
export async function compileForRelay(path: string): Promise<void> {
  await writeFile(join(path, 'relay.config.json'), blocks('docs/clients/relay.md', 'json')[0] ?? '');
  await copyFile('schema.graphql', join(path, 'schema.graphql'));
  await promisify(execFile)(join(path, 'node_modules/.bin/relay-compiler'), { cwd: path, timeout: 240_000 });
  for (const name of readdirSync(path).filter((file) => file.endsWith('.js'))) {
    const file = join(path, name);
    const code = await readFile(file, 'utf8');
    const names = [...code.matchAll(TAG)].map(([, document]) => document as string);
    const imports = names.map((document) => `import ${document} from './__generated__/${document}.graphql.js';\n`);
    await writeFile(file, imports.join('') + code.replace(TAG, '$1'));
  }
}
