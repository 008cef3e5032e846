import type { Failure } from '../../errors.js';
import type { AnswerIssue, ReportType } from '../jobalyzer/types.js';

/**
 * The states of one (report, type) and the only ways between them. Pure: what may follow what is decided here alone, and
 * a backend stores the outcome. `docs/architecture.md` draws it.
 */
export type State =
  /** Never asked for; or asked for and given up before anything was bought, and then why. */
  | { readonly state: 'ABSENT'; readonly failure: Failure | null }
  /** Claimed: one process is about to buy it. Nothing was sent, or what was sent was certainly not accepted. */
  | { readonly state: 'INTENT'; readonly doubt: Doubt | null }
  /** The purchase is on the wire, or was when the process died. `answer` is the 2xx body as it came, once it came. */
  | { readonly state: 'SENDING'; readonly answer: string | null; readonly doubt: Doubt | null }
  | LinkedState
  /** Collected; its body is beside the ledger. `rating` above 0 is what upstream documents as billable. */
  | {
      readonly state: 'COLLECTED';
      readonly rating: number | null;
      readonly warnings: readonly AnswerIssue[];
      /** Polls it took. */
      readonly attempt: number;
      readonly expiresAt: number;
    }
  /** Upstream refused the request for it; nothing was bought. Remembered for a short while. */
  | { readonly state: 'REJECTED'; readonly failure: Failure; readonly expiresAt: number }
  /** It may have been bought and its link is lost. Left only when somebody says so, or when `answer` can be read after all. */
  | ({ readonly state: 'UNCERTAIN' } & Doubt)
  /** Bought, and ended by upstream without a report. */
  | { readonly state: 'FAILED'; readonly failure: Failure; readonly attempt: number; readonly expiresAt: number };

/** What is known of a purchase whose outcome is not. Buying it again carries this along, until that comes to something. */
export interface Doubt {
  readonly failure: Failure;
  readonly answer: string | null;
  /** Epoch ms. */
  readonly since: number;
}

export interface LinkedState {
  readonly state: 'LINKED';
  /** Path and query; the origin is always the configured one. */
  readonly link: string;
  readonly warnings: readonly AnswerIssue[];
  /** Polls made so far, and how many of the last ones in a row failed. Kept in memory only: counts from 0 after a restart. */
  readonly attempt: number;
  readonly faults: number;
  /** When the next poll is due (epoch ms), and how long that was to wait when it was decided (ms). */
  readonly nextPollAt: number | null;
  readonly retryAfterMs: number | null;
}

export type Entry = State & {
  readonly reportId: string;
  readonly type: ReportType;
  /** Counts the transitions; a transition holds only against the version it was made from. */
  readonly version: number;
  /** When it came into this state, or was last polled in it: epoch ms. */
  readonly at: number;
};

export type EntryIn<S extends State['state']> = Extract<Entry, { readonly state: S }>;

export type LedgerEvent =
  | { readonly kind: 'claim'; readonly resubmitUncertain: boolean }
  | { readonly kind: 'send' }
  | { readonly kind: 'not-accepted' }
  | { readonly kind: 'give-up'; readonly failure: Failure }
  | { readonly kind: 'answer'; readonly body: string }
  | { readonly kind: 'link'; readonly link: string; readonly warnings: readonly AnswerIssue[] }
  | { readonly kind: 'reject'; readonly failure: Failure; readonly expiresAt: number }
  | { readonly kind: 'lose'; readonly failure: Failure }
  | { readonly kind: 'collect'; readonly rating: number | null; readonly expiresAt: number }
  | { readonly kind: 'end'; readonly failure: Failure; readonly expiresAt: number };

export function absent(reportId: string, type: ReportType): EntryIn<'ABSENT'> {
  return { reportId, type, version: 0, at: 0, state: 'ABSENT', failure: null };
}

/** The entry of a type among those of a report; ABSENT where there is none. */
export function entryOf(entries: readonly Entry[], reportId: string, type: ReportType): Entry {
  return entries.find((entry) => entry.type === type) ?? absent(reportId, type);
}

/** The entry after the event, or null where the event may not happen in this state. `now` in epoch ms. */
export function next(entry: Entry, event: LedgerEvent, now: number): Entry | null {
  const state = nextState(entry, event, now);
  return state && { reportId: entry.reportId, type: entry.type, version: entry.version + 1, at: now, ...state };
}

