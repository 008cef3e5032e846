/** The name that takes the fewest changes (a letter more, less, other, or two swapped) to write, ignoring letter case. */
export function nearestName(
  name: string,
  names: readonly string[],
): { readonly name: string; readonly changes: number } | null {
  let nearest: { name: string; changes: number } | null = null;
  for (const candidate of names) {
    const changes = changesBetween(name.toUpperCase(), candidate.toUpperCase());
    if (nearest === null || changes < nearest.changes) nearest = { name: candidate, changes };
  }
  return nearest;
}

/** The distance of Damerau and Levenshtein, with swaps of neighbours only. */
function changesBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Infinity;
}
