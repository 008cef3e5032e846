import { isGiven, type Answers } from '../../src/model/answers.ts';
import { correctedAnswers, textsOf, type AnswerText, type CheckedText } from '../../src/model/job-list/checked.ts';
import type { AnswersInput, CheckedFragment } from '../generated/operations.ts';

/** What upstream has for one answer. */
export interface KnownText extends CheckedText {
  readonly field: string;
  readonly value: string;
  /** How well an unknown title is matched, 0 to 100. */
  readonly rating: number | null;
  /** What upstream has instead, best first. */
  readonly suggestions: readonly string[];
}

/** By the keys of the texts. */
export type Known = ReadonlyMap<string, KnownText>;

/** What is asked instead of texts, by their keys: chosen by whoever has the list. */
export type Choices = ReadonlyMap<string, string>;

/** Something to say of an answer before it is bought. */
export interface Remark {
  /** `unknown`: upstream would refuse or ignore it. `matched`: a title that it takes for another. */
  readonly kind: 'corrected' | 'chosen' | 'matched' | 'unknown';
  /** Of the text that the list has: the same for all rows in which it is the same answer. */
  readonly key: string;
  readonly message: string;
  /** What may be chosen instead. */
  readonly suggestions: readonly string[];
}

export const MOST_SUGGESTIONS = 3;

/** What the checks of these questions say of their answers; null: one could not be made. */
export function learnt(
  questions: readonly Answers[],
  checks: readonly (CheckedFragment | null)[],
): Map<string, KnownText> {
  const known = new Map<string, KnownText>();
  questions.forEach((question, at) => {
    const check = checks[at];
    for (const { field, value, key } of check ? textsOf(question) : []) {
      const found = check?.answers.find((answer) => answer.field === field && answer.value === value);
      if (!found) continue;
      const { matchedJobTitle = null, jobTitleRating = null } = (field === 'jobTitle' && check) || {};
      const suggestions = found.suggestions.map(({ answer }) => answer).slice(0, MOST_SUGGESTIONS);
      known.set(key, { ...found, matched: matchedJobTitle, rating: jobTitleRating, suggestions });
    }
  });
  return known;
}

/** The answers with what was chosen instead of them. */
export function chosenAnswers(answers: Answers, choices: Choices): Answers {
  const chosen = textsOf(answers).flatMap(({ key, ...text }) => {
    const spelling = choices.get(key);
    return spelling === undefined ? [] : [{ ...text, spelling }];
  });
  return chosen.length === 0 ? answers : correctedAnswers(answers, chosen);
}

/** The answers as they are asked, in upstream's spelling where that is known to be the same, and what is to be said of them. */
export function corrected(
  given: Answers,
  known: Known,
  choices: Choices = new Map(),
): { answers: Answers; remarks: readonly Remark[] } {
  const chosen = textsOf(given).flatMap(({ key, value }): Remark[] => {
    const choice = choices.get(key);
    if (choice === undefined) return [];
    return [{ kind: 'chosen', key, message: `“${choice}” is asked instead of “${value}”.`, suggestions: [] }];
  });
  const answers = chosenAnswers(given, choices);
  const checked = textsOf(answers).flatMap((text) => {
    const found = known.get(text.key);
    return found ? [{ ...found, ...text }] : [];
  });
  return {
    answers: correctedAnswers(answers, checked),
    remarks: [...chosen, ...checked.flatMap((each) => remarkOn(each) ?? [])],
  };
}

function remarkOn(text: AnswerText & KnownText): Remark | null {
  const { key, value, verdict, spelling, matched, rating, suggestions } = text;
  if (verdict === 'CORRECTED') {
    return { kind: 'corrected', key, message: `“${value}” is asked as “${spelling}”.`, suggestions: [] };
  }
  if (verdict !== 'UNKNOWN') return null;
  if (matched !== null) {
    const howWell = rating === null ? '' : ` (${rating} of 100)`;
    return { kind: 'matched', key, message: `“${value}” is taken for “${matched}”${howWell}.`, suggestions: [] };
  }
  return { kind: 'unknown', key, message: `“${value}” is not known.`, suggestions };
}

/** Answers without those that are not given. */
export function inputOf(answers: Answers): AnswersInput {
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => isGiven(value))) as AnswersInput;
}
