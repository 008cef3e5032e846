import { canonicalAnswers, isGiven, type Answers } from '../../src/model/answers.ts';
import { correctedAnswers } from '../../src/model/job-list/checked.ts';
import type { AnswersInput, CheckedFragment } from '../generated/operations.ts';

/**
 * What upstream has for the answers of a long list. Many rows share their answers, and each answer is looked up by itself (a
 * place as one), so a few questions made of the different ones tell what a check of every row would.
 */

type Checked = CheckedFragment['answers'][number];

/** Skills, certifications and an industry of one question: a check has look-ups for so many, each in two spellings. */
const MOST_SKILLS = 4;
const MOST_CERTIFICATIONS = 2;

export interface Known {
  /** By `keyOf`. */
  readonly answers: ReadonlyMap<string, Checked>;
  /** What a title is resolved to. */
  readonly titles: ReadonlyMap<string, Pick<CheckedFragment, 'matchedJobTitle' | 'jobTitleRating'>>;
}

/** Something to say of an answer before it is bought. */
export interface Remark {
  /** `unknown`: upstream would refuse or ignore it. `matched`: a title that it takes for another. */
  readonly kind: 'corrected' | 'matched' | 'unknown';
  readonly message: string;
}

/** Questions in which every different answer of these occurs. */
export function probesFor(all: readonly Answers[]): AnswersInput[] {
  const titles = distinct(all, ({ jobTitle }) => jobTitle);
  // Without a city nothing is looked up.
  const places = distinct(
    all.filter(({ city }) => isGiven(city)).map(({ city, state, country }) => ({ city, state, country })),
    (place) => JSON.stringify(place),
  );
  const skills = chunksOf(textsOf(all, 'skills'), MOST_SKILLS);
  const certifications = chunksOf(textsOf(all, 'certifications'), MOST_CERTIFICATIONS);
  const industries = textsOf(all, 'employerProductActivity');
  const [first] = all;
  if (!first) return [];
  const length = Math.max(titles.length, places.length, skills.length, certifications.length, industries.length);
  return Array.from({ length }, (_, at) =>
    inputOf({
      ...EMPTY,
      jobTitle: (titles[at] ?? first).jobTitle,
      ...(places[at] ?? { country: first.country }),
      skills: skills[at] ?? [],
      certifications: certifications[at] ?? [],
      employerProductActivity: industries[at] ?? null,
    }),
  );
}

/** What these checks say of the probes; null: one could not be made. */
export function learnt(probes: readonly AnswersInput[], checks: readonly (CheckedFragment | null)[]): Known {
  const answers = new Map<string, Checked>();
  const titles = new Map<string, Pick<CheckedFragment, 'matchedJobTitle' | 'jobTitleRating'>>();
  probes.forEach((probe, at) => {
    const check = checks[at];
    if (!check) return;
    titles.set(probe.jobTitle, check);
    for (const answer of check.answers) answers.set(keyOf(answer.field, answer.value, probe), answer);
  });
  return { answers, titles };
}

/** The answers in upstream's spelling, where that is known to be the same, and what is to be said of them. */
export function corrected(answers: Answers, known: Known): { answers: Answers; remarks: readonly Remark[] } {
  const texts = Object.entries(answers).flatMap(([field, value]) =>
    [value].flat().flatMap((each) => (typeof each === 'string' ? [[field, each] as const] : [])),
  );
  const checked = texts.flatMap(([field, value]) => known.answers.get(keyOf(field, value, answers)) ?? []);
  return {
    answers: correctedAnswers(answers, checked),
    remarks: checked.flatMap((each) => {
      const match = each.field === 'jobTitle' ? (known.titles.get(each.value) ?? null) : null;
      return remarkOn(each, match) ?? [];
    }),
  };
}

function remarkOn(
  { value, verdict, spelling, suggestions }: Checked,
  match: Pick<CheckedFragment, 'matchedJobTitle' | 'jobTitleRating'> | null,
): Remark | null {
  if (verdict === 'CORRECTED') return { kind: 'corrected', message: `“${value}” is asked as “${spelling}”.` };
  if (verdict !== 'UNKNOWN') return null;
  if (match?.matchedJobTitle) {
    const rating = match.jobTitleRating === null ? '' : ` (${match.jobTitleRating} of 100)`;
    return { kind: 'matched', message: `“${value}” is taken for “${match.matchedJobTitle}”${rating}.` };
  }
  const [other] = suggestions;
  return { kind: 'unknown', message: `“${value}” is not known.${other ? ` Perhaps “${other.answer}”?` : ''}` };
}

/** Answers without those that are not given. */
export function inputOf(answers: Answers): AnswersInput {
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => isGiven(value))) as AnswersInput;
}

type Located = Pick<AnswersInput, 'city' | 'state' | 'country'>;

/** The parts of a place go together; any other answer is the same in every question. */
function keyOf(field: string, value: string, { city, state, country }: Located): string {
  const isPart = field === 'city' || field === 'state' || field === 'country';
  return JSON.stringify(isPart ? [field, value, city ?? null, state ?? null, country] : [field, value]);
}

function textsOf(all: readonly Answers[], field: 'skills' | 'certifications' | 'employerProductActivity'): string[] {
  const texts = all.flatMap((answers) => answers[field]).filter((text) => text !== null);
  return [...new Set(texts)];
}

function distinct<T>(values: readonly T[], key: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [key(value), value])).values()];
}

function chunksOf<T>(values: readonly T[], most: number): T[][] {
  const length = Math.ceil(values.length / most);
  return Array.from({ length }, (_, at) => values.slice(at * most, (at + 1) * most));
}

const EMPTY = canonicalAnswers({ jobTitle: '-', country: '-' }, 'answers');
