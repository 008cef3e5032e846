import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCENARIOS } from '../many/all-scenarios.js';

it('test/many/README.md has every scenario with its options at full size', () => {
  const rows = readFileSync('test/many/README.md', 'utf8').matchAll(/^\| `([\w-]+)` +\|[^|]+\| `(--[^`]+)`/gm);
  const documented = Object.fromEntries([...rows].map(([, name = '', options]) => [name, options]));
  const known = Object.entries(SCENARIOS).map(([name, { sizes }]) => [
    name,
    Object.entries(sizes)
      .map(([option, size]) => `--${option} ${size}`)
      .join(' '),
  ]);
  expect(documented).toEqual(Object.fromEntries(known));
});
