/** Results that are kept, and the longest text of which one is: what comes in headers is chosen by clients. */
const MOST_KEPT = 100;
const LONGEST_KEPT = 256;

/**
 * The same pure function, which remembers its results: for texts that are few and come again and again. Once there are too
 * many it forgets all of them, so that a flood of others costs what it would cost without.
 */
export function remembered<T>(resultOf: (text: string) => T): (text: string) => T {
  const kept = new Map<string, { readonly result: T }>();
  return (text) => {
    const known = kept.get(text);
    if (known) return known.result;
    const result = resultOf(text);
    if (text.length > LONGEST_KEPT) return result;
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, { result });
    return result;
  };
}
