import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

/**
 * Which other rooms each room may import, from the table of docs/architecture.md. A room is a folder with everything in it,
 * or a single file.
 */
const ROOMS = roomsOf(readFileSync('docs/architecture.md', 'utf8'));

/** The simulator's process has its own settings. */
const READERS_OF_THE_ENVIRONMENT = ['src/config.ts', 'src/simulator/main.ts'];

const MOST_LINES = 300;

type Sources = Record<string, string>;
type Node = { type: string } & Record<string, unknown>;

/** The nodes of each file, which several rules look at. */
const known = new Map<string, readonly Node[]>();

describe('src', () => {
  const src = sourcesIn('src');

  it('imports only what the table of rooms allows', () => {
    expect(forbiddenImports(src)).toEqual([]);
  });

  it('has no import cycles, through values or types', () => {
    expect(importCycles(src)).toEqual([]);
  });

  it('has no barrels', () => {
    expect(barrels(src)).toEqual([]);
  });

  it(`has no file of more than ${MOST_LINES} lines`, () => {
    expect(longFiles(src)).toEqual([]);
  });

  it('reads the environment only in the configuration files', () => {
    expect(readersOfTheEnvironment(src).filter((path) => !READERS_OF_THE_ENVIRONMENT.includes(path))).toEqual([]);
  });
});

describe('test', () => {
  it('waits with eventually or expect.poll, since vi.waitFor gives up after a second', () => {
    expect(impatientWaits(sourcesIn('test'))).toEqual(['test/fixtures/eventually.ts']);
  });

  it('closes what a concurrent test opened by its own context, since the imported hook knows only the latest test', () => {
    expect(hooksOfAnotherTest(sourcesIn('test'))).toEqual([]);
  });
});

describe('bench', () => {
  it('imports nothing of the tests but their fixtures', () => {
    const targets = Object.entries(sourcesIn('bench')).flatMap(([path, text]) => localImports(path, text));
    const ofTests = targets.filter((target) => isIn('test', target));
    expect(ofTests.filter((target) => !isIn('test/fixtures', target))).toEqual([]);
    expect(ofTests).not.toEqual([]);
  });
});

describe('programs that Node runs as they are written', () => {
  it('import files that exist: for them nothing turns .js into .ts', () => {
    const sources = { ...sourcesIn('bench'), ...sourcesIn('scripts'), ...sourcesIn('test'), ...sourcesIn('src') };
    const programs = Object.keys(sources).filter(
      (path) => isIn('bench', path) || isIn('scripts', path) || /^test\/\w+\/run\.ts$/.test(path),
    );
    expect(programs).toContain('test/many/run.ts');
    expect(missingImports(sources, programs)).toEqual([]);
  });
});

