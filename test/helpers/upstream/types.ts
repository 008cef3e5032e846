import type { WireAnswers, WireReportKey } from '../../../src/contract/wire.ts';
import type { LetterCase } from './letter-case.ts';

/** The purpose of a request, by its method and path. */
export type RequestKind = 'token' | 'submit' | 'poll' | 'lookup' | 'status' | 'unknown';

/** One request as it arrived, whatever the response. */
export interface RecordedRequest {
  /** When its headers arrived, as `performance.now()`. */
  at: number;
  kind: RequestKind;
  method: string;
  path: string;
  /** Decoded; the last value of a repeated name. */
  query: Record<string, string>;
  /** With lower-case names. */
  headers: Record<string, string>;
  /** Parsed if it is JSON or a form (a repeated name becomes a list), otherwise its text; undefined if empty. */
  body: unknown;
  /** The same number for all requests of one TCP connection. */
  connection: number;
  /** For polls only: which report the link is for, and the link. */
  report?: WireReportKey;
  link?: string;
  /** When the last byte of its response was handed over, as `performance.now()`; absent until then. */
  respondedAt?: number;
}

/** One report that was accepted, and so would be billed. */
export interface Purchase {
  type: WireReportKey;
  answers: WireAnswers;
  /** See `answersKey`. */
  answersKey: string;
  at: number;
  /** The link of the report; polls of it have the same. */
  link: string;
}

export interface Submission {
  requestedReports: WireReportKey[];
  answers: WireAnswers;
}

/** All but `port` can also be changed on `upstream.options` while it runs. */
export interface UpstreamOptions {
  /** @default 0, a free port */
  port: number;
  clientId: string;
  /** The default contains characters that a form must encode. */
  clientSecret: string;
  /** What `customerId` and `user` must be. @default the client id */
  customerId: string;
  /** The letter case of field names in generated bodies; `mixed` alternates within a body. @default 'pascal' */
  letterCase: LetterCase;
  /** The key of a finished pay report (years of experience is always in `Report`). @default 'Report' */
  wrapper: 'Report' | 'Reports';
  /** The version in links; `mixed` uses v1 for pay and v2 for years of experience. @default 'v1' */
  linkVersion: 'v1' | 'v2' | 'mixed';
  /** The actual lifetime of tokens issued from now on. @default Infinity */
  tokenLifeMs: number;
  /** The advertised lifetime, `expires_in`, in seconds. @default 3600 */
  expiresIn: number;
  /** How many 202s a link returns before its report, including scripted ones. @default 1 */
  pendingPolls: number;
  /**
   * How long a report takes from its purchase, in milliseconds. Its 202s then have exactly the time that is left as their
   * hint. Null: it takes `pendingPolls` polls instead. @default null
   */
  reportTakesMs: ((answers: WireAnswers) => number) | null;
  /** The default `RetryAfterMilliseconds` of a 202. @default 10 */
  retryAfterMs: number;
  /** Polling earlier than a hint above this is not a violation. @default 60 000 */
  longestHintMs: number;
}

/** How many milliseconds early a poll may be: timers fire up to 1 ms early, and the clock is read twice. */
export const EARLY_POLL_SLACK_MS = 5;

/** A string that is equal for equal answers, whatever the order of their keys. Lists keep their order. */
export function answersKey(answers: unknown): string {
  if (answers === null || typeof answers !== 'object') return JSON.stringify(answers) ?? 'null';
  const entries = Object.entries(answers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
