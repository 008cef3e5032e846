import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createAnswerChecker } from '../../src/datasources/answers/checker.js';
import { createCheckPause } from '../../src/datasources/answers/check-pause.js';
import { NotRemembered, type Lookups, type RememberedLookups } from '../../src/datasources/jobalyzer/lookups.js';
import { ApiError } from '../../src/errors.js';
import { canonicalAnswers, type GivenAnswers } from '../../src/model/answers.js';
import { caseKey } from '../../src/model/letter-case.js';
import { placeNamed } from '../../src/model/place.js';
import type { ReportsRequest } from '../../src/model/report.js';

const SIGNAL = new AbortController().signal;

/** Upstream's words of each kind. Like upstream's, a look-up has those that contain the term, at most ten. */
interface Vocabulary {
  readonly titles?: readonly string[];
  readonly skills?: readonly string[];
  readonly places?: readonly string[];
  /** What the title is resolved to. */
  readonly resolved?: string | null;
}

describe('a check', () => {
  it('has every answer that was given, the entries of lists one by one', async () => {
    const { check } = checking({
      titles: ['Accountant'],
      skills: ['Excel', 'C#'],
      places: ['Seattle, Washington, United States'],
    });
    const { answers, corrected } = await check({
      jobTitle: 'accountant',
      country: 'United States',
      state: 'washington',
      city: 'Seattle',
      yearsExperience: 5,
      highestDegreeEarned: 'BACHELORS',
      skills: ['excel', 'C#', 'Knitting', 'R'],
      companySales: 1.5,
    });
    expect(answers.map(({ field, value, verdict, spelling }) => [field, value, verdict, spelling])).toEqual([
      ['jobTitle', 'accountant', 'CORRECTED', 'Accountant'],
      ['country', 'United States', 'EXACT', null],
      ['state', 'washington', 'CORRECTED', 'Washington'],
      ['city', 'Seattle', 'EXACT', null],
      ['yearsExperience', '5', 'UNCHECKED', null],
      ['highestDegreeEarned', 'BACHELORS', 'EXACT', null],
      ['skills', 'C#', 'EXACT', null],
      ['skills', 'Knitting', 'UNKNOWN', null],
      ['skills', 'R', 'UNCHECKED', null],
      ['skills', 'excel', 'CORRECTED', 'Excel'],
      ['companySales', '1.5', 'UNCHECKED', null],
    ]);
    expect(corrected).toEqual(
      requestOf({
        jobTitle: 'Accountant',
        country: 'United States',
        state: 'Washington',
        city: 'Seattle',
        yearsExperience: 5,
        highestDegreeEarned: 'BACHELORS',
        skills: ['C#', 'Excel', 'Knitting', 'R'],
        companySales: 1.5,
      }),
    );
  });

  it('makes one entry of a list of two that have one spelling', async () => {
    const { check } = checking({ titles: ['Cook'], skills: ['Excel'] });
    const { corrected } = await check({ jobTitle: 'Cook', country: 'X', skills: ['excel', 'EXCEL', 'Excel'] });
    expect(corrected.answers.skills).toEqual(['Excel']);
  });

  it('changes nothing where nothing is CORRECTED', async () => {
    const { checker } = checking({ titles: ['Cook'] });
    const request = requestOf({ jobTitle: 'Cook', country: 'X', skills: ['Knitting'] });
    expect((await checker.check(request, SIGNAL)).corrected).toBe(request);
  });

  it('asks for all spellings of an answer with one term, and as given before it is UNKNOWN', async () => {
    const { check, asked } = checking({ titles: ['Accountant'] });
    for (const jobTitle of ['Accountant', 'ACCOUNTANT', 'Wizard']) await check({ jobTitle, country: 'X' }, false);
    expect(asked).toEqual(['JOB_TITLE accountant', 'JOB_TITLE accountant', 'JOB_TITLE wizard', 'JOB_TITLE Wizard']);
  });

  it('finds an answer also if upstream minds the letter case of terms', async () => {
    const { check } = checking({ titles: ['Accountant'] }, { mindsCase: true });
    const { answers } = await check({ jobTitle: 'Accountant', country: 'X' }, false);
    expect(answers[0]?.verdict).toBe('EXACT');
  });

  it.each([
    ['jobTitle', 'QA!', 'JOB_TITLE'],
    ['skills', 'C', 'SKILLS'],
    ['employerProductActivity', 'X', 'EMPLOYER_PRODUCT_ACTIVITY'],
  ] as const)('does not ask for a %s that is too short for upstream', async (field, value, kind) => {
    const { check, asked } = checking({ titles: ['Cook'] });
    const given = { jobTitle: 'Cook', country: 'X', [field]: field === 'skills' ? [value] : value };
    const { answers } = await check(given, false);
    expect(answers.find((answer) => answer.field === field && answer.value === value)?.verdict).toBe('UNCHECKED');
    expect(asked.filter((each) => each.startsWith(kind) && each.endsWith(` ${value.toLowerCase()}`))).toEqual([]);
  });

  it('leaves a place without a city UNCHECKED', async () => {
    const { check, asked } = checking({ titles: ['Cook'], places: ['Seattle, Washington, United States'] });
    const { answers } = await check({ jobTitle: 'Cook', country: 'united states', state: 'washington' }, false);
    expect(answers.map(({ verdict }) => verdict)).toEqual(['EXACT', 'UNCHECKED', 'UNCHECKED']);
    expect(asked).toEqual(['JOB_TITLE cook']);
  });

  it('makes at most twenty look-ups, whatever is asked', async () => {
    const { check, asked } = checking({});
    const skills = Array.from({ length: 100 }, (_, index) => `Skill ${index}`);
    const { answers } = await check({ jobTitle: 'Wizard', country: 'X', city: 'Y', skills });
    expect(asked).toHaveLength(20);
    expect(asked).toContain('resolve Wizard');
    expect(answers.map(({ verdict }) => verdict)).toContain('UNCHECKED');
    expect(answers[0]?.verdict).toBe('UNKNOWN');
  });

  it('tells what a title is resolved to', async () => {
    const { check } = checking({ titles: ['Accountant'], resolved: 'Accountant' });
    const resolved = { matchedJobTitle: 'Accountant', jobTitleRating: 90 };
    expect(await check({ jobTitle: 'Acountant', country: 'X' })).toMatchObject(resolved);
    expect(await check({ jobTitle: 'Accountant', country: 'X' })).toMatchObject(resolved);
    const unresolved = { matchedJobTitle: null, jobTitleRating: null };
    expect(await check({ jobTitle: 'Acountant', country: 'X' }, false)).toMatchObject(unresolved);
    const none = checking({ resolved: null });
    expect(await none.check({ jobTitle: 'Wizard', country: 'X' })).toMatchObject(unresolved);
    expect(none.logged).toEqual([]);
  });

  it('before a purchase asks what a title is resolved to only if upstream does not know it', async () => {
    const { checker, asked } = checking({ titles: ['Accountant'], resolved: 'Accountant' });
    await checker.check(requestOf({ jobTitle: 'accountant', country: 'X' }), SIGNAL);
    expect(asked).not.toContain('resolve accountant');
    await checker.check(requestOf({ jobTitle: 'Acountant', country: 'X' }), SIGNAL);
    expect(asked).toContain('resolve Acountant');
  });

  it.each([
    ['fails', () => Promise.reject(new ApiError('UPSTREAM_UNAVAILABLE', 'No.'))],
    ['throws what nobody expected', () => Promise.reject(new TypeError('No.'))],
    [
      'answers 200 values',
      async () => Array.from({ length: 200 }, () => ({ answer: 'Accountant', text: 'Y, X', score: 1 })),
    ],
  ])('leaves as given what is looked up while a look-up %s, and says so once', async (_, answer) => {
    const lookups = { allSuggestions: answer, allLocations: answer, impact: answer } as unknown as Partial<Lookups>;
    const logged: object[] = [];
    const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as object) });
    const checker = createAnswerChecker(remembering(lookups), log);
    const request = requestOf({ jobTitle: 'accountant', country: 'x', city: 'y', skills: ['excel'] });
    for (const asked of [request, { ...request }]) {
      const { answers, corrected } = await checker.check(asked, SIGNAL);
      expect(new Set(answers.map(({ verdict }) => verdict))).toEqual(new Set(['UNCHECKED']));
      expect(corrected).toBe(asked);
    }
    expect(logged).toMatchObject([{ level: 40, msg: expect.stringContaining('cannot be checked') }]);
  });

  it('waits for a look-up that hangs until the caller leaves, or two seconds', async () => {
    const lookups = { allSuggestions: hanging } as unknown as Partial<Lookups>;
    const checker = createAnswerChecker(remembering(lookups), pino({ level: 'silent' }));
    const leaving = new AbortController();
    const left = checker.check(requestOf({ jobTitle: 'Cook', country: 'X' }), leaving.signal);
    leaving.abort(new Error('I left.'));
    await expect(left).rejects.toThrow('I left.');
    const { answers } = await checker.check(requestOf({ jobTitle: 'Cook', country: 'X' }), SIGNAL);
    expect(answers.map(({ verdict }) => verdict)).toEqual(['UNCHECKED', 'UNCHECKED']);
  });

  it('asks upstream nothing for ten seconds after three checks in a row for which it took too long', async () => {
    let now = 0;
    const asked: string[] = [];
    let answer: 'in-time' | 'too-late' = 'too-late';
    const lookups: Partial<Lookups> = {
      allSuggestions(kind, term, signal) {
        asked.push(term);
        return answer === 'in-time' ? cook() : hanging(kind, term, signal);
      },
    };
    const remembered: Partial<Lookups> = {
      allSuggestions: async (_kind, term) => {
        if (term !== 'nurse') throw new NotRemembered();
        return [{ answer: 'Nurse', score: null, degree: null }];
      },
    };
    const cook = async () => [{ answer: 'Cook', score: null, degree: null }];
    const checker = createAnswerChecker(
      remembering(lookups, remembered),
      pino({ level: 'silent' }),
      createCheckPause(() => now),
    );
    const verdict = async (jobTitle: string): Promise<string | undefined> =>
      (await checker.check(requestOf({ jobTitle, country: 'X' }), SIGNAL)).answers[0]?.verdict;

    expect(await Promise.all(['late 1', 'late 2', 'late 3'].map(verdict))).toEqual(Array(3).fill('UNCHECKED'));
    expect(asked.splice(0)).toHaveLength(3);
    expect(await verdict('late 4')).toBe('UNCHECKED');
    expect(await verdict('nurse'), 'what is remembered').toBe('CORRECTED');
    expect(asked).toEqual([]);

    now = 10_000;
    expect(await verdict('nurse'), 'needs no trial').toBe('CORRECTED');
    answer = 'in-time';
    expect(await verdict('cook'), 'the trial').toBe('CORRECTED');
    expect(await verdict('Cook'), 'the next').toBe('EXACT');
    expect(asked).toEqual(['cook', 'cook']);
  });

  it('never makes one report of answers that differ in more than letter case', async () => {
    const word = fc.constantFrom(
      'York',
      'york',
      'New York',
      'NEW YORK',
      'Nurse',
      'nurse',
      'C#',
      'c#',
      'C++',
      'Σας',
      'ΣΑΣ',
    );
    const words = fc.array(word, { maxLength: 6 });
    const given = fc.record({ jobTitle: word, country: word, city: word, state: word, skills: words });
    const places = fc.array(
      fc.tuple(word, word, word).map((parts) => parts.join(', ')),
      { maxLength: 8 },
    );
    const vocabulary = fc.record({ titles: words, skills: words, places });
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(given, given, vocabulary, async (one, other, known) => {
        const { check } = checking(known);
        const [a, b] = [await check(one), await check(other)];
        const isOneReport = JSON.stringify(a.corrected) === JSON.stringify(b.corrected);
        expect(isOneReport && JSON.stringify(keysOf(one)) !== JSON.stringify(keysOf(other))).toBe(false);
      }),
    );
  });
});

