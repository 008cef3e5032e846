import { describe, expect, it, vi } from 'vitest';
import { ApiError, type AnswerIssue } from '../../src/errors.js';
import type { ReportKey } from '../../src/model/report.js';
import type { Lookups } from '../../src/datasources/jobalyzer/lookups.js';
import type { ReportCache } from '../../src/datasources/reports/cache.js';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import { createReading } from '../../src/datasources/reports/read.js';
import { withSuggestions } from '../../src/datasources/reports/suggestions.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';

const REPORT = { id: 'r', request: { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') } };
const NOW = 1_000;
const READY: State = { state: 'COLLECTED', rating: 1, warnings: [], attempt: 1, expiresAt: NOW + 1 };
const WAIT = { waitMs: 10, signal: new AbortController().signal };

describe('a stored report', () => {
  it('is found with its request; an unknown one is not', async () => {
    const { reading } = readingOf(entryAt(1, LINKED));
    expect(await reading.find('r')).toEqual(REPORT);
    expect(await reading.find('s')).toBeNull();
  });

  it('has a status for each type, and its contents where it is READY', async () => {
    const { reading, fetched } = readingOf(entryAt(4, READY), entryAt(2, LINKED, { type: 'YOE' }));
    const snapshot = await reading.snapshot('r');
    expect(snapshot.statuses).toEqual({ PAY: 'READY', YOE: 'PENDING' });
    expect(await snapshot.collected('PAY')).toBe('r PAY 4');
    expect(await snapshot.collected('YOE')).toBeNull();
    expect(fetched).toEqual(['r PAY 4']);
  });

  it('says until when it is served, and why what has failed will not come', async () => {
    const failure = { code: 'REPORT_FAILED', message: 'No.' } as const;
    const FAILED: State = { state: 'FAILED', failure, attempt: 3, expiresAt: NOW + 1 };
    const ready = await readingOf(entryAt(4, READY), entryAt(2, LINKED, { type: 'YOE' })).reading.snapshot('r');
    expect([ready.expiresAt('PAY'), ready.expiresAt('YOE'), ready.failures()]).toEqual([new Date(NOW + 1), null, []]);
    const failed = await readingOf(entryAt(4, FAILED), entryAt(2, READY, { type: 'YOE' })).reading.snapshot('r');
    expect(failed.failures()).toEqual([{ type: 'PAY', failure, since: expect.any(Date) as Date }]);
    expect([failed.expiresAt('PAY'), failed.expiresAt('YOE')]).toEqual([null, new Date(NOW + 1)]);
    const expired = readingOf(
      entryAt(4, { ...READY, expiresAt: NOW }),
      entryAt(2, { ...FAILED, expiresAt: NOW }, { type: 'YOE' }),
    );
    const over = await expired.reading.snapshot('r');
    expect([over.expiresAt('PAY'), over.failures()]).toEqual([null, []]);
  });

  it('has neither once it has expired', async () => {
    const { reading } = readingOf(entryAt(4, { ...READY, expiresAt: NOW }));
    const snapshot = await reading.snapshot('r');
    expect(snapshot.statuses).toEqual({ PAY: 'NOT_REQUESTED', YOE: 'NOT_REQUESTED' });
    expect(await snapshot.collected('PAY')).toBeNull();
  });

  it('was never requested if its id is unknown', async () => {
    const { reading } = readingOf();
    const snapshot = await reading.snapshot('unknown');
    expect(snapshot.statuses).toEqual({ PAY: 'NOT_REQUESTED', YOE: 'NOT_REQUESTED' });
    expect(await snapshot.collected('YOE')).toBeNull();
  });
});

describe('a report that is waited for', () => {
  it('comes from memory if it is there, without a wait', async () => {
    const { reading, waited } = readingOf();
    reading.keep('kept');
    expect(await reading.obtain(REPORT, 'PAY', WAIT)).toBe('kept');
    expect(waited).toEqual([]);
  });

  it('is looked up in memory by the trusted time', () => {
    const { reading, timesAsked } = readingOf();
    expect(reading.inMemory('r', 'PAY')).toBeNull();
    reading.keep('kept');
    expect(reading.inMemory('r', 'PAY')).toEqual({ report: 'kept' });
    expect(reading.isInMemory({ key: 'r:PAY', expiresAt: 1 })).toBe(true);
    expect(timesAsked).toEqual([NOW, NOW, NOW]);
  });

  it('is read as soon as it is collected', async () => {
    const { reading, waited } = readingOf();
    reading.end(entryAt(7, READY));
    expect(await reading.obtain(REPORT, 'PAY', WAIT)).toBe('r PAY 7');
    expect(waited).toEqual([['r', 'PAY', WAIT]]);
  });

  it('fails with suggestions for an answer that was not recognized', async () => {
    const { reading } = readingOf();
    reading.end(unconfirmed([issue('JobTitle', 'Nurce')]));
    await expect(reading.obtain(REPORT, 'PAY', WAIT)).rejects.toMatchObject({
      code: 'UNCONFIRMED_ANSWER',
      details: { suggestions: [{ answer: 'Nurce!' }] },
    });
  });
});

describe('suggestions', () => {
  const answers = REPORT.request.answers;

  it('are looked up for each issue, by the kind of its answer and in any letter case', async () => {
    const { lookups, asked } = suggesting();
    const issues = [issue('JobTitle', ' Nurce '), issue('skills', 'Exel'), issue('Certifications', 'RN')];
    const error = unconfirmed(issues);
    const found = await withSuggestions(answers, error, lookups);
    expect(found).toMatchObject({
      code: 'UNCONFIRMED_ANSWER',
      message: error.message,
      details: {
        issues,
        suggestions: [
          { answerId: 'JobTitle', answer: 'Nurce!', score: 0.5 },
          { answerId: 'Skills', answer: 'Exel!', score: 0.5 },
          { answerId: 'Certifications', answer: 'RN!', score: 0.5 },
        ],
      },
    });
    expect(asked).toEqual(['JOB_TITLE Nurce', 'SKILLS Exel', 'CERTIFICATIONS RN']);
  });

  it('are looked up for the first word if there are none for the whole', async () => {
    const { lookups, asked } = suggesting(['Registered']);
    const error = unconfirmed([issue('JobTitle', 'Registered  Nurce'), issue('Skills', 'Exel')]);
    expect(await withSuggestions(answers, error, lookups)).toMatchObject({
      details: { suggestions: [{ answer: 'Registered!' }] },
    });
    expect(asked.toSorted()).toEqual(['JOB_TITLE Registered', 'JOB_TITLE Registered  Nurce', 'SKILLS Exel']);
  });

  it('are for the job title that was asked for if the issue has no value', async () => {
    const { lookups, asked } = suggesting();
    await withSuggestions(answers, unconfirmed([issue('JobTitle', null), issue('Skills', null)]), lookups);
    expect(asked).toEqual(['JOB_TITLE Registered Nurse']);
  });

  it('are for five issues at most, and for none about another answer or none', async () => {
    const { lookups, asked } = suggesting();
    const issues = [issue('City', 'Nowhere'), issue(null, 'what'), issue('JobTitle', '  ')];
    const more = Array.from({ length: 4 }, (_, index) => issue('Skills', `skill${index}`));
    await withSuggestions(answers, unconfirmed([...issues, ...more]), lookups);
    expect(asked).toEqual(['SKILLS skill0', 'SKILLS skill1']);
  });

  it.each<[string, unknown]>([
    ['an answer that nothing is suggested for', unconfirmed([issue('City', 'Nowhere')])],
    ['no suggestions', unconfirmed([issue('Skills', 'nothing')])],
    ['another code', new ApiError('REPORT_FAILED', 'No.', { issues: [issue('JobTitle', 'Nurce')] })],
    ['no code', new Error('No.')],
  ])('leave an error with %s as it is', async (_, error) => {
    const { lookups } = suggesting(['Nurce']);
    expect(await withSuggestions(answers, error, lookups)).toBe(error);
  });

  it('delay the error by two seconds at most', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    const signals: AbortSignal[] = [];
    const suggest = async (...asked: Parameters<Lookups['suggest']>) => {
      signals.push(asked[2]);
      return [];
    };
    await withSuggestions(answers, unconfirmed([issue('JobTitle', 'Nurce')]), { suggest } as unknown as Lookups);
    expect(timeout.mock.calls).toEqual([[2_000]]);
    expect(signals).toEqual([timeout.mock.results[0]?.value]);
    timeout.mockRestore();
  });

  it('that cannot be looked up are none', async () => {
    const lookups = { suggest: () => Promise.reject(new Error('No.')) } as unknown as Lookups;
    const error = unconfirmed([issue('JobTitle', 'Nurce')]);
    expect(await withSuggestions(answers, error, lookups)).toBe(error);
  });
});

function issue(answerId: string | null, answerValue: string | null): AnswerIssue {
  return { answerId, answerValue, message: null, code: null };
}

function unconfirmed(issues: readonly AnswerIssue[]): ApiError {
  return new ApiError('UNCONFIRMED_ANSWER', 'Unknown.', { issues });
}

/** Look-ups that find one suggestion for these terms, or for any. */
function suggesting(known?: readonly string[]) {
  const asked: string[] = [];
  const lookups: Pick<Lookups, 'suggest'> = {
    async suggest(kind, term) {
      asked.push(`${kind} ${term}`);
      return !known || known.includes(term) ? [{ answer: `${term}!`, score: 0.5, degree: null }] : [];
    },
  };
  return { lookups: lookups as Lookups, asked };
}

/** Reads from a ledger with these entries; what is waited for ends as the test says. */
function readingOf(...entries: Entry[]) {
  const memory = createMemoryLedger();
  if (entries.length > 0) memory.put(REPORT, ...entries);
  const fetched: string[] = [];
  const waited: unknown[] = [];
  const timesAsked: number[] = [];
  let kept: { readonly report: string } | null = null;
  let end: Entry | ApiError | null = null;
  const cache = {
    has: () => kept !== null,
    get(_id: string, _type: string, now: number) {
      timesAsked.push(now);
      return kept;
    },
    isCurrent(_place: unknown, now: number) {
      timesAsked.push(now);
      return kept !== null;
    },
    async fetch({ id }: ReportKey, type: string, { version }: Entry) {
      fetched.push(`${id} ${type} ${version}`);
      return fetched.at(-1);
    },
  };
  const reading = createReading({
    ledger: memory.ledger,
    cache: cache as unknown as ReportCache,
    waiter: {
      async collected(...asked) {
        waited.push(asked);
        if (end instanceof ApiError) throw end;
        return end as never;
      },
      releaseAll: () => undefined,
    },
    expiry: { time: () => NOW, timeFor: () => NOW, confirmFor: () => Promise.resolve() },
    lookups: suggesting().lookups,
  });
  return {
    fetched,
    waited,
    timesAsked,
    reading: {
      ...reading,
      keep: (report: string) => (kept = { report }),
      end: (how: Entry | ApiError) => (end = how),
    },
  };
}
