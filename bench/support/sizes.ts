import { parseArgs } from 'node:util';

/** How large a scenario is played: each size is what the option of its name says (`--reports 20`), or the given one. */
export function sizes<Name extends string>(given: Readonly<Record<Name, number>>): Record<Name, number> {
  const names = Object.keys(given) as Name[];
  const { values } = parseArgs({
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const sizeOf = (name: Name): number => {
    const size = Number(values[name] ?? given[name]);
    if (!Number.isInteger(size) || size < 1) throw new Error(`--${name} takes a whole number from 1 on.`);
    return size;
  };
  return Object.fromEntries(names.map((name) => [name, sizeOf(name)])) as Record<Name, number>;
}
