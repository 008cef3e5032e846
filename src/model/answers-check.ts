import type { AnswerName } from './answers.js';
import type { Suggestion } from './lookups.js';
import type { ReportsRequest } from './report.js';

/** What upstream's look-ups say of an answer, before anything is bought with it. */

/**
 * EXACT: upstream has it, spelled like this. CORRECTED: upstream has it in another letter case. UNKNOWN: upstream does not have
 * it, and would ignore it. UNCHECKED: that could not be told.
 */
export const AnswerVerdict = {
  EXACT: 'EXACT',
  CORRECTED: 'CORRECTED',
  UNKNOWN: 'UNKNOWN',
  UNCHECKED: 'UNCHECKED',
} as const;
export type AnswerVerdict = (typeof AnswerVerdict)[keyof typeof AnswerVerdict];

/** What is known of one text. */
export interface Verdict {
  readonly verdict: AnswerVerdict;
  /** Upstream's spelling of a CORRECTED one, otherwise null. */
  readonly spelling: string | null;
  /** What upstream has instead; empty for an EXACT or a CORRECTED one, and where it suggests nothing. */
  readonly suggestions: readonly Suggestion[];
}

/** One answer, or one entry of an answer that is a list. */
export interface CheckedAnswer extends Verdict {
  readonly field: AnswerName;
  readonly value: string;
}

export interface AnswersCheck {
  /** Every answer that was given, in the order of the table of answers; the entries of lists one by one. */
  readonly answers: readonly CheckedAnswer[];
  /** The request with the spelling of upstream where an answer is CORRECTED. */
  readonly corrected: ReportsRequest;
  /** What upstream resolves the title to. Null: it is not to be resolved, nothing is similar enough, or it was not told. */
  readonly matchedJobTitle: string | null;
  /** 0 to 100. */
  readonly jobTitleRating: number | null;
}
