import { hasCode } from '../../errors.js';
import { ANSWERS, canonicalAnswers, type AnswerName, type Answers, type GivenAnswers } from '../answers.js';
import { placeNamed, stateNamed } from '../place.js';
import { JOB_FIELD_LABELS, plainName, type JobColumns, type JobField } from './columns.js';
import { degreeInList } from './degree.js';
import { numberIn, yearsIn } from './number.js';

/** What is wrong with a row. */
export interface JobProblem {
  /** Null: it concerns the row as a whole. */
  readonly field: JobField | null;
  /** In words, for whoever has written the list. */
  readonly message: string;
}

/** What a row asks for. */
export type Job =
  | { readonly answers: Answers; readonly problems: readonly [] }
  | { readonly answers: null; readonly problems: readonly [JobProblem, ...JobProblem[]] };

type Given = Partial<Record<AnswerName, unknown>>;

/** What separates the entries of a list in one cell. */
const SEPARATORS = /[;|\n]/;

/** What countries are called for short. Upstream has their full names. */
const COUNTRIES: Readonly<Record<string, string>> = {
  us: 'United States',
  usa: 'United States',
  unitedstatesofamerica: 'United States',
  uk: 'United Kingdom',
};

/** Whether nothing is written in a row: there are such rows at the end of many lists. */
export function isBlankRow(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** The answers of a row in canonical form, or what is wrong with it. Cells that are missing at its end are blank. */
export function readJob(columns: JobColumns, cells: readonly string[]): Job {
  const problems: JobProblem[] = [];
  // The cells of a row with a separator too many are in the wrong columns: another report would be bought.
  if (cells.slice(columns.length).some((cell) => cell.trim() !== '')) {
    const message = `The row has ${cells.length} cells, more than the ${columns.length} columns.`;
    problems.push({ field: null, message });
  }
  const given: Given = {};
  for (const [at, field] of columns.entries()) {
    const text = cells[at]?.trim() ?? '';
    if (field === null || text === '') continue;
    if (field === 'place') {
      // With a column for the country, a place needs none.
      const country = cells[columns.indexOf('country')]?.trim() ?? '';
      for (const [name, value] of Object.entries(placeIn(text, country, problems))) given[name as AnswerName] ??= value;
    } else if (ANSWERS[field] === 'texts') {
      given[field] = [...((given[field] as string[] | undefined) ?? []), ...text.split(SEPARATORS)];
    } else {
      given[field] = valueIn(field, text, problems);
    }
  }
  if (typeof given.country === 'string') given.country = fullCountry(given.country);
  if (typeof given.country === 'string' && typeof given.state === 'string')
    given.state = stateNamed(given.state, given.country);
  return completed(given, problems);
}

function completed(given: Given, problems: JobProblem[]): Job {
  for (const field of ['jobTitle', 'country'] as const) {
    if (given[field] !== undefined || problems.some((problem) => problem.field === 'place' && field === 'country'))
      continue;
    problems.push({ field, message: `${JOB_FIELD_LABELS[field]} is missing.` });
  }
  const [first, ...others] = problems;
  if (first) return { answers: null, problems: [first, ...others] };
  try {
    return { answers: canonicalAnswers(given as GivenAnswers, 'row'), problems: [] };
  } catch (error) {
    if (!hasCode(error, 'BAD_USER_INPUT')) throw error;
    const { argument, reason } = error.details;
    const field = /^row\.(\w+)/.exec(argument)?.[1] as JobField;
    return { answers: null, problems: [{ field, message: `${JOB_FIELD_LABELS[field]} ${reason}` }] };
  }
}

/** Undefined, and a problem, if the text is no such value. */
function valueIn(field: AnswerName, text: string, problems: JobProblem[]): unknown {
  const wrong = (expected: string): undefined => {
    problems.push({ field, message: `${JOB_FIELD_LABELS[field]} must be ${expected}; it is ${quoted(text)}.` });
  };
  switch (ANSWERS[field]) {
    case 'years':
      return yearsIn(text) ?? wrong('a whole number of years, such as 5');
    case 'degree':
      return degreeInList(text) ?? wrong('one such as Bachelor’s, Master’s, MBA or PhD');
    case 'count': {
      const count = numberIn(text);
      return count !== null && Number.isInteger(count) && count < 2 ** 31 ? count : wrong('a whole number');
    }
    case 'amount':
      return numberIn(text) ?? wrong('a number, such as 1500000');
    default:
      return text;
  }
}

/** The parts of a place that are given. `country`: what the row has in a column of its own, where a place needs none. */
function placeIn(text: string, country: string, problems: JobProblem[]): Given {
  const [city, state, ...more] = text.split(',').map((part) => part.trim());
  const isSame = (other: string): boolean => plainName(fullCountry(other)) === plainName(fullCountry(country));
  if (country !== '' && city && state !== '' && more.length === 0) {
    if (state === undefined) return isSame(city) ? {} : { city };
    if (!isSame(state)) return { city, state };
  }
  const named = placeNamed(text);
  if (named.country === null) {
    const forms = country === '' ? 'City, State, Country' : 'City, or City, State';
    const message = `Place must be written as ${forms}, or in columns City, State and Country; ${quoted(text)} may be more than one place.`;
    problems.push({ field: 'place', message });
  } else if (country !== '' && !isSame(named.country)) {
    problems.push({ field: 'place', message: `Place is in ${named.country}, and Country is ${quoted(country)}.` });
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== null));
}

function fullCountry(name: string): string {
  return COUNTRIES[plainName(name)] ?? name;
}

function quoted(text: string): string {
  return text.length > 60 ? `“${text.slice(0, 60)}…”` : `“${text}”`;
}

/** The same text for jobs that are the same report, as far as their own spelling tells. */
export function jobKey(answers: Answers): string {
  return JSON.stringify(Object.values(answers));
}
