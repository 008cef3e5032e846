import { createHash } from 'node:crypto';

/** @returns the first `length` hexadecimal digits of the text's SHA-256. */
export function digest(text: string, length = 16): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/** @returns a number in [0, 1) that depends only on the text, uniformly distributed over texts. */
export function fraction(text: string): number {
  return Number.parseInt(digest(text, 12), 16) / 2 ** 48;
}

/** @returns a seeded generator of numbers in [0, 1) (mulberry32): the same seed gives the same sequence. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
