import { DEGREES, EMPTY, MOST_COMPARED, MOST_IN_A_LIST, parsePlace, placeLine, type Question } from './question.ts';

/** Where a question is kept: what is asked is sent when the page is loaded, what follows the `#` never is. */
export interface Address {
  readonly search: string;
  readonly hash: string;
}

export function addressOf(question: Question): Address {
  const search = new URLSearchParams();
  const add = (name: string, ...values: readonly string[]): void => {
    for (const value of values) if (value.trim() !== '') search.append(name, value.trim());
  };
  const { city, state, country } = parsePlace(question.place);
  add('title', question.jobTitle);
  add('city', city);
  add('state', state);
  add('country', country);
  add('years', question.years);
  add('degree', question.degree);
  add('skill', ...question.skills);
  add('certification', ...question.certifications);
  add('industry', question.industry);
  add('or-place', ...question.otherPlaces);
  add('or-title', ...question.otherTitles);
  const salary = question.salary.trim();
  const text = search.toString();
  return { search: text && `?${text}`, hash: salary && `#${new URLSearchParams({ salary }).toString()}` };
}

export function questionOf({ search, hash }: Address): Question {
  const asked = new URLSearchParams(search);
  const text = (name: string): string => asked.get(name) ?? '';
  // More are not read, whatever an address says.
  const list = (name: string, most = MOST_IN_A_LIST): string[] =>
    [...new Set(asked.getAll(name).map((value) => value.trim()))].filter(Boolean).slice(0, most);
  return {
    ...EMPTY,
    jobTitle: text('title'),
    place: placeLine({ city: text('city'), state: text('state'), country: text('country') }),
    years: text('years'),
    degree: DEGREES.find(([value]) => value === text('degree'))?.[0] ?? '',
    skills: list('skill'),
    certifications: list('certification'),
    industry: text('industry'),
    salary: new URLSearchParams(hash.replace(/^#/, '')).get('salary') ?? '',
    otherPlaces: list('or-place', MOST_COMPARED),
    otherTitles: list('or-title', MOST_COMPARED),
  };
}
