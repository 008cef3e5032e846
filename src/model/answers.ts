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

/** Answers in canonical form: trimmed, lists sorted and without duplicates, absent ones null. */
export interface Answers {
  readonly jobTitle: string;
  readonly country: string;
  readonly state: string | null;
  readonly city: string | null;
  readonly yearsExperience: number | null;
  readonly highestDegreeEarned: Degree | null;
  readonly skills: readonly string[];
  readonly certifications: readonly string[];
  readonly averageSizeCompetitor: number | null;
  readonly companySales: number | null;
  readonly employerProductActivity: string | null;
}

/** Answers as a client sends them: everything except title and country may be absent or null. */
export interface GivenAnswers {
  readonly jobTitle: string;
  readonly country: string;
  readonly state?: string | null;
  readonly city?: string | null;
  readonly yearsExperience?: number | null;
  readonly highestDegreeEarned?: Degree | null;
  readonly skills?: readonly string[] | null;
  readonly certifications?: readonly string[] | null;
  readonly averageSizeCompetitor?: number | null;
  readonly companySales?: number | null;
  readonly employerProductActivity?: string | null;
}

export const MOST_YEARS = 80;
export const MOST_LISTED = 100;

/**
 * The canonical form of these answers: strings trimmed and in Unicode NFC, lists sorted and without duplicates, blank
 * optional strings and absent values null, absent lists empty. Throws BAD_USER_INPUT that names the argument (below
 * `path`) and what is allowed.
 */
export function canonicalAnswers(given: GivenAnswers, path: string): Answers {
  const at = (name: keyof GivenAnswers): string => `${path}.${name}`;
  return {
    jobTitle: requiredText(given.jobTitle, at('jobTitle')),
    country: requiredText(given.country, at('country')),
    state: optionalText(given.state, at('state')),
    city: optionalText(given.city, at('city')),
    yearsExperience: numberWithin(given.yearsExperience, 0, MOST_YEARS, at('yearsExperience')),
    highestDegreeEarned: given.highestDegreeEarned ?? null,
    skills: textSet(given.skills, at('skills')),
    certifications: textSet(given.certifications, at('certifications')),
    averageSizeCompetitor: numberWithin(given.averageSizeCompetitor, 0, Infinity, at('averageSizeCompetitor')),
    companySales: numberWithin(given.companySales, 0, Infinity, at('companySales')),
    employerProductActivity: optionalText(given.employerProductActivity, at('employerProductActivity')),
  };
}

function optionalText(given: string | null | undefined, argument: string): string | null {
  return given === null || given === undefined ? null : boundedText(given, argument) || null;
}

function textSet(given: readonly string[] | null | undefined, argument: string): readonly string[] {
  if (!given) return [];
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

function numberWithin(given: number | null | undefined, least: number, most: number, argument: string): number | null {
  if (given === null || given === undefined) return null;
  if (!Number.isFinite(given) || given < least || given > most) {
    const allowed = most === Infinity ? `a finite number, ${least} or more` : `from ${least} to ${most}`;
    throw badUserInput(argument, `must be ${allowed}; it is ${given}.`);
  }
  return given + 0;
}
