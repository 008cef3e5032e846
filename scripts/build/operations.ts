import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile } from './compile.ts';
import { buildIfChanged } from './if-changed.ts';

const IMPORT = "import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';";
/** How clients know a document's types. With its own, they need no other package for it. */
const DECORATION = `interface DocumentTypeDecoration<TResult, TVariables> {
    __apiType?: (variables: TVariables) => TResult;
}`;

/** Builds the typed documents that the package has for its clients, unless nothing has changed; resolves to whether they were built. */
export function buildOperations(root: string): Promise<boolean> {
  const directory = 'dist/operations';
  return buildIfChanged({
    root,
    inputs: ['test/generated/operations.ts', 'scripts/build/operations.ts', 'tsconfig*.json', 'package-lock.json'],
    stamp: `${directory}/.built.json`,
    async build() {
      const files = await compile(root, 'tsconfig.operations.json', directory);
      const declarations = join(root, directory, 'operations.d.ts');
      const text = await readFile(declarations, 'utf8');
      if (!text.includes(IMPORT)) throw new Error(`${declarations}: the documents are typed in another way.`);
      await writeFile(declarations, text.replace(IMPORT, DECORATION));
      return files.map((path) => `${directory}/${path}`);
    },
  });
}
