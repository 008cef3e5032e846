import type { WireAnswers, WireReportKey } from '../../../src/datasources/jobalyzer/wire.js';
import type { LetterCase } from './letter-case.js';

/** What a request was for, by its method and path alone. */
export type RequestKind = 'token' | 'submit' | 'poll' | 'lookup' | 'status' | 'unknown';

/** One request as it arrived, whatever it was answered with. */
export interface RecordedRequest {
  /** When its headers arrived, in the milliseconds of `performance.now()`. */
  at: number;
  kind: RequestKind;
  method: string;
  path: string;
  /** Decoded; of a name that occurs twice, the last. */
  query: Record<string, string>;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Parsed when it is JSON or a form (a name that occurs twice becomes a list), else its text; undefined without one. */
  body: unknown;
  /** The same number for all requests of one TCP connection. */
  connection: number;
  /** Of polls alone: which report the link is for. */
  report?: WireReportKey;
}

/** One report that was accepted, and so would be charged. */
export interface Purchase {
  type: WireReportKey;
  /** See `answersKey`. */
  answersKey: string;
  at: number;
}

export interface Submission {
  requestedReports: WireReportKey[];
  answers: WireAnswers;
}

/** All of these but `port` may also be changed on `upstream.options` while it runs. */
export interface UpstreamOptions {
  /** @default 0, a free one */
  port: number;
  clientId: string;
  /** The default holds characters that a form must encode. */
  clientSecret: string;
  /** What `customerId` and `user` must be. @default the client id */
  customerId: string;
  /** How the field names of bodies made here are spelled; `mixed` alternates within a body. @default 'pascal' */
  letterCase: LetterCase;
  /** The key that holds a collected pay report (years of experience is always in `Report`). @default 'Report' */
  wrapper: 'Report' | 'Reports';
  /** The version in the links; `mixed` gives pay a v1 and years of experience a v2 link. @default 'v1' */
  linkVersion: 'v1' | 'v2' | 'mixed';
  /** How long a token is really good for, of those issued from now on. @default Infinity */
  tokenLifeMs: number;
  /** What `expires_in` says, in seconds. @default 3600 */
  expiresIn: number;
  /** How many 202s a link gives before its report, scripted ones included. @default 1 */
  pendingPolls: number;
  /** The `RetryAfterMilliseconds` of a 202 that says nothing else. @default 10 */
  retryAfterMs: number;
  /** A hint above this is absurd, and polling before it has passed is no violation. @default 60 000 */
  longestHintMs: number;
}

/** Milliseconds that a poll may come before its time: timers fire up to one early, and clocks are read twice. */
export const EARLY_POLL_SLACK_MS = 5;

/** A text that is the same for the same answers, whatever the order of their keys. Lists keep their order. */
export function answersKey(answers: unknown): string {
  if (answers === null || typeof answers !== 'object') return JSON.stringify(answers) ?? 'null';
  const entries = Object.entries(answers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
