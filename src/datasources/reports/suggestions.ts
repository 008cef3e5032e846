import type { Failure } from '../../errors.js';
import { ANSWER_IDS } from '../jobalyzer/encode.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import type { AnswerIssue, AnswerKind, Answers, Suggestion } from '../jobalyzer/types.js';

export interface AnswerSuggestion extends Suggestion {
  /** The answer it could stand for, in upstream's word: JobTitle, Skills … */
  readonly answerId: string;
}

/** A refusal is not held back for longer than this by the search for something better. */
const LONGEST_SEARCH_MS = 2_000;
const MOST_ISSUES = 5;

/** What upstream would know instead of the answers it does not: by the whole value, else by its first word. Free of charge. */
export async function suggestionsFor(
  answers: Answers,
  failure: Failure,
  lookups: Lookups,
): Promise<AnswerSuggestion[]> {
  if (failure.code !== 'UNCONFIRMED_ANSWER') return [];
  const issues = (failure.details?.['issues'] ?? []) as readonly AnswerIssue[];
  const signal = AbortSignal.timeout(LONGEST_SEARCH_MS);
  const found = await Promise.all(
    issues.slice(0, MOST_ISSUES).map((issue) => suggestionsForIssue(answers, issue, lookups, signal)),
  );
  return found.flat();
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
