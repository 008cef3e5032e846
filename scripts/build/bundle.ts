/**
 * Bundles the programs of `src` with their dependencies. A server that had to find, read and compile some 1,700 modules at
 * each start would take more than twice as long.
 */
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { licensesOfPackages } from './licenses.ts';

/** The programs, without the extension, below `src` and below the directory of the bundle alike. */
export const PROGRAMS: readonly string[] = [
  'cli',
  'main',
  'commands/audit',
  'commands/backup',
  'commands/move-ledger',
  'commands/price',
  'commands/verify',
  'simulator/main',
  'storage/sqlite/writer-thread',
];

/** Packages that are named in others for what is never used of them. */
const NEVER_LOADED = [
  // type-graphql's own validation of arguments, which is off.
  'class-validator',
  // Fastify's compilers of schemas, instead of which `src/lib/no-schemas.ts` has none.
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
];

export interface BundleFile {
  /** Relative to the directory of the bundle. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** The files of the bundle, those that others import first. */
export async function bundle(root: string): Promise<readonly BundleFile[]> {
  const src = join(root, 'src');
  const built = await rolldown({
    cwd: root,
    input: Object.fromEntries(PROGRAMS.map((name) => [name, join(src, `${name}.ts`)])),
    platform: 'node',
    tsconfig: join(root, 'tsconfig.json'),
    external: NEVER_LOADED,
    resolve: {
      alias: { undici$: join(import.meta.dirname, 'undici.js') },
      extensionAlias: { '.js': ['.ts', '.js'] },
      // Else graphql would be its CommonJS build, of which nothing can be left out.
      mainFields: ['module', 'main'],
      // Where packages are linked from elsewhere, the bundle would contain their paths on this machine.
      symlinks: false,
    },
    plugins: [filesBesideModules(src), lazyBuiltins, licensesOfPackages('THIRD-PARTY-LICENSES.md')],
  });
  try {
    const { output } = await built.generate({
      format: 'esm',
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      codeSplitting: { groups: [{ name: 'builtins', test: /^\0builtin:/ }] },
    });
    const isProgram = (path: string): boolean => PROGRAMS.includes(path.replace(/\.js(\.map)?$/, ''));
    return output
      .map((file) => ({ path: file.fileName, content: file.type === 'chunk' ? file.code : file.source }))
      .sort((a, b) => Number(isProgram(a.path)) - Number(isProgram(b.path)));
  } finally {
    await built.close();
  }
}

/** A module that finds files by its own directory finds them in the bundle, if they are at the same place there. */
function filesBesideModules(src: string): Plugin {
  return {
    name: 'files-beside-modules',
    transform(code, id) {
      if (!id.startsWith(src) || !code.includes('import.meta.')) return null;
      const path = relative(src, id).replaceAll('\\', '/');
      if (/import\.meta\.(?!dirname\b)/.test(code))
        throw new Error(`${path}: only import.meta.dirname can be bundled.`);
      const directory = dirname(path);
      if (directory === '.') return null;
      // Modules that programs share are in chunks, which are all in the directory of the bundle itself.
      if (PROGRAMS.includes(path.replace(/\.ts$/, ''))) throw new Error(`${path}: a program cannot use import.meta.`);
      const here = `(import.meta.dirname + ${JSON.stringify(`/${directory}`)})`;
      // The lines remain what they were, which is all that the source map has to know.
      return { code: code.replaceAll('import.meta.dirname', here), map: null };
    },
  };
}

/**
 * An `import` of one of Node's own modules evaluates all of its exports, also those that Node loads only when they are used:
 * `node:http` then loads a whole HTTP client. As objects they remain lazy.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  resolveId(id, _importer, { kind }) {
    const name = id.replace(/^node:/, '');
    // The bundler's own code imports `module` to be able to do this.
    if (kind !== 'import-statement' || name === 'module' || !builtinModules.includes(name)) return null;
    return `\0builtin:node:${name}`;
  },
  load(id) {
    const [, name] = /^\0builtin:(.+)$/.exec(id) ?? [];
    return name === undefined ? null : `module.exports = process.getBuiltinModule('${name}');`;
  },
};