describe('the rules find', () => {
  it('an import of a file that Node does not find, wherever it is, unless it is of a type', () => {
    const sources = {
      'test/many/run.ts': `import { a } from '../a.ts';`,
      'test/a.ts': `import type { B } from './b.js'; import { c } from './c.js';`,
      'test/b.ts': `import { d } from './d.js';`,
      'test/c.ts': '',
    };
    expect(missingImports(sources, ['test/many/run.ts'])).toEqual(['test/a.ts imports ./c.js']);
  });

  it('the rooms of a table', () => {
    const table = [
      '| `src/app.ts` | all | everything below |',
      '| `src/doors/` | a | graphql, config |',
      '| `src/lib/` | b | nothing |',
    ];
    expect(roomsOf(table.join('\n'))).toEqual({
      'src/app.ts': ['src/doors', 'src/lib'],
      'src/doors': ['src/graphql', 'src/config.ts'],
      'src/lib': [],
    });
  });

  it.each([
    ['a value import', `import { a } from '../doors/a.js';`],
    ['a type import', `import type { A } from '../doors/a.js';`],
    ['a re-export', `export { a } from '../doors/a.js';`],
    ['a dynamic import', `const a = await import('../doors/a.js');`],
    ['an inline type import', `let a: import('../doors/a.js').A;`],
    ['an import from outside src', `import '../../test/doors/a.js';`],
  ])('a forbidden import: %s', (_, text) => {
    expect(forbiddenImports({ 'src/doors/a.ts': '', 'src/lib/b.ts': text })).toHaveLength(1);
  });

  it('a dynamic import whose target is not a literal', () => {
    expect(() => forbiddenImports({ 'src/lib/b.ts': 'await import(name);' })).toThrow('src/lib/b.ts');
  });

  it('a file outside all rooms', () => {
    expect(forbiddenImports({ 'src/util/a.ts': '' })).toEqual(['src/util/a.ts is in no room']);
  });

  it('a cycle closed by a type import', () => {
    const sources = {
      'src/lib/a.ts': `import { b } from './b.js';`,
      'src/lib/b.ts': `import { c } from './c.js';`,
      'src/lib/c.ts': `import type { A } from './a.js';`,
    };
    expect(importCycles(sources)).toEqual(['src/lib/a.ts → src/lib/b.ts → src/lib/c.ts → src/lib/a.ts']);
  });

  it.each([`export * from './a.js';`, `import { a } from './a.js'; export { a };`])('a barrel: %s', (text) => {
    expect(barrels({ 'src/lib/index.ts': text })).toEqual(['src/lib/index.ts']);
  });

  it('a file with one line too many', () => {
    const lines = (count: number) => 'const a = 1;\n'.repeat(count);
    const sources = {
      'src/lib/a.ts': lines(300),
      'src/lib/b.ts': lines(301),
      'src/commands/generated/c.ts': lines(301),
    };
    expect(longFiles(sources)).toEqual(['src/lib/b.ts']);
  });

  it.each([
    'process.env.PORT;',
    "process['env'];",
    'globalThis.process.env;',
    'const { env } = process;',
    `import { env } from 'node:process';`,
  ])('a read of the environment: %s', (text) => {
    expect(readersOfTheEnvironment({ 'src/lib/a.ts': text })).toEqual(['src/lib/a.ts']);
  });

  it.each(['await vi.waitFor(look);', 'await vi.waitFor(look, { timeout: 5_000 });', 'await vi.waitUntil(look);'])(
    'an impatient wait: %s',
    (text) => {
      expect(impatientWaits({ 'test/a.test.ts': text })).toEqual(['test/a.test.ts']);
    },
  );

  it('no impatient wait in the waits of a browser page', () => {
    expect(impatientWaits({ 'test/a.test.ts': 'await page.locator(name).waitFor();' })).toEqual([]);
  });
});

