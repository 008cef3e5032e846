import { numberIn, yearsIn } from '../../src/model/job-list/number.ts';
import type { AnswersInput, Degree } from '../generated/operations.ts';
import type { FieldProblems } from '../purchase/remedies.ts';

export interface Place {
  readonly city: string;
  readonly state: string;
  readonly country: string;
}

/** A question as it is typed. Empty text: not given. */
export interface Question {
  readonly jobTitle: string;
  /** As one line: the city, the state and the country, or the last of them. */
  readonly place: string;
  readonly years: string;
  readonly degree: Degree | '';
  readonly skills: readonly string[];
  readonly certifications: readonly string[];
  readonly industry: string;
  /** One's own salary per year. It stays in the page. */
  readonly salary: string;
  /** Places, or titles, whose pay is shown beside this one's. */
  readonly otherPlaces: readonly string[];
  readonly otherTitles: readonly string[];
}

/** Skills, or certifications: as many as the server takes. */
export const MOST_IN_A_LIST = 100;
/** Places, or titles: so many can be read side by side, and each is a report. */
export const MOST_COMPARED = 6;

export const EMPTY: Question = {
  jobTitle: '',
  place: '',
  years: '',
  degree: '',
  skills: [],
  certifications: [],
  industry: '',
  salary: '',
  otherPlaces: [],
  otherTitles: [],
};

export const DEGREES: readonly (readonly [Degree, string])[] = [
  ['ANY', 'Any degree'],
  ['HIGH_SCHOOL', 'High school or GED'],
  ['ASSOCIATES', 'Associate’s'],
  ['BACHELORS', 'Bachelor’s'],
  ['MASTERS', 'Master’s'],
  ['MBA', 'MBA'],
  ['LAW', 'Law (JD, LLM)'],
  ['DOCTORATE', 'Doctorate (PhD)'],
  ['MEDICINE', 'Medicine (MD)'],
];

/** `Seattle, Washington, United States`: the last part is the country, the one before it the state. */
export function parsePlace(text: string): Place {
  const parts = text.split(',').map((part) => part.trim());
  const country = parts.pop() ?? '';
  const state = parts.pop() ?? '';
  return { city: parts.join(', '), state, country };
}

/** As it is typed: a city without a state has nothing between two commas. */
export function placeLine({ city, state, country }: Place): string {
  return city && !state ? `${city}, , ${country}` : formatPlace({ city, state, country });
}

/** As it is read. */
export function formatPlace({ city, state, country }: Place): string {
  return [city, state, country].filter(Boolean).join(', ');
}

/** Without spaces at its ends, and one between words. */
export function singleSpaced(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** As in ASCII: full-width digits, those of Arabic, and the separators between them. */
function inPlainDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) % 16))
    .replaceAll('٬', ',')
    .replaceAll('٫', '.');
}

/** How many years are asked about: null if none are given, or no whole number. */
export function yearsOf({ years }: Question): number | null {
  return yearsIn(inPlainDigits(years));
}

/** The salary as a number; null if it is none. A currency and separators of thousands may be in it. */
export function salaryOf({ salary }: Question): number | null {
  const [, text = '', thousands = ''] =
    /^(.*?)(k?)$/i.exec(
      inPlainDigits(salary)
        .replace(/\b[A-Z]{3}\b/, '')
        .trim(),
    ) ?? [];
  const amount = (numberIn(text) ?? 0) * (thousands === '' ? 1 : 1_000);
  return amount > 0 ? amount : null;
}

/** What cannot be understood of what is typed. */
export function faultsOf(question: Question): FieldProblems {
  const isWrong = (text: string, value: number | null): boolean => text.trim() !== '' && value === null;
  const say = (message: string) => ({ message, suggestions: [] });
  return {
    ...(isWrong(question.years, yearsOf(question)) && { years: say('Enter a whole number of years, such as 5.') }),
    ...(isWrong(question.salary, salaryOf(question)) && { salary: say('Enter an amount above 0, such as 85,000.') }),
  };
}

/** The first field that has to be filled in, or in another way, before anything can be asked; null: none. */
export function missingField(question: Question): 'jobTitle' | 'place' | 'years' | null {
  if (question.jobTitle.trim() === '') return 'jobTitle';
  if (parsePlace(question.place).country === '') return 'place';
  return faultsOf(question).years ? 'years' : null;
}

export function answersOf(question: Question): AnswersInput {
  const { city, state, country } = parsePlace(question.place);
  const { degree, industry, skills, certifications } = question;
  const years = yearsOf(question);
  return {
    jobTitle: question.jobTitle,
    country,
    ...(state && { state }),
    ...(city && { city }),
    ...(years !== null && { yearsExperience: years }),
    ...(degree && { highestDegreeEarned: degree }),
    ...(skills.length > 0 && { skills: [...skills] }),
    ...(certifications.length > 0 && { certifications: [...certifications] }),
    ...(industry.trim() && { employerProductActivity: industry }),
  };
}
