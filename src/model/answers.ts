import { badUserInput } from '../errors.js';
import { boundedText, requiredText } from './text.js';

/** The highest degree earned; `ANY`: it does not matter. */
export const Degree = {
  ANY: 'ANY',
  HIGH_SCHOOL: 'HIGH_SCHOOL',
  ASSOCIATES: 'ASSOCIATES',
  BACHELORS: 'BACHELORS',
  MASTERS: 'MASTERS',
  MBA: 'MBA',
  LAW: 'LAW',
  DOCTORATE: 'DOCTORATE',
  MEDICINE: 'MEDICINE',
} as const;
export type Degree = (typeof Degree)[keyof typeof Degree];

/**
 * The answers that describe a job, each with the kind of its value. The types below, the canonical form, the id of a
 * report, the request to upstream (under the same names in PascalCase) and both GraphQL types follow from this table; the
 * meaning of each answer is described in `src/schema/answers.ts`.
 *
 * The order is part of the ids of all reports: append new answers, and see `report-id.ts`.
 */
export const ANSWERS = {
  jobTitle: 'requiredText',
  country: 'requiredText',
  state: 'text',
  city: 'text',
  yearsExperience: 'years',
  highestDegreeEarned: 'degree',
  skills: 'texts',
  certifications: 'texts',
  averageSizeCompetitor: 'count',
  companySales: 'amount',
  employerProductActivity: 'text',
} as const satisfies Readonly<Record<string, AnswerValueKind>>;

/** The name of an answer, here and in GraphQL. */
export type AnswerName = keyof typeof ANSWERS;
/** In the order of the table. */
export const ANSWER_NAMES = Object.keys(ANSWERS) as AnswerName[];

const NAMES_IN_ANY_CASE = new Map(ANSWER_NAMES.map((name) => [name.toLowerCase(), name]));

/** The answer that upstream calls so, in whatever letter case, perhaps with a place in its list; null for anything else. */
export function answerNamed(name: string | null): AnswerName | null {
  const [, plain = ''] = /^(\w{1,40})(?:\[\d{1,9}\])?$/.exec(name ?? '') ?? [];
  return NAMES_IN_ANY_CASE.get(plain.toLowerCase()) ?? null;
}

const MOST_YEARS = 80;
/** Texts in one list. */
export const MOST_LISTED = 100;

type Absent = null | undefined;

/** The canonical form of each kind of value. Throws BAD_USER_INPUT with the argument and what is allowed. */
const CANONICAL = {
  requiredText,
  text: (given: string | Absent, argument: string): string | null =>
    isAbsent(given) ? null : boundedText(given, argument) || null,
  /** Years, 0 to 80. */
  years: (given: number | Absent, argument: string) => numberWithin(given, 0, MOST_YEARS, argument),
  /** A number of something, 0 or more; GraphQL lets through whole ones only. */
  count: (given: number | Absent, argument: string) => numberWithin(given, 0, Infinity, argument),
  /** 0 or more. */
  amount: (given: number | Absent, argument: string) => numberWithin(given, 0, Infinity, argument),
  /** GraphQL lets through nothing else. */
  degree: (given: Degree | Absent): Degree | null => given ?? null,
  /** A set of texts: sorted, without duplicates and blanks; absent means empty. */
  texts: textSet,
};

export type AnswerValueKind = keyof typeof CANONICAL;

/** A value of this kind in canonical form. */
export type AnswerValue<K extends AnswerValueKind = AnswerValueKind> = ReturnType<(typeof CANONICAL)[K]>;

/** Answers in canonical form: texts as `text.ts` makes them, lists sorted and without duplicates, absent ones null. */
export type Answers = { readonly [Name in AnswerName]: AnswerValue<(typeof ANSWERS)[Name]> };

/** What a client may send for this answer. */
type Given<Name extends AnswerName> = Parameters<(typeof CANONICAL)[(typeof ANSWERS)[Name]]>[0];
type RequiredName = { [Name in AnswerName]: undefined extends Given<Name> ? never : Name }[AnswerName];

/** Answers as a client sends them: everything except title and country may be absent or null. */
export type GivenAnswers = { readonly [Name in RequiredName]: Given<Name> } & {
  readonly [Name in Exclude<AnswerName, RequiredName>]?: Given<Name>;
};

/**
 * The canonical form of these answers: strings as `text.ts` makes them, lists sorted and without duplicates, blank
 * optional strings and absent values null, absent lists empty. Throws BAD_USER_INPUT that names the argument (below
 * `path`) and what is allowed.
 */
export function canonicalAnswers(given: GivenAnswers, path: string): Answers {
  const canonical: Partial<Record<AnswerName, AnswerValue>> = {};
  for (const [name, canonicalize] of CANONICALIZE) canonical[name] = canonicalize(given[name], `${path}.${name}`);
  return canonical as Answers;
}

function canonicalValue(name: AnswerName, given: unknown, argument: string): AnswerValue {
  const canonicalize = CANONICAL[ANSWERS[name]] as Canonicalize;
  return canonicalize(given, argument);
}

type Canonicalize = (given: unknown, argument: string) => AnswerValue;
const CANONICALIZE = ANSWER_NAMES.map((name) => [name, CANONICAL[ANSWERS[name]] as Canonicalize] as const);

/** Canonical answers as a release stored them that did not know all of today's: those are absent. */
export function completeAnswers(stored: Pick<Answers, RequiredName> & Partial<Answers>): Answers {
  const missing = ANSWER_NAMES.filter((name) => !(name in stored));
  return {
    ...stored,
    ...Object.fromEntries(missing.map((name) => [name, canonicalValue(name, null, name)])),
  } as Answers;
}

/** Whether a value in canonical form, or one that an earlier release stored, says anything. */
export function isGiven<V extends AnswerValue>(value: V | undefined): value is NonNullable<V> {
  return !isAbsent(value) && !(Array.isArray(value) && value.length === 0);
}

function isAbsent(value: unknown): value is Absent {
  return value === null || value === undefined;
}

function textSet(given: readonly string[] | Absent, argument: string): readonly string[] {
  if (isAbsent(given)) return [];
  if (given.length > MOST_LISTED) {
    throw badUserInput(argument, `must have at most ${MOST_LISTED} entries; it has ${given.length}.`);
  }
  const texts = given.map((text, index) => boundedText(text, `${argument}[${index}]`)).filter((text) => text !== '');
  return [...new Set(texts)].sort(byCodeUnits);
}

/** The same order in every locale, unlike `localeCompare`: the report id depends on it. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function numberWithin(given: number | Absent, least: number, most: number, argument: string): number | null {
  if (isAbsent(given)) return null;
  if (!Number.isFinite(given) || given < least || given > most) {
    const allowed = most === Infinity ? `a finite number, ${least} or more` : `from ${least} to ${most}`;
    throw badUserInput(argument, `must be ${allowed}; it is ${given}.`);
  }
  return given + 0;
}
