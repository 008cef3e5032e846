import { badUserInput } from '../../errors.js';
import type { Answers, Degree } from '../jobalyzer/types.js';

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

export const LONGEST_TEXT = 200;
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

/** Validates a required string: returns it trimmed, 1 to 200 characters, no control characters. Throws BAD_USER_INPUT. */
export function requiredText(given: string, argument: string): string {
  const text = boundedText(given, argument);
  if (text === '') throw badUserInput(argument, `must not be blank; 1 to ${LONGEST_TEXT} characters are allowed.`);
  return text;
}

/** The same for a string that may be blank; blank becomes ''. */
export function boundedText(given: string, argument: string): string {
  if (/\p{Cc}/u.test(given)) throw badUserInput(argument, 'must not contain control characters.');
  // A lone surrogate has no UTF-8 encoding: different ones would be sent, and bought, as the same answer.
  if (!given.isWellFormed()) throw badUserInput(argument, 'must be well-formed Unicode text.');
  // A string of invisible characters only counts as blank.
  const text = /^[\p{Z}\p{C}]*$/u.test(given) ? '' : given.trim().normalize('NFC');
  if (/[\p{Zl}\p{Zp}]/u.test(text)) throw badUserInput(argument, 'must be one line.');
  const length = [...text].length;
  if (length > LONGEST_TEXT) {
    throw badUserInput(argument, `must be at most ${LONGEST_TEXT} characters long; it has ${length}.`);
  }
  return text;
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
