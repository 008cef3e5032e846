/** How long to wait: pure arithmetic from hints, headers and attempts to milliseconds. Jitter only ever adds. */

/** A shorter hint would make a hot loop of a poller. */
export const SHORTEST_POLL_MS = 100;
/** A longer hint (10⁹ has been seen) would leave a finished report lying. */
export const LONGEST_POLL_MS = 15_000;
/** A server that asks for peace by header is given more of it than one that merely guesses how long a report takes. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/** All three forms of RFC 9110 begin with a weekday and hold a time of day. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;

const LONG_TROUBLE = 100;
const DAY_MS = 86_400_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;
const JITTER_SHARE = 0.05;
const MOST_JITTER_MS = 50;

/** Exponential from 250 ms to 5 s; `attempt` counts from 0. */
export function backoff(attempt: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(attempt, 0), LONGEST_BACKOFF_MS);
}

/** The hint of a 202 where it is one (finite and above zero), clamped; else exponential by `attempt`. */
export function pollDelay(hintMs: number | null, attempt: number): number {
  if (hintMs === null || !Number.isFinite(hintMs) || hintMs <= 0) return backoff(attempt);
  return Math.min(Math.max(Math.ceil(hintMs), SHORTEST_POLL_MS), LONGEST_POLL_MS);
}

/**
 * The wait after a fault: the `Retry-After` header where there was one, never less than the backoff; a minute after a
 * hundred faults in a row, for what has failed that long is not mended by asking often.
 */
export function faultDelay(retryAfterMs: number | null, attempt: number): number {
  if (attempt >= LONG_TROUBLE) return LONGEST_RETRY_AFTER_MS;
  return Math.max(Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS), backoff(attempt));
}

/** Adds up to a twentieth and 50 ms at most, so that what began together does not come back together. `random` is in [0, 1). */
export function withJitter(ms: number, random: number = Math.random()): number {
  return Math.ceil(ms + Math.min(ms * JITTER_SHARE, MOST_JITTER_MS) * random);
}

/** `Retry-After` in milliseconds from `now` (epoch ms): seconds (a day at most) or an HTTP date; null where it is neither. */
export function retryAfterHeader(value: string | string[] | undefined, now: number): number | null {
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  if (!text) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, DAY_MS);
  // Date.parse alone would take "-5" and "try 5" for dates.
  const date = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(date - now, 0);
}
