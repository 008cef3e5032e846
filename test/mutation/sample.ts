import { seededRandom } from '../../src/simulator/hash.ts';

/** A random choice of `size` items that depends only on the items and the seed, in their original order. */
export function sampleOf<T>(items: readonly T[], size: number, seed: number): T[] {
  const random = seededRandom(seed);
  const indexes = items.map((_, index) => index);
  for (let last = indexes.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [indexes[last], indexes[other]] = [indexes[other] as number, indexes[last] as number];
  }
  return indexes
    .slice(0, size)
    .sort((a, b) => a - b)
    .map((index) => items[index] as T);
}
