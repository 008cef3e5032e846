import type { AnswerVerdict } from '../answers-check.js';
import { canonicalAnswers, type Answers } from '../answers.js';
import { JOB_FIELD_LABELS, type JobField } from './columns.js';

/** What upstream has for one answer, or for one entry of a list, as `checkAnswers` tells it. */
export interface CheckedText {
  readonly field: string;
  readonly value: string;
  readonly verdict: AnswerVerdict;
  readonly spelling: string | null;
}

/** The answers in upstream's spelling, where that is known to be the same answer. */
export function correctedAnswers(answers: Answers, checked: readonly CheckedText[]): Answers {
  const spelt = (field: string, value: unknown): unknown =>
    checked.find((each) => each.field === field && each.value === value)?.spelling ?? value;
  const corrected = Object.entries(answers).map(([field, value]) => [
    field,
    Array.isArray(value) ? value.map((entry) => spelt(field, entry)) : spelt(field, value),
  ]);
  return canonicalAnswers(Object.fromEntries(corrected) as Answers, 'answers');
}

/** What is to be known of answers that upstream does not have, before they are paid for. Blank: it may have all of them. */
export function remarksOn(checked: readonly CheckedText[]): string {
  return checked
    .filter(({ verdict }) => verdict === 'UNKNOWN')
    .map(({ field, value }) => {
      // A title is matched to another one, or refused.
      const rest = field === 'jobTitle' ? '' : ', and is ignored';
      return `${JOB_FIELD_LABELS[field as JobField]} “${value}” is not known${rest}.`;
    })
    .join(' ');
}
