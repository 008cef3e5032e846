import { setTimeout as delay } from 'node:timers/promises';

const DAY_MS = 24 * 3_600_000;
/** Longer than any file takes, but for those that take long on a busy machine. */
const NEAR_MS = 120_000;

/**
 * Waits, if a UTC day is about to end, until it has: budgets, sums and audits are of days and months, and what a test has bought
 * would be partly of the one before.
 */
export async function passMidnight(): Promise<void> {
  const leftMs = DAY_MS - (Date.now() % DAY_MS);
  if (leftMs < NEAR_MS) await delay(leftMs + 1);
}
