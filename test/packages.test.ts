import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

type Node = { type: string } & Record<string, unknown>;

const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;

describe('src', () => {
  const paths = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

  it('imports only packages listed in dependencies', () => {
    const missing = paths.flatMap((path) =>
      packagesOf(path, readFileSync(join('src', path), 'utf8'))
        .filter((name) => !(name in dependencies))
        .map((name) => `${path} imports ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('imports every package listed in dependencies', () => {
    const imported = new Set(paths.flatMap((path) => packagesOf(path, readFileSync(join('src', path), 'utf8'))));
    // The logger loads it by name, and the build is part of a start.
    const others = ['pino-pretty', 'rolldown'];
    expect(Object.keys(dependencies).filter((name) => !imported.has(name) && !others.includes(name))).toEqual([]);
  });
});

it('.node-version names the Node that the scripts run on', () => {
  expect(readFileSync('.node-version', 'utf8').trim()).toBe(devDependencies['node']);
});

it('coverage has the version of vitest', () => {
  expect(devDependencies['@vitest/coverage-v8']).toBe(devDependencies['vitest']);
});

describe('the import check finds', () => {
  it.each([
    ['a value import', `import { a } from 'some-package';`],
    ['a type import', `import type { A } from 'some-package';`],
    ['a re-export', `export { a } from 'some-package';`],
    ['a dynamic import', `const a = await import('some-package');`],
    ['an inline type import', `let a: import('some-package').A;`],
    ['a deep import', `import 'some-package/a/file.js';`],
  ])('%s', (_, text) => {
    expect(packagesOf('a.ts', text)).toEqual(['some-package']);
  });

  it('the full name of a scoped package', () => {
    expect(packagesOf('a.ts', `import '@some/package/file.js';`)).toEqual(['@some/package']);
  });

  it('neither relative imports nor node: built-ins', () => {
    expect(packagesOf('a.ts', `import './b.js'; import 'node:fs'; import 'node:timers/promises';`)).toEqual([]);
  });

  it('a built-in imported without the node: prefix, which a package could shadow', () => {
    expect(builtinModules.filter((name) => name in dependencies)).toEqual([]);
    expect(packagesOf('a.ts', `import 'fs';`)).toEqual(['fs']);
  });
});

/** The packages a file imports, for values or types. */
function packagesOf(path: string, text: string): string[] {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return nodesOf(program as unknown as Node).flatMap((node) => {
    if (!isNode(node['source'])) return [];
    const specifier = node['source']['value'];
    if (typeof specifier !== 'string') throw new Error(`${path}: an import whose target is not a plain string`);
    if (specifier.startsWith('.') || specifier.startsWith('node:')) return [];
    return specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
  });
}

function nodesOf(node: Node): Node[] {
  const children = Object.values(node).flat().filter(isNode);
  return [node, ...children.flatMap((child) => nodesOf(child))];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
