import { describe, expect, it } from 'vitest';
import { hasCode } from '../../src/errors.js';
import { boundedText, LONGEST_TEXT, requiredText } from '../../src/model/text.js';
import {
  answerNamed,
  ANSWER_NAMES,
  canonicalAnswers,
  completeAnswers,
  MOST_LISTED,
  type GivenAnswers,
} from '../../src/model/answers.js';

const NURSE: GivenAnswers = { jobTitle: 'Registered Nurse', country: 'United States' };
const CONTROL = 'must not contain control characters.';
const MALFORMED = 'must be well-formed Unicode text.';
const LOST = 'must not contain U+FFFD, which stands for a character that was lost before it was sent.';
const BLANK = 'must not be blank; 1 to 200 characters are allowed.';

describe('canonical answers', () => {
  it('have null or empty lists for missing answers', () => {
    expect(canonicalAnswers(NURSE, 'answers')).toEqual({
      ...NURSE,
      state: null,
      city: null,
      yearsExperience: null,
      highestDegreeEarned: null,
      skills: [],
      certifications: [],
      averageSizeCompetitor: null,
      companySales: null,
      employerProductActivity: null,
    });
  });

  it('are trimmed and in NFC, with lists sorted by code unit and without duplicates and blanks', () => {
    const given: GivenAnswers = {
      jobTitle: ' \u00a0Cafe\u0301 Manager\u3000',
      country: ' France ',
      state: '   ',
      city: ' Orle\u0301ans',
      skills: ['b', ' a', 'B', 'a ', '', 'é', 'e\u0301', '  ', 'z'],
      certifications: ['  '],
    };
    expect(canonicalAnswers(given, 'answers')).toMatchObject({
      jobTitle: 'Café Manager',
      country: 'France',
      state: null,
      city: 'Orléans',
      skills: ['B', 'a', 'b', 'z', 'é'],
      certifications: [],
    });
  });

  it('treat invisible text as missing', () => {
    const unseen = '\u200b \u200d';
    const given = { ...NURSE, state: unseen, city: unseen, employerProductActivity: unseen, skills: [unseen, 'SQL'] };
    expect(canonicalAnswers(given, 'answers')).toEqual(canonicalAnswers({ ...NURSE, skills: ['SQL'] }, 'answers'));
  });

  it('keep letter case and letters that look like others, which are other answers', () => {
    for (const jobTitle of ['rn II', 'RN II', 'R\u039d II', 'RN \uff29\uff29', 'RN \u2161', 'RN \u00b2']) {
      expect(canonicalAnswers({ ...NURSE, jobTitle }, 'answers').jobTitle).toBe(jobTitle);
    }
  });

  it('have texts once that differ in invisible characters and blanks only, and none that are nothing else', () => {
    const skills = ['Rest API', 'Rest\u00a0API', 'Rest  API', 'Re\u00adst API\r\n', '\u200b', '\t'];
    expect(canonicalAnswers({ ...NURSE, skills }, 'answers').skills).toEqual(['Rest API']);
  });

  it('distinguish zero from a missing answer', () => {
    const zeros = { yearsExperience: 0, averageSizeCompetitor: 0, companySales: 0 };
    expect(canonicalAnswers({ ...NURSE, ...zeros }, 'answers')).toMatchObject(zeros);
    expect(canonicalAnswers({ ...NURSE, yearsExperience: -0 }, 'answers').yearsExperience).toBe(0);
  });

  it('do not mutate the given answers', () => {
    const skills = Object.freeze(['b', 'a']);
    canonicalAnswers(Object.freeze({ ...NURSE, skills }), 'answers');
    expect(skills).toEqual(['b', 'a']);
  });
});

describe('a text', () => {
  it('may have 200 characters outside the BMP, excluding surrounding whitespace', () => {
    const text = '\u{1F469}'.repeat(LONGEST_TEXT);
    expect(boundedText(` ${text} `, 'term')).toBe(text);
  });

  it('is measured in NFC', () => {
    expect(boundedText('e\u0301'.repeat(LONGEST_TEXT), 'term')).toBe('é'.repeat(LONGEST_TEXT));
  });

  it('may be blank only if it is not required', () => {
    expect(boundedText('  ', 'term')).toBe('');
    expect(refusalOf(() => requiredText('  ', 'term'))).toEqual({ argument: 'term', reason: BLANK });
  });
});

const TEXTS: [argument: string, given: (text: string) => Partial<GivenAnswers>][] = [
  ['jobTitle', (jobTitle) => ({ jobTitle })],
  ['country', (country) => ({ country })],
  ['state', (state) => ({ state })],
  ['city', (city) => ({ city })],
  ['employerProductActivity', (employerProductActivity) => ({ employerProductActivity })],
  ['skills[1]', (text) => ({ skills: ['SQL', text] })],
  ['certifications[0]', (text) => ({ certifications: [text, 'CPA'] })],
];

