import { httpDate } from '../../lib/http-date.js';

/** Delays in milliseconds, computed from hints, headers and attempt counts. Jitter only ever adds. */

/** A shorter hint would turn polling into a hot loop. */
export const SHORTEST_POLL_MS = 100;
/** A longer hint (10⁹ has been seen) would delay collecting a finished report. */
export const LONGEST_POLL_MS = 15_000;
/** A server that sends Retry-After is trusted with a longer wait than a hint of how long a report takes. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

const LONG_TROUBLE = 100;
const DAY_MS = 86_400_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;
const LONGEST_LARGE_BODY_MS = 3_600_000;
const JITTER_SHARE = 0.05;
const MOST_JITTER_MS = 50;

/** Exponential from 250 ms to 5 s; `attempt` counts from 0. */
export function backoff(attempt: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(attempt, 0), LONGEST_BACKOFF_MS);
}

/**
 * The delay that a 202 asks for: the larger of its hint and its `Retry-After`, each limited, as far as they are finite and
 * above zero; null if there is none.
 */
export function hintedDelay(hintMs: number | null, retryAfterMs: number | null): number | null {
  const asked = Math.max(limited(hintMs, LONGEST_POLL_MS), limited(retryAfterMs, LONGEST_RETRY_AFTER_MS));
  return asked > 0 ? Math.max(asked, SHORTEST_POLL_MS) : null;
}

/** Zero if there is none. */
function limited(ms: number | null, longest: number): number {
  return ms !== null && Number.isFinite(ms) && ms > 0 ? Math.min(Math.ceil(ms), longest) : 0;
}

/**
 * The delay after a failed attempt: `Retry-After` if it was sent, but never less than the backoff. After a hundred
 * failures in a row it is a minute, because frequent retries no longer help.
 */
export function faultDelay(retryAfterMs: number | null, attempt: number): number {
  if (attempt >= LONG_TROUBLE) return LONGEST_RETRY_AFTER_MS;
  return Math.max(Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS), backoff(attempt));
}

/** After a body that is too large: a minute, doubled each time up to an hour. `attempt` counts from 0. */
export function largeBodyDelay(attempt: number): number {
  return Math.min(LONGEST_RETRY_AFTER_MS * 2 ** Math.min(attempt, 6), LONGEST_LARGE_BODY_MS);
}

/** A link is polled the less often the older it is: after a sixtieth of its age (ms), up to a minute after an hour. */
export function paceOfAge(ageMs: number): number {
  return Math.min(Math.max(Math.ceil(ageMs / 60), 0), LONGEST_RETRY_AFTER_MS);
}

/** Adds up to 5 %, at most 50 ms, to spread out retries that failed together. `random` is in [0, 1). */
export function withJitter(ms: number, random: number = Math.random()): number {
  return Math.ceil(ms + Math.min(ms * JITTER_SHARE, MOST_JITTER_MS) * random);
}

/**
 * `Retry-After` in milliseconds from `now` (epoch ms), at most a day: seconds, or a date of any form of RFC 9110. Null if it
 * is neither.
 */
export function retryAfterHeader(value: string | string[] | undefined, now: number): number | null {
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  if (!text) return null;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : msUntil(httpDate(text, now), now);
  return ms === null ? null : Math.min(Math.max(ms, 0), DAY_MS);
}

function msUntil(time: number | null, now: number): number | null {
  return time === null ? null : time - now;
}
