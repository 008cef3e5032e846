/** The name that takes the fewest changes (a letter more, less, other, or two swapped) to write, ignoring letter case. */
export function nearestName(
  name: string,
  names: readonly string[],
): { readonly name: string; readonly changes: number } | null {
  const written = name.toUpperCase();
  let nearest: { name: string; changes: number } | null = null;
  for (const candidate of names) {
    const fewest = nearest?.changes ?? Infinity;
    // One change makes a name at most one letter longer or shorter. At a start, most names are compared in vain.
    if (Math.abs(candidate.length - written.length) >= fewest) continue;
    const changes = changesBetween(written, candidate.toUpperCase(), fewest);
    if (changes < fewest) nearest = { name: candidate, changes };
  }
  return nearest;
}

/** The distance of Damerau and Levenshtein, with swaps of neighbours only; `most` or more, if it is not less than `most`. */
function changesBetween(a: string, b: string, most: number): number {
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
    // What follows is made from these two rows, and never less.
    if (Math.min(...last, ...current) >= most) return most;
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Infinity;
}
