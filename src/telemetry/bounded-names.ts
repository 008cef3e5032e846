/** What stands for all names beyond the bound. */
const OTHER = 'other';

/**
 * Names that clients choose must not become time series without end: the first `most` names are kept as they are, and
 * whatever comes later counts as `other`.
 */
export function boundedNames(most: number, longest: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= most || name.length > longest) return OTHER;
    known.add(name);
    return name;
  };
}