const BAD_TEXTS: [what: string, text: string, reason: string][] = [
  ['201 characters', 'x'.repeat(201), 'must be at most 200 characters long; it has 201.'],
  [
    '201 characters outside the basic plane',
    '\u{1F469}'.repeat(201),
    'must be at most 200 characters long; it has 201.',
  ],
  ['a NUL', 'a\0b', CONTROL],
  ['a line break inside', 'a\nb', CONTROL],
  ['a tab inside', 'a\tb', CONTROL],
  ['a NUL at the end', 'a\0', CONTROL],
  ['a line break before a mark', 'a\n\u200eb', CONTROL],
  ['a delete', 'a\u007f', CONTROL],
  ['a C1 control', '\u0085a', CONTROL],
  ['a lone high surrogate', 'a\ud83d', MALFORMED],
  ['a lone low surrogate', '\udc69a', MALFORMED],
  ['swapped surrogates', '\udc69\ud83d', MALFORMED],
  ['a replacement character', 'Z\ufffdrich', LOST],
  ['only a replacement character', '\ufffd', LOST],
  [
    'invisible characters without end',
    `a${'\u200b'.repeat(10_000)}`,
    'must be at most 200 characters long; it has 10001.',
  ],
  ['a line separator', 'a\u2028b', 'must be one line.'],
  ['a paragraph separator', 'a\u2029b', 'must be one line.'],
];

describe.each(TEXTS)('%s', (argument, given) => {
  it.each(BAD_TEXTS)('is rejected with %s', (_, text, reason) => {
    expect(refusalOf(() => canonicalAnswers({ ...NURSE, ...given(text) }, 'answers'))).toEqual({
      argument: `answers.${argument}`,
      reason,
    });
  });
});

describe.each(['jobTitle', 'country'] as const)('%s', (argument) => {
  it.each(['', ' ', '\u00a0\u3000', '\ufeff', '\u200b\u200d', '\u2060', '\u2028 \u200e', '\r\n', '\u3164', '\ue000'])(
    'is rejected if blank: %j',
    (text) => {
      expect(refusalOf(() => canonicalAnswers({ ...NURSE, [argument]: text }, 'input.answers'))).toEqual({
        argument: `input.answers.${argument}`,
        reason: BLANK,
      });
    },
  );
});

describe.each(['skills', 'certifications'] as const)('%s', (argument) => {
  const list = (length: number) => Array.from({ length }, (_, index) => `${argument} ${index}`);

  it('may have 100 entries', () => {
    expect(canonicalAnswers({ ...NURSE, [argument]: list(MOST_LISTED) }, 'answers')[argument]).toHaveLength(100);
  });

  it('is rejected with 101 entries, even with duplicates', () => {
    for (const entries of [list(101), [...list(100), `${argument} 0`]]) {
      expect(refusalOf(() => canonicalAnswers({ ...NURSE, [argument]: entries }, 'answers'))).toEqual({
        argument: `answers.${argument}`,
        reason: 'must have at most 100 entries; it has 101.',
      });
    }
  });
});

describe('answers of a release that knew fewer', () => {
  it('are completed with absent ones', () => {
    const whole = canonicalAnswers({ ...NURSE, skills: ['CPR'], yearsExperience: 0 }, 'answers');
    const { state: _state, certifications: _certifications, companySales: _sales, ...stored } = whole;
    expect(completeAnswers(stored)).toEqual(whole);
    expect(completeAnswers(whole)).toEqual(whole);
  });
});

describe('a number', () => {
  it.each([
    ['yearsExperience', 80],
    ['yearsExperience', 0.5],
    ['averageSizeCompetitor', 1e12],
    ['companySales', Number.MAX_VALUE],
  ] as const)('may be at its limit: %s %d', (argument, value) => {
    expect(canonicalAnswers({ ...NURSE, [argument]: value }, 'answers')[argument]).toBe(value);
  });

  it.each([-1, -0.001, 80.001, 81, Number.NaN, Infinity, -Infinity])('of years is rejected: %d', (value) => {
    expect(refusalOf(() => canonicalAnswers({ ...NURSE, yearsExperience: value }, 'answers'))).toEqual({
      argument: 'answers.yearsExperience',
      reason: `must be from 0 to 80; it is ${value}.`,
    });
  });

  it.each(
    (['averageSizeCompetitor', 'companySales'] as const).flatMap((argument) =>
      [-1, -Number.MIN_VALUE, Number.NaN, Infinity, -Infinity].map((value) => [argument, value] as const),
    ),
  )('of %s is rejected: %d', (argument, value) => {
    expect(refusalOf(() => canonicalAnswers({ ...NURSE, [argument]: value }, 'answers'))).toEqual({
      argument: `answers.${argument}`,
      reason: `must be a finite number, 0 or more; it is ${value}.`,
    });
  });
});

describe('the answer that upstream names', () => {
  it.each(ANSWER_NAMES)('is %s in any letter case', (name) => {
    const pascal = name.charAt(0).toUpperCase() + name.slice(1);
    for (const given of [name, pascal, name.toUpperCase(), `${pascal}[3]`]) expect(answerNamed(given)).toBe(name);
  });

  it.each([null, '', 'customerId', 'Job Title', 'JobTitle ', 'x.JobTitle', 'Skills[]', 'constructor', '__proto__'])(
    'is none for anything else: %j',
    (given) => {
      expect(answerNamed(given)).toBeNull();
    },
  );
});

/** The details of a BAD_USER_INPUT, whose message must match them. */
function refusalOf(work: () => unknown): unknown {
  const error = thrownBy(work);
  if (!hasCode(error, 'BAD_USER_INPUT')) throw new Error('It was refused with another error.', { cause: error });
  const { message, details } = error;
  expect(message).toBe(`${details.argument}: ${details.reason}`);
  return details;
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('It was not refused.');
}
