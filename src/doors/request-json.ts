/** Levels of objects and lists in each other. The deepest answers of this schema have five. */
const MOST_LEVELS = 100;

/**
 * What is wrong with JSON that a client sent, whatever it is for; null if nothing is. What is nested too deeply cannot be
 * written again, and so neither compared nor logged, and a number beyond all numbers would be written as null. A `__proto__`
 * would be lost where it is copied into another object; every other key, `constructor` and `prototype` too, is a key like any
 * other. `around`: levels of an envelope.
 */
export function problemOfJson(value: unknown, around = 0): string | null {
  return problemBelow(value, MOST_LEVELS + around);
}

/** Recursive, since its depth is bounded. */
function problemBelow(value: unknown, levels: number): string | null {
  if (typeof value === 'number' && !Number.isFinite(value))
    return 'The JSON of a request must not have a number beyond ±1.8e308.';
  if (typeof value !== 'object' || value === null) return null;
  if (levels === 0) return `The JSON of a request must not be nested more than ${MOST_LEVELS} levels deep.`;
  if (Object.hasOwn(value, '__proto__')) return 'The JSON of a request must not have a key "__proto__".';
  for (const each of Object.values(value)) {
    const problem = problemBelow(each, levels - 1);
    if (problem !== null) return problem;
  }
  return null;
}
