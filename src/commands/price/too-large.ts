import type { Fault } from './rows.js';

/** Whether an operation was refused for what it asks for, which may be asked for in parts. */
export function isTooLarge(errors: readonly Fault[]): boolean {
  return errors.some(({ code }) => code === 'OPERATION_TOO_LARGE');
}

/** What both halves come to, one after the other. */
export async function inHalves<T, R>(
  items: readonly T[],
  work: (half: readonly T[]) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  const middle = Math.ceil(items.length / 2);
  return [...(await work(items.slice(0, middle))), ...(await work(items.slice(middle)))];
}