function keysOf(given: GivenAnswers): unknown {
  return Object.entries(given).map(([field, value]) => [
    field,
    Array.isArray(value) ? [...new Set(value.map((text: string) => caseKey(text)))].sort() : caseKey(String(value)),
  ]);
}

async function hanging(_kind: unknown, _term: unknown, signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

/** Look-ups of which nothing is remembered but what `remembered` has. */
function remembering(lookups: Partial<Lookups>, remembered: Partial<Lookups> = {}): RememberedLookups {
  const nothing = (): Promise<never> => Promise.reject(new NotRemembered());
  const none = { allSuggestions: nothing, allLocations: nothing, impact: nothing };
  return { ...lookups, remembered: { ...none, ...remembered } } as RememberedLookups;
}

function requestOf(given: GivenAnswers, autoResolveJobTitle = true): ReportsRequest {
  return { answers: canonicalAnswers(given, 'answers'), autoResolveJobTitle };
}

function checking({ titles = [], skills = [], places = [], resolved = null }: Vocabulary, { mindsCase = false } = {}) {
  const asked: string[] = [];
  const logged: object[] = [];
  const among = (words: readonly string[], term: string): string[] => {
    const key = (text: string): string => (mindsCase ? text : caseKey(text));
    return words.filter((each) => key(each).includes(key(term)));
  };
  const lookups: Partial<Lookups> = {
    async allSuggestions(kind, term) {
      asked.push(`${kind} ${term}`);
      const words = kind === 'JOB_TITLE' ? titles : kind === 'SKILLS' ? skills : [];
      return among(words, term).map((answer) => ({ answer, score: null, degree: null }));
    },
    async allLocations(term) {
      asked.push(`place ${term}`);
      return among(places, term).map((found) => ({ text: found, id: null, frequency: null, ...placeNamed(found) }));
    },
    async impact(_kind, jobTitle) {
      asked.push(`resolve ${jobTitle}`);
      if (resolved === null) throw new ApiError('NOT_FOUND', 'Jobalyzer does not recognize this job title.');
      const context = { submittedJobTitle: jobTitle, matchedJobTitle: resolved, jobTitleRating: 90 };
      return { impacts: [], context, warnings: [] };
    },
  };
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as object) });
  const checker = createAnswerChecker(remembering(lookups), log);
  return {
    checker,
    asked,
    logged,
    check: (given: GivenAnswers, resolve = true) =>
      checker.check(requestOf(given, resolve), SIGNAL, { anyTitle: true }),
  };
}
