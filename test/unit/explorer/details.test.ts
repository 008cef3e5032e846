import { describe, expect, it } from 'vitest';
import { detailsOf } from '../../../explorer/question/details.ts';

describe('what is asked about a job', () => {
  it('is on one line, whatever of it is given', () => {
    const answers = {
      city: 'Seattle',
      state: 'Washington',
      country: 'United States',
      yearsExperience: 1,
      highestDegreeEarned: 'MBA',
      skills: ['Python', 'SQL'],
      certifications: ['Certified Scrum Developer'],
      employerProductActivity: 'Banking',
    } as const;
    expect(detailsOf(answers)).toBe(
      'Seattle, Washington, United States · 1\u00a0year · MBA · Python, SQL · Certified Scrum Developer · Banking',
    );
    expect(detailsOf({ country: 'Canada', city: null, yearsExperience: 0, skills: [] })).toBe('Canada · 0\u00a0years');
  });
});
