import type { AnswerIssue, Failure } from '../../errors.js';
import { chargeOf, type Charge } from './charges.js';
import type { Claimed, UnresolvedPurchase } from './doubts.js';

/** The state of a report that was bought and has a link. Pure. */

/** A link, and what is kept of it for as long as it may be polled. */
export interface FollowedLink {
  /** Path and query; the origin is always the configured one. */
  readonly link: string;
  /** The purchase of which upstream's usage log has the REPORTID that it was made of. Absent: upstream has given it. */
  readonly fromLog?: string;
  /** Of the purchase that it came from. */
  readonly charge?: Charge;
  readonly warnings: readonly AnswerIssue[];
  /** Those of the purchase's response, as a `Cookie` header has them. What a poll changes in them is kept in memory only. */
  readonly cookies?: string | null;
  /** Upstream's own refusals to produce the report, since the last sign that it may. */
  readonly refusals?: Refusals | null;
  /** The latest stored response to a poll that had no usable report: its digest, and when it was stored (epoch ms). */
  readonly unusable?: { readonly digest: string; readonly at: number } | null;
}

/** When the first refusal came (epoch ms), and how many there were. */
export interface Refusals {
  readonly since: number;
  readonly count: number;
}

/** How far polling has come. Kept in memory, except beside what is stored anyway: it may begin again after a restart. */
interface PollingState {
  /** Polls made so far, and how many of the latest failed in a row. */
  readonly attempt: number;
  readonly faults: number;
  /** Why the latest poll failed; null if it did not. */
  readonly failure?: Failure | null;
  /** When the next poll is due (epoch ms), and the delay it was scheduled with (ms). Null before the first poll. */
  readonly nextPollAt: number | null;
  readonly retryAfterMs: number | null;
}

export interface LinkedState extends FollowedLink, PollingState {
  readonly state: 'LINKED';
  /** When it was linked, or asked for again after it had failed, epoch ms. Polling slows, and is given up, by this age. */
  readonly since?: number;
  /** Set if it had failed and was asked for again: when that failure expires, and how often it was asked for. */
  readonly reopened?: { readonly expiresAt: number; readonly times: number };
  /** Other purchases of this report, whose outcome stayed unknown. They may have been billed as well. */
  readonly doubt?: UnresolvedPurchase | null;
}

/** The link of a purchase. The report's warnings begin with those that were known before it was sent. */
export function linkOf(link: FollowedLink, { charge, warnings = [] }: Claimed = {}): FollowedLink {
  return { ...link, ...chargeOf({ charge }), warnings: [...warnings, ...link.warnings] };
}

/** A link that has not been polled since `now` (epoch ms). */
export function linked(followed: FollowedLink, now: number): LinkedState {
  return {
    state: 'LINKED',
    ...followedOf(followed),
    since: now,
    attempt: 0,
    faults: 0,
    nextPollAt: null,
    retryAfterMs: null,
  };
}

/** What is kept of a link when its collection ends without a report. */
export function followedOf({
  link,
  fromLog,
  charge,
  warnings,
  cookies,
  refusals,
  unusable,
}: FollowedLink): FollowedLink {
  return {
    link,
    ...(fromLog !== undefined && { fromLog }),
    ...chargeOf({ charge }),
    warnings,
    ...(cookies && { cookies }),
    ...(refusals && { refusals }),
    ...(unusable && { unusable }),
  };
}
