import type { AnswerVerdict } from '../answers-check.js';
import { ANSWER_NAMES, canonicalAnswers, isGiven, type AnswerName, type Answers } from '../answers.js';
import { JOB_FIELD_LABELS } from './columns.js';

/** What upstream has for one answer, or for one entry of a list. */
export interface CheckedText {
  readonly verdict: AnswerVerdict;
  readonly spelling: string | null;
  /** What an unknown title is taken for; null: it is none, or is taken for nothing. */
  readonly matched: string | null;
}

/** One text of the answers, by itself. */
export interface AnswerText {
  readonly field: AnswerName;
  readonly value: string;
  /** The same for texts that are one and the same answer wherever they occur: the parts of a place go together. */
  readonly key: string;
}

/** What was found of texts, by their keys. */
export type Checked = ReadonlyMap<string, CheckedText>;

/** Of one question: a check has look-ups for so many. */
const MOST_OF = { skills: 4, certifications: 2 };

/** The texts of the answers that look-ups may tell something of. Without a city, nothing is told of a place. */
export function textsOf(answers: Answers): readonly AnswerText[] {
  const { city, state, country } = answers;
  return ANSWER_NAMES.flatMap((field) => {
    const values = [answers[field]].flat().filter((value) => typeof value === 'string');
    const isPart = field === 'city' || field === 'state' || field === 'country';
    if ((isPart && !isGiven(city)) || field === 'highestDegreeEarned') return [];
    const rest = isPart ? [city, state, country] : [];
    return values.map((value) => ({ field, value, key: JSON.stringify([field, value, ...rest]) }));
  });
}

/**
 * A few questions in which every text of these jobs occurs that has not been checked: many jobs share their titles, places and
 * skills, and each is looked up by itself.
 */
export function probesFor(jobs: readonly Answers[], checked: Pick<Checked, 'has'>): readonly Answers[] {
  const places = new Map<string, Pick<Answers, 'city' | 'state' | 'country'>>();
  const texts = new Map<string, AnswerText>();
  for (const job of jobs) {
    for (const text of textsOf(job)) {
      if (checked.has(text.key)) continue;
      if (text.field === 'country') places.set(text.key, { city: job.city, state: job.state, country: job.country });
      texts.set(text.key, text);
    }
  }
  const [first] = jobs;
  if (!first || texts.size === 0) return [];
  const valuesOf = (field: AnswerName): string[] =>
    [...texts.values()].filter((text) => text.field === field).map(({ value }) => value);
  const titles = valuesOf('jobTitle');
  const located = [...places.values()];
  const industries = valuesOf('employerProductActivity');
  const skills = chunksOf(valuesOf('skills'), MOST_OF.skills);
  const certifications = chunksOf(valuesOf('certifications'), MOST_OF.certifications);
  const length = Math.max(...[titles, located, industries, skills, certifications].map((list) => list.length));
  return Array.from({ length }, (_, at) =>
    canonicalAnswers(
      {
        jobTitle: titles[at] ?? first.jobTitle,
        ...(located[at] ?? { country: first.country }),
        skills: skills[at] ?? [],
        certifications: certifications[at] ?? [],
        employerProductActivity: industries[at] ?? null,
      },
      'answers',
    ),
  );
}

/** What was found of the texts of these answers. */
export function checkedTexts(answers: Answers, checked: Pick<Checked, 'get'>): readonly (AnswerText & CheckedText)[] {
  return textsOf(answers).flatMap((text) => {
    const found = checked.get(text.key);
    return found ? { ...text, ...found } : [];
  });
}

/** The answers in upstream's spelling, where that is known to be the same answer. */
export function correctedAnswers(
  answers: Answers,
  checked: readonly { readonly field: string; readonly value: string; readonly spelling: string | null }[],
): Answers {
  const spelt = (field: string, value: unknown): unknown =>
    checked.find((each) => each.field === field && each.value === value)?.spelling ?? value;
  const corrected = Object.entries(answers).map(([field, value]) => [
    field,
    Array.isArray(value) ? value.map((entry) => spelt(field, entry)) : spelt(field, value),
  ]);
  return canonicalAnswers(Object.fromEntries(corrected) as Answers, 'answers');
}

/** What is to be known of answers before they are paid for. */
export interface Remarks {
  /** In words; blank: nothing. */
  readonly text: string;
  /** Whether there is an answer that upstream would refuse or ignore. */
  readonly unknown: boolean;
  /** Whether upstream takes the title for another. */
  readonly matched: boolean;
}

export function remarksOn(checked: readonly (AnswerText & CheckedText)[]): Remarks {
  const remarks = checked.flatMap(({ field, value, verdict, matched }) => {
    if (verdict !== 'UNKNOWN') return [];
    const rest = matched === null ? 'is not known' : `is taken for “${matched}”`;
    // A comma is part of some names, and separates nothing.
    const isList = (field === 'skills' || field === 'certifications') && value.includes(',');
    const advice = isList ? ' If there are several, write “;” between them.' : '';
    return [
      {
        text: `${JOB_FIELD_LABELS[field]} “${value}” ${rest}.${advice}`,
        unknown: matched === null,
        matched: matched !== null,
      },
    ];
  });
  return {
    text: [...new Set(remarks.map(({ text }) => text))].join(' '),
    unknown: remarks.some(({ unknown }) => unknown),
    matched: remarks.some(({ matched }) => matched),
  };
}

function chunksOf<T>(values: readonly T[], most: number): T[][] {
  const length = Math.ceil(values.length / most);
  return Array.from({ length }, (_, at) => values.slice(at * most, (at + 1) * most));
}
