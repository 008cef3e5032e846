import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeReportsRequest } from '../../src/datasources/jobalyzer/encode.js';
import { requestKeyOf } from '../../src/datasources/jobalyzer/usage-log/request-key.js';
import { canonicalAnswers } from '../../src/model/answers.js';

const ANSWERS = canonicalAnswers(
  {
    jobTitle: 'Registered Nurse',
    country: 'United States',
    yearsExperience: 5,
    highestDegreeEarned: 'BACHELORS',
    skills: ['Triage', 'Acute Care'],
  },
  'answers',
);
const SENT = encodeReportsRequest({ answers: ANSWERS, autoResolveJobTitle: true }, ['PAY', 'YOE'], 'customer');
const KEY = keyOf(SENT);

function keyOf(request: unknown): string | null {
  return requestKeyOf(JSON.stringify(request), 'customer');
}

function answering(changes: Record<string, unknown>): string | null {
  return keyOf({ ...SENT, answers: { ...SENT.answers, ...changes } });
}

describe('the key of a request', () => {
  it('is the same for each type and combination of types', () => {
    expect(KEY).toMatch(/^[\w-]{43}$/);
    expect(keyOf({ ...SENT, requestedReports: ['yoe'] })).toBe(KEY);
  });

  it('does not depend on how nothing is said', () => {
    for (const nothing of [null, '', '  ', []]) expect(answering({ City: nothing, Certifications: nothing })).toBe(KEY);
    const { AutoResolveJobTitle, ...without } = SENT;
    expect(AutoResolveJobTitle).toBe(true);
    expect(keyOf(without)).toBe(keyOf({ ...SENT, AutoResolveJobTitle: false }));
    expect(keyOf({ ...SENT, AutoResolveJobTitle: null })).toBe(keyOf(without));
  });

  it('does not depend on order and letter case of names, and the order of lists', () => {
    expect(answering({ Skills: ['Triage', 'Acute Care', 'Triage'] })).toBe(KEY);
    const { answers, ...rest } = SENT;
    const lower = Object.entries(answers).map(([name, value]) => [name.toLowerCase(), value] as const);
    expect(keyOf({ ANSWERS: Object.fromEntries(lower.toReversed()), ...rest })).toBe(KEY);
  });

  it('does not depend on how a letter is composed', () => {
    expect(answering({ City: ' Zu\u0308rich' })).toBe(answering({ City: 'Z\u00fcrich' }));
  });

  it('does not depend on whether a number is text', () => {
    expect(answering({ YearsExperience: '5' })).toBe(KEY);
    expect(keyOf({ ...SENT, AutoResolveJobTitle: 'True' })).toBe(KEY);
  });

  it('does not depend on how the customer is written, who is the given one where none is', () => {
    const numbered = keyOf({ ...SENT, customerId: 12 });
    expect(numbered).not.toBe(KEY);
    expect(keyOf({ ...SENT, customerId: ' 12 ' })).toBe(numbered);
    const { customerId, ...without } = SENT;
    expect(customerId).toBe('customer');
    expect(keyOf(without)).toBe(KEY);
  });

  it('is another one for whatever asks something else', () => {
    const others = [
      answering({ JobTitle: 'registered nurse' }),
      answering({ YearsExperience: 6 }),
      answering({ Skills: ['Triage'] }),
      answering({ Skills: 'Triage' }),
      answering({ City: 'Seattle' }),
      answering({ State: 'Seattle' }),
      answering({ Unheard: 'of' }),
      keyOf({ ...SENT, AutoResolveJobTitle: false }),
      keyOf({ ...SENT, customerId: 'another' }),
    ];
    expect(new Set([KEY, null, ...others]).size).toBe(others.length + 2);
  });

  it('takes the customer that the log is of where the request names none', () => {
    const { customerId, ...anonymous } = SENT;
    expect(customerId).toBe('customer');
    expect(keyOf(anonymous)).toBe(KEY);
    expect(requestKeyOf(JSON.stringify(anonymous), 'another')).not.toBe(KEY);
  });

  it('is null for what is no request, or says something twice', () => {
    const unreadable = [
      '',
      'null',
      '[]',
      '{}',
      '{"answers":[]}',
      '{"answers":null}',
      JSON.stringify(SENT).slice(0, -1),
    ];
    expect(unreadable.map((text) => requestKeyOf(text, 'customer'))).toEqual(unreadable.map(() => null));
    expect(answering({ jobTitle: 'Cook' })).toBeNull();
    expect(keyOf({ ...SENT, AutoResolveJobTitle: 'perhaps' })).toBeNull();
    expect(keyOf({ ...SENT, customerId: {} })).toBeNull();
  });

  it('of any text at all is found without an error', () => {
    const answers = fc.dictionary(fc.string(), fc.jsonValue());
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ answers }).map((request) => JSON.stringify(request)),
    );
    fc.assert(
      fc.property(text, (any) => {
        const key = requestKeyOf(any, 'customer');
        expect(key === null || key.length === 43).toBe(true);
      }),
    );
  });
});
