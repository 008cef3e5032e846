import { ApiError } from '../../errors.js';
import { ANSWER_IDS } from '../jobalyzer/encode.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import type { AnswerIssue, AnswerKind, Answers, Suggestion } from '../jobalyzer/types.js';

export interface AnswerSuggestion extends Suggestion {
  /** The answer it could stand for, in upstream's word: JobTitle, Skills … */
  readonly answerId: string;
}

/** An error is not held back for longer than this by the search for something better. */
const LONGEST_SEARCH_MS = 2_000;
const MOST_ISSUES = 5;

/**
 * An unconfirmed answer, with what upstream would know instead: by the whole value, else by its first word. Looked up when
 * the error is told rather than when it is stored, so that nobody waits for it who does not ask; free of charge, and kept
 * with other lookups. Any other error as it is.
 */
export async function withSuggestions(answers: Answers, error: unknown, lookups: Lookups): Promise<unknown> {
  if (!(error instanceof ApiError) || error.code !== 'UNCONFIRMED_ANSWER') return error;
  const issues = (error.details['issues'] ?? []) as readonly AnswerIssue[];
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
