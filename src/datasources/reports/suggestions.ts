import { ApiError, hasCode, issuesOf, type AnswerIssue, type AnswerSuggestion } from '../../errors.js';
import { ANSWER_IDS } from '../jobalyzer/encode.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import type { AnswerKind } from '../../model/lookups.js';
import type { Answers } from '../../model/answers.js';

/** The search for suggestions delays an error by at most this. */
const LONGEST_SEARCH_MS = 2_000;
const MOST_ISSUES = 5;

/**
 * Adds upstream's suggestions to an UNCONFIRMED_ANSWER error: for the whole value, otherwise for its first word. They are
 * looked up when the error is returned rather than when it is stored, so that only clients who get the error wait for
 * them. Free of charge, and cached like other lookups. Any other error is returned unchanged.
 */
export async function withSuggestions(answers: Answers, error: unknown, lookups: Lookups): Promise<unknown> {
  if (!hasCode(error, 'UNCONFIRMED_ANSWER')) return error;
  const issues = issuesOf(error);
  const signal = AbortSignal.timeout(LONGEST_SEARCH_MS);
  const found = await Promise.all(
    issues.slice(0, MOST_ISSUES).map((issue) => suggestionsForIssue(answers, issue, lookups, signal)),
  );
  const suggestions = found.flat();
  return suggestions.length === 0 ? error : new ApiError(error.code, error.message, { ...error.details, suggestions });
}

async function suggestionsForIssue(
  answers: Answers,
  issue: AnswerIssue,
  lookups: Lookups,
  signal: AbortSignal,
): Promise<AnswerSuggestion[]> {
  const kind = kindOf(issue.answerId);
  const value = (issue.answerValue ?? (kind === 'JOB_TITLE' ? answers.jobTitle : '')).trim();
  if (!kind || value === '') return [];
  const answerId = ANSWER_IDS[kind];
  for (const term of new Set([value, value.split(/\s+/)[0] ?? value])) {
    const suggestions = await lookups.suggest(kind, term, signal).catch(() => []);
    if (suggestions.length > 0) return suggestions.map(({ answer, score }) => ({ answerId, answer, score }));
  }
  return [];
}

function kindOf(answerId: string | null): AnswerKind | null {
  const kinds = Object.keys(ANSWER_IDS) as AnswerKind[];
  return kinds.find((kind) => ANSWER_IDS[kind].toLowerCase() === answerId?.toLowerCase()) ?? null;
}
