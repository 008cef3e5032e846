import type { Problem } from '../api/problem.ts';

/** What is to be done about a request that was not served. */
export type Reaction =
  /** Send it again after so long. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** It concerns all that would follow as well. */
  | { readonly kind: 'end' }
  /** It concerns this one alone. */
  | { readonly kind: 'leave' };

/** They say when to come back. */
const LATER: readonly string[] = ['RATE_LIMITED', 'OVERLOADED', 'UPSTREAM_RATE_LIMITED'];
/** They pass, or they do not. */
const AWAY: readonly string[] = [
  'UNREACHABLE',
  'STORE_UNAVAILABLE',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAUTHORIZED',
];
const FOR_ALL: readonly string[] = [
  'BUDGET_EXCEEDED',
  'BUYING_STOPPED',
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'OPERATION_NOT_LISTED',
  'OPERATION_TOO_LARGE',
];

const MOST_LATER = 30;
const MOST_AWAY = 6;
const SHORTEST_MS = 500;
const LONGEST_MS = 120_000;
const LONGEST_AWAY_MS = 30_000;

/** `attempt`: how often it was sent until now, at least once. A request that is sent again buys nothing twice. */
export function reactionTo({ code, retryAfterMs }: Problem, attempt: number): Reaction {
  if (LATER.includes(code) && attempt < MOST_LATER) {
    return { kind: 'wait', ms: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, retryAfterMs ?? 5_000)) };
  }
  if (AWAY.includes(code) && attempt < MOST_AWAY) {
    return { kind: 'wait', ms: Math.min(LONGEST_AWAY_MS, Math.max(retryAfterMs ?? 0, 1_000 * 2 ** (attempt - 1))) };
  }
  const isForAll = [LATER, AWAY, FOR_ALL].some((codes) => codes.includes(code));
  return { kind: isForAll ? 'end' : 'leave' };
}
