import { setTimeout as timer } from 'node:timers/promises';

/** Longer waits become a 1 ms timer in Node, that is a hot loop. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Resolves after `ms` milliseconds; rejects with the signal's reason when that comes first. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await timer(Math.min(Math.max(ms, 0), LONGEST_DELAY_MS), undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