function nextState(entry: Entry, event: LedgerEvent, now: number): State | null {
  switch (event.kind) {
    case 'claim':
      return isClaimable(entry, event.resubmitUncertain, now) ? { state: 'INTENT', doubt: doubtOf(entry) } : null;
    case 'send':
      return entry.state === 'INTENT' ? { state: 'SENDING', answer: null, doubt: entry.doubt } : null;
    case 'give-up':
      return entry.state === 'INTENT' ? givenUp(entry.doubt, event.failure) : null;
    case 'not-accepted':
      return isUnanswered(entry) ? { state: 'INTENT', doubt: entry.doubt } : null;
    case 'answer':
      return isUnanswered(entry) ? { state: 'SENDING', answer: event.body, doubt: entry.doubt } : null;
    case 'link':
      return isAnswered(entry) ? linked(event.link, event.warnings) : null;
    case 'reject':
      if (entry.state !== 'SENDING') return null;
      return entry.doubt
        ? { state: 'UNCERTAIN', ...entry.doubt }
        : { state: 'REJECTED', failure: event.failure, expiresAt: event.expiresAt };
    case 'lose':
      return entry.state === 'SENDING'
        ? {
            state: 'UNCERTAIN',
            failure: event.failure,
            answer: entry.answer ?? entry.doubt?.answer ?? null,
            since: now,
          }
        : null;
    case 'collect':
      return entry.state === 'LINKED'
        ? {
            state: 'COLLECTED',
            rating: event.rating,
            warnings: entry.warnings,
            attempt: entry.attempt + 1,
            expiresAt: event.expiresAt,
          }
        : null;
    case 'end':
      return entry.state === 'LINKED'
        ? { state: 'FAILED', failure: event.failure, attempt: entry.attempt + 1, expiresAt: event.expiresAt }
        : null;
  }
}

/** A purchase may begin: nothing is there, or what is there has had its time, or an uncertain one is knowingly bought again. */
function isClaimable(entry: Entry, resubmitUncertain: boolean, now: number): boolean {
  return entry.state === 'ABSENT' || hasExpired(entry, now) || (entry.state === 'UNCERTAIN' && resubmitUncertain);
}

/** A second purchase that came to nothing, refused or given up, leaves the first in doubt: nobody consented to a third. */
function givenUp(doubt: Doubt | null, failure: Failure): State {
  return doubt ? { state: 'UNCERTAIN', ...doubt } : { state: 'ABSENT', failure };
}

function doubtOf(entry: Entry): Doubt | null {
  if (entry.state !== 'UNCERTAIN') return null;
  const { failure, answer, since } = entry;
  return { failure, answer, since };
}

/** Once a 2xx body is stored, "not accepted" is no longer possible, and a second body would overwrite the first. */
function isUnanswered(entry: Entry): entry is EntryIn<'SENDING'> {
  return entry.state === 'SENDING' && entry.answer === null;
}

/** A link is only ever read out of a stored body; a lost one may be found in it later, by a better reader. */
function isAnswered(entry: Entry): boolean {
  return (entry.state === 'SENDING' || entry.state === 'UNCERTAIN') && entry.answer !== null;
}

function linked(link: string, warnings: readonly AnswerIssue[]): LinkedState {
  return { state: 'LINKED', link, warnings, attempt: 0, faults: 0, nextPollAt: null, retryAfterMs: null };
}

export function hasExpired(entry: Entry, now: number): boolean {
  return 'expiresAt' in entry && now >= entry.expiresAt;
}

/** Of two sights of one entry, whether the second is news: a later state, or the same state after another poll. */
export function isNewer(seen: Entry, other: Entry): boolean {
  if (other.version !== seen.version) return other.version > seen.version;
  return seen.state === 'LINKED' && other.state === 'LINKED' && other.attempt > seen.attempt;
}

export type ReportStatus = 'NOT_REQUESTED' | 'SUBMITTING' | 'PENDING' | 'READY' | 'FAILED';

const STATUSES: Record<State['state'], ReportStatus> = {
  ABSENT: 'NOT_REQUESTED',
  INTENT: 'SUBMITTING',
  SENDING: 'SUBMITTING',
  LINKED: 'PENDING',
  COLLECTED: 'READY',
  REJECTED: 'FAILED',
  UNCERTAIN: 'FAILED',
  FAILED: 'FAILED',
};

/** The status at `now` (epoch ms): what has expired was never requested. */
export function statusOf(entry: Entry, now: number): ReportStatus {
  return hasExpired(entry, now) ? 'NOT_REQUESTED' : STATUSES[entry.state];
}

/** What is counted for `usage`, once for each report and never taken back. */
export type JournalKind = 'SUBMITTED' | 'COLLECTED' | 'BILLABLE' | 'FAILED' | 'UNCERTAIN' | 'RECOVERED';

/** What a transition adds to the count. Attempts that were certainly not accepted count as nothing. */
export function journal(before: Entry, after: Entry): readonly JournalKind[] {
  switch (after.state) {
    case 'LINKED':
      return before.state === 'UNCERTAIN' ? ['RECOVERED'] : ['SUBMITTED'];
    case 'REJECTED':
      return ['SUBMITTED', 'FAILED'];
    case 'UNCERTAIN':
      if (before.state !== 'SENDING') return [];
      // An older doubt is that of a former purchase, which stays when buying again was refused.
      return after.since === after.at ? ['SUBMITTED', 'UNCERTAIN'] : ['SUBMITTED', 'FAILED'];
    case 'COLLECTED':
      return after.rating !== null && after.rating > 0 ? ['COLLECTED', 'BILLABLE'] : ['COLLECTED'];
    case 'FAILED':
      return ['FAILED'];
    default:
      return [];
  }
}

/** The event as a backend stores it; null where it may not happen in this state. */
export function transition(before: Entry, event: LedgerEvent, now: number): LedgerTransition | null {
  const after = next(before, event, now);
  return after && { before, after, journal: journal(before, after) };
}

/** A step of one entry, and what it adds to the count of `usage`. */
export interface LedgerTransition {
  readonly before: Entry;
  readonly after: Entry;
  readonly journal: readonly JournalKind[];
}
