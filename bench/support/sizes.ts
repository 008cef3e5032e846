import { parseArgs } from 'node:util';

/** The sizes of a scenario, each overridable by the option of its name (`--reports 20`). */
export function sizes<Name extends string>(
  given: Readonly<Record<Name, number>>,
  otherOptions: readonly string[] = [],
): Record<Name, number> {
  const names = Object.keys(given) as Name[];
  const { values } = parseArgs({
    options: Object.fromEntries([...names, ...otherOptions].map((name) => [name, { type: 'string' as const }])),
  });
  const sizeOf = (name: Name): number => {
    const size = Number(values[name] ?? given[name]);
    if (name === 'seconds' && size > 0) return size;
    if (!Number.isInteger(size) || size < 1) throw new Error(`--${name} must be a whole number of at least 1.`);
    return size;
  };
  return Object.fromEntries(names.map((name) => [name, sizeOf(name)])) as Record<Name, number>;
}

/** The value of another option (`--base v1`); null without it. */
export function textOption(name: string): string | null {
  const { values } = parseArgs({ options: { [name]: { type: 'string' } }, strict: false });
  return typeof values[name] === 'string' ? values[name] : null;
}
