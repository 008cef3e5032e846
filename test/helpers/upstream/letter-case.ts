export type LetterCase = 'pascal' | 'camel' | 'mixed';

/** Objects whose keys are data (a percentile, a skill, a job title), not field names. */
const DATA_MAPS = new Set(['FullPercentiles', 'Tasks', 'Answers', 'MatchedFactors']);

/**
 * Converts the field names of a PascalCase body; `mixed` converts every second field name, in document order, to
 * camelCase. The keys of data maps are kept; the fields below them are converted.
 */
export function inLetterCase(body: unknown, letterCase: LetterCase): unknown {
  if (letterCase === 'pascal') return body;
  let seen = 0;

  function spelled(name: string): string {
    const keep = letterCase === 'mixed' && seen++ % 2 === 0;
    return keep ? name : name.charAt(0).toLowerCase() + name.slice(1);
  }

  function convert(value: unknown, keysAreData: boolean): unknown {
    if (Array.isArray(value)) return value.map((item) => convert(item, false));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]): [string, unknown] => {
        const key = keysAreData ? name : spelled(name);
        return [key, convert(inner, !keysAreData && DATA_MAPS.has(name))];
      }),
    );
  }

  return convert(body, false);
}
