import type { PollOutcome } from '../jobalyzer/poll-response.js';
import { faultDelay, pollDelay, withJitter } from '../jobalyzer/retry.js';
import type { EntryIn } from './ledger.js';
import type { LedgerEvent } from './ledger-events.js';

/** Collecting, what follows from a poll: the end of the report's collection, or another poll. */
export type AfterPoll =
  | { readonly kind: 'end'; readonly event: LedgerEvent }
  /** `entry` has the progress; `delayMs`: the time until the next poll. */
  | { readonly kind: 'poll-again'; readonly entry: EntryIn<'LINKED'>; readonly delayMs: number };

/** Pure. `now` in epoch ms; `ttlMs`: how long a collected report, or its failure, is kept. */
export function afterPoll(
  entry: EntryIn<'LINKED'>,
  outcome: PollOutcome,
  now: number,
  ttlMs: number,
  random: number = Math.random(),
): AfterPoll {
  const expiresAt = now + ttlMs;
  switch (outcome.kind) {
    case 'ready':
      return { kind: 'end', event: { kind: 'collect', body: outcome.body, rating: outcome.rating, expiresAt } };
    case 'ended':
      return { kind: 'end', event: { kind: 'end', failure: outcome.failure, expiresAt } };
    case 'pending':
      return pollAgain(entry, pollDelay(outcome.hintMs, outcome.retryAfterMs, entry.attempt), 0, now, random);
    case 'fault':
      return pollAgain(entry, faultDelay(outcome.retryAfterMs, entry.faults), entry.faults + 1, now, random);
  }
}

/** Clients are told the delay without its jitter. */
function pollAgain(
  entry: EntryIn<'LINKED'>,
  retryAfterMs: number,
  faults: number,
  now: number,
  random: number,
): AfterPoll {
  const delayMs = withJitter(retryAfterMs, random);
  const attempt = entry.attempt + 1;
  return {
    kind: 'poll-again',
    entry: { ...entry, at: now, attempt, faults, retryAfterMs, nextPollAt: now + delayMs },
    delayMs,
  };
}
