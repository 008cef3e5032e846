import { isGiven, type Answers } from '../../src/model/answers.ts';
import { correctedAnswers, textsOf, type CheckedText } from '../../src/model/job-list/checked.ts';
import type { AnswersInput, CheckedFragment } from '../generated/operations.ts';

/** What upstream has for one answer. */
interface KnownText extends CheckedText {
  /** How well an unknown title is matched, 0 to 100. */
  readonly rating: number | null;
  /** What upstream has instead. */
  readonly suggestion: string | null;
}

/** By the keys of the texts. */
export type Known = ReadonlyMap<string, KnownText>;

/** Something to say of an answer before it is bought. */
export interface Remark {
  /** `unknown`: upstream would refuse or ignore it. `matched`: a title that it takes for another. */
  readonly kind: 'corrected' | 'matched' | 'unknown';
  readonly message: string;
}

/** What the checks of these questions say of their answers; null: one could not be made. */
export function learnt(questions: readonly Answers[], checks: readonly (CheckedFragment | null)[]): Known {
  const known = new Map<string, KnownText>();
  questions.forEach((question, at) => {
    const check = checks[at];
    for (const { field, value, key } of check ? textsOf(question) : []) {
      const found = check?.answers.find((answer) => answer.field === field && answer.value === value);
      if (!found) continue;
      const { matchedJobTitle = null, jobTitleRating = null } = (field === 'jobTitle' && check) || {};
      const [first] = found.suggestions;
      known.set(key, { ...found, matched: matchedJobTitle, rating: jobTitleRating, suggestion: first?.answer ?? null });
    }
  });
  return known;
}

/** The answers in upstream's spelling, where that is known to be the same, and what is to be said of them. */
export function corrected(answers: Answers, known: Known): { answers: Answers; remarks: readonly Remark[] } {
  const checked = textsOf(answers).flatMap((text) => {
    const found = known.get(text.key);
    return found ? [{ ...found, field: text.field, value: text.value }] : [];
  });
  return {
    answers: correctedAnswers(answers, checked),
    remarks: checked.flatMap((each) => remarkOn(each.value, each) ?? []),
  };
}

function remarkOn(value: string, { verdict, spelling, matched, rating, suggestion }: KnownText): Remark | null {
  if (verdict === 'CORRECTED') return { kind: 'corrected', message: `“${value}” is asked as “${spelling}”.` };
  if (verdict !== 'UNKNOWN') return null;
  if (matched !== null) {
    const howWell = rating === null ? '' : ` (${rating} of 100)`;
    return { kind: 'matched', message: `“${value}” is taken for “${matched}”${howWell}.` };
  }
  return { kind: 'unknown', message: `“${value}” is not known.${suggestion ? ` Perhaps “${suggestion}”?` : ''}` };
}

/** Answers without those that are not given. */
export function inputOf(answers: Answers): AnswersInput {
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => isGiven(value))) as AnswersInput;
}
