import type { AnswerIssue, Failure } from '../../errors.js';
import type { WarningCode } from '../../model/warning-codes.js';
import type { PollOutcome } from '../jobalyzer/poll-response.js';
import { backoff, faultDelay, hintedDelay, largeBodyDelay, paceOfAge, withJitter } from '../jobalyzer/retry.js';
import type { Entry, EntryIn } from './ledger.js';
import type { LedgerEvent } from './ledger-events.js';
import type { Refusals } from './link-state.js';

/** Collecting, what follows from a poll: the end of the report's collection, or another poll. `entry` has the progress. */
export type AfterPoll =
  | { readonly kind: 'end'; readonly entry: EntryIn<'LINKED'>; readonly event: LedgerEvent }
  /** `delayMs`: the time until the next poll. `setAside`: a response to store, null if there is none. */
  | {
      readonly kind: 'poll-again';
      readonly entry: EntryIn<'LINKED'>;
      readonly delayMs: number;
      readonly setAside: string | null;
    };

export interface CollectSettings {
  /** How long a collected report, or its failure, is kept, in milliseconds. */
  readonly reportTtlMs: number;
  /** After this time without a report it has failed, in milliseconds; Infinity while the clock is in doubt. */
  readonly giveUpMs: number;
  /** Upstream's refusals must be repeated over this time to be final, in milliseconds. */
  readonly refusedForMs: number;
}

/** Upstream's refusal is final once it has been repeated this often, without a sign of the report between. */
const REFUSALS = 3;
/** Responses without a usable report are stored at most this often. */
const SET_ASIDE_EVERY_MS = 60_000;
/** How long the stored failure of a report that was polled again in vain is served: a second, doubled up to a minute. */
const FIRST_REOPEN_PAUSE_MS = 1_000;
const LONGEST_REOPEN_PAUSE_MS = 60_000;

/** Pure. `now` in epoch ms; `jobTitle`: the one that was asked for. */
export function afterPoll(
  entry: EntryIn<'LINKED'>,
  outcome: PollOutcome,
  jobTitle: string,
  now: number,
  { reportTtlMs, giveUpMs, refusedForMs }: CollectSettings,
  random: number = Math.random(),
): AfterPoll {
  const expiresAt = now + reportTtlMs;
  const since = entry.since ?? entry.at;
  if (outcome.kind === 'ready') {
    const { body, rating, submittedJobTitle } = outcome;
    const warnings = otherJobTitle(jobTitle, submittedJobTitle);
    return { kind: 'end', entry, event: { kind: 'collect', body, rating, warnings, expiresAt } };
  }
  const polled = { ...entry, ...progressOf(entry, outcome, now), since };
  const end = (failure: Failure): AfterPoll => ({
    kind: 'end',
    entry: polled,
    event: { kind: 'end', failure, expiresAt },
  });
  if (outcome.kind === 'refused' && isFinal(polled.refusals, now, refusedForMs)) return end(outcome.failure);
  if (now - since >= giveUpMs) return end(givenUp(giveUpMs, polled.failure ?? null));
  const hintMs = outcome.kind === 'pending' ? hintedDelay(outcome.hintMs, outcome.retryAfterMs) : null;
  const retryAfterMs = Math.max(hintMs ?? ownDelay(entry, outcome), paceOfAge(now - since));
  // Upstream's hint says when the report will be ready, and the queue spreads polls that coincide. What is not hinted may
  // have failed together with many others. Clients are told the delay without its jitter.
  const delayMs = hintMs === retryAfterMs ? retryAfterMs : withJitter(retryAfterMs, random);
  return {
    kind: 'poll-again',
    entry: { ...polled, at: now, attempt: entry.attempt + 1, retryAfterMs, nextPollAt: now + delayMs },
    delayMs,
    setAside: responseToStore(entry, outcome, now),
  };
}

type NotReady = Exclude<PollOutcome, { readonly kind: 'ready' }>;

function progressOf(
  entry: EntryIn<'LINKED'>,
  outcome: NotReady,
  now: number,
): Pick<EntryIn<'LINKED'>, 'faults' | 'failure' | 'refusals'> {
  const refusals = entry.refusals ?? null;
  if (outcome.kind === 'pending') return { faults: 0, failure: null, refusals: null };
  const { failure } = outcome;
  if (outcome.kind === 'fault') return { faults: entry.faults + 1, failure, refusals };
  return {
    faults: entry.faults + 1,
    failure,
    refusals: { since: refusals?.since ?? now, count: (refusals?.count ?? 0) + 1 },
  };
}

function isFinal(refusals: Refusals | null | undefined, now: number, refusedForMs: number): boolean {
  return !!refusals && refusals.count >= REFUSALS && now - refusals.since >= refusedForMs;
}

/** Where upstream has not said when to poll again. */
function ownDelay(entry: EntryIn<'LINKED'>, outcome: NotReady): number {
  if (outcome.kind === 'pending') return backoff(entry.attempt);
  if (outcome.kind === 'refused') return faultDelay(null, entry.faults);
  return outcome.tooLarge ? largeBodyDelay(entry.faults) : faultDelay(outcome.retryAfterMs, entry.faults);
}

function responseToStore({ unusable }: EntryIn<'LINKED'>, outcome: NotReady, now: number): string | null {
  const body = outcome.kind === 'fault' ? (outcome.unusable ?? null) : null;
  return unusable && now - unusable.at < SET_ASIDE_EVERY_MS ? null : body;
}

function givenUp(giveUpMs: number, failure: Failure | null): Failure {
  const hours = Math.round(giveUpMs / 360_000) / 10;
  const said = failure ? ` The latest fault: ${failure.message}` : '';
  return {
    code: 'REPORT_FAILED',
    message: `Jobalyzer did not deliver this report within ${hours} hours. It is asked for it again when the report is requested, at no extra cost.${said}`,
    details: { issues: [] },
  };
}

/** Whether a report that failed is to be polled again for somebody who asks for it. `now` in epoch ms. */
export function mayReopen(entry: Entry, now: number): entry is EntryIn<'FAILED'> {
  if (entry.state !== 'FAILED' || !entry.followed) return false;
  const times = entry.timesReopened ?? 0;
  const pauseMs = times === 0 ? 0 : Math.min(FIRST_REOPEN_PAUSE_MS * 2 ** (times - 1), LONGEST_REOPEN_PAUSE_MS);
  return now >= entry.at + pauseMs;
}

/** A warning if the report says that it is about another title than the one that was asked for. */
export function otherJobTitle(asked: string, submitted: string | null): AnswerIssue[] {
  if (submitted === null || submitted === asked || ['', folded(asked)].includes(folded(submitted))) return [];
  const message = `The report is about another job title, ${JSON.stringify(submitted.slice(0, 200))}.`;
  return [{ answerId: 'JobTitle', answerValue: asked, message, code: 'OTHER_JOB_TITLE' satisfies WarningCode }];
}

function folded(title: string): string {
  return title.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}
