import type { Answers } from '../../src/model/answers.ts';
import type { AnswersInput } from '../generated/operations.ts';
import { DEGREES, formatPlace } from './question.ts';

/** All that is asked besides the title, on one line: `Seattle, Washington, United States · 5 years · MBA · Python, SQL`. */
export function detailsOf(answers: Omit<AnswersInput | Answers, 'jobTitle'>): string {
  const { city, state, country, yearsExperience: years, highestDegreeEarned, employerProductActivity } = answers;
  const parts = [
    formatPlace({ city: city ?? '', state: state ?? '', country }),
    years == null ? '' : `${years}\u00a0${years === 1 ? 'year' : 'years'}`,
    DEGREES.find(([degree]) => degree === highestDegreeEarned)?.[1],
    answers.skills?.join(', '),
    answers.certifications?.join(', '),
    employerProductActivity,
  ];
  return parts.filter(Boolean).join(' · ');
}
