import { setTimeout as timer } from 'node:timers/promises';

/** Node turns a longer delay into 1 ms, which would make a retry loop spin. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Resolves after `ms` milliseconds; rejects with the signal's reason if it aborts first. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await timer(Math.min(Math.max(ms, 0), LONGEST_DELAY_MS), undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
