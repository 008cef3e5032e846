import { defineConfig, type Plugin } from 'vite';

/** `graphiql/style.css` already contains Monaco's styles; Monaco's modules would include them a second time. */
const monacoStylesOnce: Plugin = {
  name: 'monaco-styles-once',
  enforce: 'pre',
  load: (id) => (/\/monaco-editor\/esm\/.*\.css$/.test(id) ? '' : null),
};

/**
 * GraphiQL's stylesheet contains its fonts as data URIs. As files, a browser loads only the few it needs, and the content
 * security policy can restrict fonts to this origin.
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
          // Both files are in assets/, so the file name is enough as a relative URL.
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
    // An inlined asset would be a data URI, which the content security policy blocks.
    assetsInlineLimit: 0,
    // Monaco is 2.8 MB, loaded after the page is shown; splitting it further would not make it load faster.
    chunkSizeWarningLimit: 3000,
    // "use no memo" in GraphiQL is for the React compiler, which has already run when GraphiQL is published.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
