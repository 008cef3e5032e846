import type { CheckQuery } from '../generated/operations.ts';
import { parsePlace, placeLine, singleSpaced, type Question } from './question.ts';

export type Check = NonNullable<CheckQuery['checkAnswers']>;

/** The question in upstream's spelling, where that is known to be the same answer. */
export function corrected(question: Question, checks: readonly Check[]): Question {
  const spellings = new Map<string, string>();
  for (const { field, value, spelling } of checks.flatMap(({ answers }) => answers)) {
    if (spelling !== null) spellings.set(keyOf(field, value), spelling);
  }
  const spell = (field: string, value: string): string => spellings.get(keyOf(field, value)) ?? value;
  const each = (values: readonly string[], respell: (value: string) => string): string[] => [
    ...new Set(values.map(respell)),
  ];
  const all = (field: string, values: readonly string[]): string[] => each(values, (value) => spell(field, value));
  const place = (text: string): string => {
    const { city, state, country } = parsePlace(text);
    const parts = { city: spell('city', city), state: spell('state', state), country: spell('country', country) };
    return placeLine(parts);
  };
  return {
    ...question,
    jobTitle: spell('jobTitle', question.jobTitle),
    place: place(question.place),
    skills: all('skills', question.skills),
    certifications: all('certifications', question.certifications),
    industry: spell('employerProductActivity', question.industry),
    otherPlaces: each(question.otherPlaces, place),
    otherTitles: all('jobTitle', question.otherTitles),
  };
}

/** Values are checked in canonical form. */
function keyOf(field: string, value: string): string {
  return `${field}\n${singleSpaced(value)}`;
}
