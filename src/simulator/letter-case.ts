/** Objects whose keys are data (a skill, a job title, a percentile) and keep their letter case. */
const KEYED_BY_DATA = new Set(['Answers', 'Tasks', 'FullPercentiles']);

/** @returns the body with its field names in camelCase, as in the specification; values are unchanged. */
export function toCamelCase(body: unknown, keysAreData = false): unknown {
  if (Array.isArray(body)) return body.map((item) => toCamelCase(item));
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      keysAreData ? key : key.charAt(0).toLowerCase() + key.slice(1),
      toCamelCase(value, KEYED_BY_DATA.has(key)),
    ]),
  );
}