function roomsOf(markdown: string): Record<string, string[]> {
  const rows = [...markdown.matchAll(/^\| `(src\/[^`]+?)\/?` +\|.*\| ([^|]+?) +\|$/gm)].map(
    ([, room = '', may = '']) => ({
      room,
      may,
    }),
  );
  return Object.fromEntries(
    rows.map(({ room, may }, index) => {
      if (may === 'nothing') return [room, []];
      if (may === 'everything below') return [room, rows.slice(index + 1).map((below) => below.room)];
      return [room, may.split(', ').map(pathOf)];
    }),
  );
}

/** `doors` is a folder, `config` a file. */
function pathOf(name: string): string {
  const path = posix.join('src', name);
  if (existsSync(path)) return path;
  if (existsSync(`${path}.ts`)) return `${path}.ts`;
  throw new Error(`docs/architecture.md names ${name}, which does not exist.`);
}

function sourcesIn(folder: string): Sources {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );
}

function forbiddenImports(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([path, text]) => {
    const room = Object.keys(ROOMS).find((name) => isIn(name, path));
    if (room === undefined) return [`${path} is in no room`];
    const allowed = [room, ...(ROOMS[room] ?? [])];
    return localImports(path, text)
      .filter((target) => !allowed.some((name) => isIn(name, target)))
      .map((target) => `${path} imports ${target}`);
  });
}

function importCycles(sources: Sources): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const follow = (path: string, trail: string[]) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const target of localImports(path, sources[path] ?? '')) follow(target, [...trail, path]);
    done.add(path);
  };
  for (const path of Object.keys(sources)) follow(path, []);
  return found;
}

/** Files that declare nothing and only re-export. */
function barrels(sources: Sources): string[] {
  return Object.keys(sources).filter((path) => {
    const { body } = parse(path, sources[path] ?? '');
    const handsOn = (node: Node) =>
      node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node['declaration'] === null);
    return body.some(handsOn) && body.every((node) => handsOn(node) || node.type === 'ImportDeclaration');
  });
}

/** Generated files are as long as they are. */
function longFiles(sources: Sources): string[] {
  const isLong = (path: string): boolean => (sources[path] ?? '').trimEnd().split('\n').length > MOST_LINES;
  return Object.keys(sources).filter((path) => isLong(path) && !path.includes('/generated/'));
}

function readersOfTheEnvironment(sources: Sources): string[] {
  const isProcess = (node: unknown) =>
    isNode(node) &&
    (node['name'] === 'process' || (node.type === 'MemberExpression' && nameOf(node['property']) === 'process'));
  const reads = (node: Node) =>
    (node.type === 'MemberExpression' && isProcess(node['object']) && nameOf(node['property']) === 'env') ||
    (node.type === 'VariableDeclarator' &&
      isProcess(node['init']) &&
      isNode(node['id']) &&
      node['id'].type === 'ObjectPattern') ||
    (node.type === 'ImportDeclaration' && ['process', 'node:process'].includes(nameOf(node['source']) ?? ''));
  return Object.keys(sources).filter((path) => allNodes(path, sources[path] ?? '').some(reads));
}

/** Files that use Vitest's own waits, whose time is too short on a slow machine. */
function impatientWaits(sources: Sources): string[] {
  const waits = (node: Node) =>
    node.type === 'MemberExpression' &&
    nameOf(node['object']) === 'vi' &&
    ['waitFor', 'waitUntil'].includes(nameOf(node['property']) ?? '');
  return Object.keys(sources).filter((path) => allNodes(path, sources[path] ?? '').some(waits));
}

/** Files with concurrent tests that import a hook that belongs to whichever test is running, or a fixture that uses it. */
function hooksOfAnotherTest(sources: Sources): string[] {
  const concurrent = (node: Node) =>
    node.type === 'MemberExpression' &&
    nameOf(node['property']) === 'concurrent' &&
    nameOf(node['object']) !== undefined;
  const hooks = (node: Node) =>
    node.type === 'ImportSpecifier' && ['onTestFinished', 'testDirectory'].includes(nameOf(node['imported']) ?? '');
  return Object.keys(sources).filter((path) => {
    const nodes = allNodes(path, sources[path] ?? '');
    return nodes.some(concurrent) && nodes.some(hooks);
  });
}

/** What these programs import statically, themselves or by what they import, and is not there under that name. */
function missingImports(sources: Sources, programs: readonly string[]): string[] {
  const seen = new Set<string>();
  const follow = (path: string): string[] => {
    const text = sources[path];
    if (text === undefined || seen.has(path)) return [];
    seen.add(path);
    return parse(path, text).body.flatMap((node) => {
      const name = nameOf(node['source']);
      if (!name?.startsWith('.') || node['importKind'] === 'type' || node['exportKind'] === 'type') return [];
      const target = posix.join(posix.dirname(path), name);
      return target in sources || existsSync(target) ? follow(target) : [`${path} imports ${name}`];
    });
  };
  return programs.flatMap(follow);
}

/** What a file imports from this project, for values or types, as paths from the root. */
function localImports(path: string, text: string): string[] {
  return allNodes(path, text).flatMap((node) => {
    if (!isNode(node['source'])) return [];
    const specifier = node['source']['value'];
    if (typeof specifier !== 'string') throw new Error(`${path}: an import whose target is not a plain string`);
    if (!specifier.startsWith('.')) return [];
    return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
  });
}

function allNodes(path: string, text: string): readonly Node[] {
  const key = `${path}\n${text}`;
  const found = known.get(key) ?? nodesOf(parse(path, text));
  known.set(key, found);
  return found;
}

function parse(path: string, text: string): { type: string; body: Node[] } {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return program as unknown as { type: string; body: Node[] };
}

/** Of the node and everything in it, in the order of the source. */
function nodesOf(node: Node, found: Node[] = []): readonly Node[] {
  found.push(node);
  for (const child of Object.values(node).flat()) if (isNode(child)) nodesOf(child, found);
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The name of an identifier or the text of a string. */
function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  const name = node['name'] ?? node['value'];
  return typeof name === 'string' ? name : undefined;
}

function isIn(room: string, path: string): boolean {
  return path === room || path.startsWith(`${room}/`);
}
