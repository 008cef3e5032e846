import type { AnswersInput, Degree } from '../generated/operations.ts';

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

export function formatPlace({ city, state, country }: Place): string {
  return [city, state, country].filter(Boolean).join(', ');
}

/** How many years are asked about: null if none are given, or no whole number. */
export function yearsOf({ years }: Question): number | null {
  return /^\d{1,3}$/.test(years.trim()) ? Number(years) : null;
}

/** The salary as a number; null if it is none. Spaces, currency signs and separators of thousands may be in it. */
export function salaryOf({ salary }: Question): number | null {
  const digits = salary.replace(/[\s\p{Sc},'’_]/gu, '').replace(/k$/i, '000');
  const amount = /^\d+(\.\d+)?$/.test(digits) ? Number(digits) : NaN;
  return Number.isFinite(amount) && amount > 0 ? amount : null;
}

/** The first field that has to be filled in before anything can be asked; null: none. */
export function missingField({ jobTitle, place }: Question): 'jobTitle' | 'place' | null {
  if (jobTitle.trim() === '') return 'jobTitle';
  return parsePlace(place).country === '' ? 'place' : null;
}

export function answersOf(question: Question): AnswersInput {
  const { city, state, country } = parsePlace(question.place);
  const { degree, industry, skills, certifications } = question;
  const years = question.years.trim();
  return {
    jobTitle: question.jobTitle,
    country,
    ...(state && { state }),
    ...(city && { city }),
    // What is no number is sent all the same, for the server to say what is allowed.
    ...(years && { yearsExperience: Number(years) }),
    ...(degree && { highestDegreeEarned: degree }),
    ...(skills.length > 0 && { skills: [...skills] }),
    ...(certifications.length > 0 && { certifications: [...certifications] }),
    ...(industry.trim() && { employerProductActivity: industry }),
  };
}
