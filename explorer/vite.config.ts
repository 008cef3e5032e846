import { defineConfig, type Plugin } from 'vite';
import * as operations from './generated/operations.ts';

/** What the page sends, for a server that executes only the operations of a list. */
const listOfOperations: Plugin = {
  name: 'list-of-operations',
  generateBundle() {
    const documents = Object.entries(operations).filter(([name]) => name.endsWith('Document'));
    this.emitFile({
      type: 'asset',
      fileName: 'operations.json',
      source: JSON.stringify(documents.map(([, document]) => String(document))),
    });
  },
};

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page also works behind a proxy that serves everything under a prefix.
  base: './',
  plugins: [listOfOperations],
  build: {
    outDir: '../dist/explorer',
    emptyOutDir: true,
    // An inlined asset would be a data URI, which the content security policy allows for images only.
    assetsInlineLimit: 0,
  },
});
