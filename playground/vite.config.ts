import { defineConfig, type Plugin } from 'vite';

/** `graphiql/style.css` already holds Monaco's styles; Monaco's modules would bring every one of them a second time. */
const monacoStylesOnce: Plugin = {
  name: 'monaco-styles-once',
  enforce: 'pre',
  load: (id) => (/\/monaco-editor\/esm\/.*\.css$/.test(id) ? '' : null),
};

/**
 * GraphiQL's stylesheet carries its fonts as data URIs. As files, a browser fetches only the few its text needs, and the
 * content security policy can hold fonts to this origin.
 */
const fontsAsFiles: Plugin = {
  name: 'fonts-as-files',
  generateBundle(_options, bundle) {
    for (const [fileName, file] of Object.entries(bundle)) {
      if (file.type !== 'asset' || !fileName.endsWith('.css')) continue;
      file.source = file.source
        .toString()
        .replace(/url\("?data:font\/(\w+);base64,([^")]+)"?\)/g, (_match, extension: string, data: string) => {
          const font = this.emitFile({
            type: 'asset',
            name: `font.${extension}`,
            source: Buffer.from(data, 'base64'),
          });
          // Both lie in assets/, so the name alone leads from the one to the other.
          return `url(${this.getFileName(font).replace(/^.*\//, '')})`;
        });
    }
  },
};

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page also works behind a proxy that serves everything under a prefix.
  base: './',
  plugins: [monacoStylesOnce, fontsAsFiles],
  build: {
    outDir: '../dist/playground',
    emptyOutDir: true,
    // An inlined asset is a data URI, which the content security policy refuses.
    assetsInlineLimit: 0,
    // Monaco is 2.8 MB, loaded after the page is there; splitting it further would not make it arrive sooner.
    chunkSizeWarningLimit: 3000,
    // "use no memo" in GraphiQL speaks to the React compiler, which has run by the time it is published.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
