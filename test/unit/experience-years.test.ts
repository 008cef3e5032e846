import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experienceYears } from '../../src/model/experience-years.js';

const UNKNOWN = { minYears: null, maxYears: null };
const years = fc.integer({ min: 0, max: 99 });
const range = fc.tuple(years, years).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const unit = fc.constantFrom('', ' years', ' Years', ' yrs', 'yrs.', ' year');
const word = fc.constantFrom('', 'Entry Level', 'Mid-Career:', 'Late Career', 'experienced');

/** The text by itself, in parentheses behind a word, or behind it without. */
const named = (text: string) =>
  fc.tuple(word, fc.boolean()).map(([before, inParentheses]) => `${before} ${inParentheses ? `(${text})` : text}`);

describe('the years of a range of experience', () => {
  it.each([
    ['Entry Level (0-4)', 0, 4],
    ['Early Career (1-4 years)', 1, 4],
    ['Less than 1 year', 0, 1],
    ['Entry Level (<1 year)', 0, 1],
    ['Less than a year', 0, 1],
    ['Less than one year', 0, 1],
    ['20 years or more', 20, null],
    ['20 or more years', 20, null],
    ['Late Career (20+ years)', 20, null],
    ['More than 20 years', 20, null],
    ['5 to 9 years', 5, 9],
    ['10\u201319 years', 10, 19],
    ['1 year', 1, 1],
  ])('are read from its name: %s', (name, minYears, maxYears) => {
    expect(experienceYears(name)).toEqual({ minYears, maxYears });
  });

  it.each([
    null,
    '',
    'Entry Level',
    'Level 3',
    'Band A-C',
    '0-6 months',
    '6 months to 2 years',
    '1.5-2 years',
    '2010-2019',
    '100 years',
    '10-5 years',
    '1-4 years, or 5-9',
    'Level 2 (5-9 years)',
  ])('are unknown if it does not say them, or says more than one thing: %j', (name) => {
    expect(experienceYears(name)).toEqual(UNKNOWN);
  });

  it('are those of any range, however it is written', () => {
    const names = fc
      .tuple(range, fc.constantFrom('-', ' - ', '\u2013', '\u2014', ' to ', ' TO '), unit, unit)
      .chain(([[min, max], dash, first, last]) =>
        fc.tuple(fc.constant([min, max]), named(`${min}${first}${dash}${max}${last}`)),
      );
    fc.assert(
      fc.property(names, ([[minYears, maxYears], name]) => {
        expect(experienceYears(name)).toEqual({ minYears, maxYears });
      }),
    );
  });

  it('begin at 0 where only the end is said, and have no end where only the beginning is', () => {
    const below = fc.constantFrom('less than ', 'Less than ', 'fewer than ', 'under ', '<', '< ', 'up to ');
    const above = fc.constantFrom('+', ' +', ' or more', ' years or more', ' and over', ' years and above');
    fc.assert(
      fc.property(
        years.chain((n) =>
          fc.tuple(
            fc.constant(n),
            below.chain((b) => named(`${b}${n} years`)),
          ),
        ),
        ([maxYears, name]) => {
          expect(experienceYears(name)).toEqual({ minYears: 0, maxYears });
        },
      ),
    );
    fc.assert(
      fc.property(
        years.chain((n) =>
          fc.tuple(
            fc.constant(n),
            above.chain((a) => named(`${n}${a}`)),
          ),
        ),
        ([minYears, name]) => {
          expect(experienceYears(name)).toEqual({ minYears, maxYears: null });
        },
      ),
    );
  });

  it('are never reversed, and an end comes with a beginning, whatever the name', () => {
    const part = fc.constantFrom(
      '1',
      '4',
      '99',
      '-',
      ' to ',
      ' years',
      '+',
      '<',
      '(',
      ')',
      ' less than ',
      ' or more',
      'a year',
      '.',
    );
    const names = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(names, (name) => {
        const { minYears, maxYears } = experienceYears(name);
        expect(maxYears === null || (minYears !== null && maxYears >= minYears)).toBe(true);
      }),
    );
  });
});
