import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeReportsRequest } from '../../src/datasources/jobalyzer/encode.js';
import { readSentRequest } from '../../src/datasources/jobalyzer/sent-request.js';
import { canonicalAnswers, Degree } from '../../src/model/answers.js';

const text = fc.stringMatching(/^[A-Za-z][A-Za-z '&.+-]{0,20}[a-z]$/);
const given = fc.record(
  {
    jobTitle: text,
    country: text,
    state: text,
    city: text,
    yearsExperience: fc.integer({ min: 0, max: 80 }),
    highestDegreeEarned: fc.constantFrom(...Object.values(Degree)),
    skills: fc.array(text, { maxLength: 4 }),
    certifications: fc.array(text, { maxLength: 4 }),
    averageSizeCompetitor: fc.nat(),
    companySales: fc.nat(),
    employerProductActivity: text,
  },
  { requiredKeys: ['jobTitle', 'country'] },
);

describe('a request that was sent', () => {
  it('says which answers it was made of', () => {
    fc.assert(
      fc.property(given, fc.boolean(), (answers, autoResolveJobTitle) => {
        const request = { answers: canonicalAnswers(answers, 'answers'), autoResolveJobTitle };
        const body = JSON.stringify(encodeReportsRequest(request, ['PAY'], 'customer'));
        expect(readSentRequest(body)).toEqual(request);
      }),
    );
  });

  it.each(['', '[]', '{}', '{"answers":[]}', '{"answers":{"Country":"Chile"}}'])('is not %j', (body) => {
    expect(readSentRequest(body)).toBeNull();
  });
});
