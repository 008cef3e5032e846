import { describe, expect, it } from 'vitest';
import {
  correctionWarnings,
  ignoredAnswers,
  ignoredWarning,
  unknownAnswers,
} from '../../src/datasources/answers/remarks.js';
import type { AnswersCheck, AnswerVerdict } from '../../src/model/answers-check.js';
import { canonicalAnswers, type AnswerName, type GivenAnswers } from '../../src/model/answers.js';
import type { ReportsRequest } from '../../src/model/report.js';

const requestOf = (given: GivenAnswers): ReportsRequest => ({
  answers: canonicalAnswers(given, 'answers'),
  autoResolveJobTitle: true,
});
const COOK = { jobTitle: 'Cook', country: 'United States' };

function checkOf(matchedJobTitle: string | null, ...answers: [AnswerName, string, AnswerVerdict][]): AnswersCheck {
  return {
    answers: answers.map(([field, value, verdict]) => ({ field, value, verdict, spelling: null, suggestions: [] })),
    corrected: requestOf(COOK),
    matchedJobTitle,
    jobTitleRating: null,
  };
}

describe('answers that upstream ignores', () => {
  it('are those that it does not know, except a title that it resolves', () => {
    const answers = [
      ['jobTitle', 'Cok', 'UNKNOWN'],
      ['city', 'York', 'UNKNOWN'],
      ['country', 'X', 'UNCHECKED'],
      ['skills', 'Excel', 'CORRECTED'],
    ] as const;
    const ignored = (matched: string | null) =>
      ignoredAnswers(checkOf(matched, ...answers.map((each) => [...each] as [AnswerName, string, AnswerVerdict]))).map(
        ({ value }) => value,
      );
    expect(ignored('Cook')).toEqual(['York']);
    expect(ignored(null)).toEqual(['Cok', 'York']);
  });

  it('are named as upstream names them, with a code', () => {
    const [answer] = checkOf(null, ['employerProductActivity', 'Magic', 'UNKNOWN']).answers;
    expect(answer && ignoredWarning(answer)).toEqual({
      answerId: 'EmployerProductActivity',
      answerValue: 'Magic',
      message: expect.stringContaining('ignores it'),
      code: 'UNKNOWN_ANSWER',
    });
  });

  it('are refused with each of them, and what upstream has instead', () => {
    const { answers } = checkOf(null, ['city', 'York', 'UNKNOWN'], ['skills', 'Magic', 'UNKNOWN']);
    const suggestions = [{ answer: 'New York', score: null, degree: null }];
    const error = unknownAnswers(answers.map((answer, index) => (index === 0 ? { ...answer, suggestions } : answer)));
    expect(error.code).toBe('UNCONFIRMED_ANSWER');
    expect(error.message).toContain('city "York" and skills "Magic"');
    expect(error.details).toMatchObject({
      issues: [
        { answerId: 'City', answerValue: 'York' },
        { answerId: 'Skills', answerValue: 'Magic' },
      ],
      suggestions: [{ answerId: 'City', answer: 'New York', score: null }],
    });
    expect(unknownAnswers(answers).details).not.toHaveProperty('suggestions');
  });
});

describe('the warnings of corrections', () => {
  it('are one for each answer that was bought in another spelling', () => {
    const asked = requestOf({ ...COOK, jobTitle: 'COOK', city: 'New York', skills: ['excel', 'Knitting', 'C#'] });
    const bought = requestOf({ ...COOK, city: 'New York', skills: ['Excel', 'Knitting', 'C#'] });
    const corrected = correctionWarnings(asked, bought);
    expect(corrected).toEqual([
      {
        answerId: 'JobTitle',
        answerValue: 'COOK',
        message: expect.stringContaining('"Cook"'),
        code: 'CORRECTED_ANSWER',
      },
      {
        answerId: 'Skills',
        answerValue: 'excel',
        message: expect.stringContaining('"Excel"'),
        code: 'CORRECTED_ANSWER',
      },
    ]);
  });

  it('are none if nothing was', () => {
    const asked = requestOf({ ...COOK, skills: ['Excel'], yearsExperience: 3, highestDegreeEarned: 'MBA' });
    expect(
      correctionWarnings(
        asked,
        requestOf({ ...COOK, skills: ['Excel'], yearsExperience: 3, highestDegreeEarned: 'MBA' }),
      ),
    ).toEqual([]);
  });

  it('are one for each entry of a list that became one', () => {
    const asked = requestOf({ ...COOK, skills: ['EXCEL', 'Excel', 'excel'] });
    const values = correctionWarnings(asked, requestOf({ ...COOK, skills: ['Excel'] })).map(
      ({ answerValue }) => answerValue,
    );
    expect(values).toEqual(['EXCEL', 'excel']);
  });
});
