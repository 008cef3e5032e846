import { describe, expect, it } from 'vitest';
import type { HttpFailure, HttpHeaders, HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { BodyTooLarge } from '../../src/datasources/jobalyzer/response-body.js';
import { pollOutcome } from '../../src/datasources/jobalyzer/poll-response.js';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const ERROR = { AnswerId: null, AnswerValue: null, Message: 'Not enough data.', Code: 'E7' };

describe('a poll response with 200', () => {
  it.each([
    ['Report', { Report: { ReportRating: 0.8 } }],
    ['Reports', { Reports: { ReportRating: 0.8 } }],
    ['report', { report: { reportRating: 0.8 } }],
    ['reports', { reports: { reportRating: 0.8 } }],
    ['Reports beside a Report without fields', { Report: {}, Reports: { ReportRating: 0.8 } }],
    ['Reports beside a Report that is a list', { Report: [], Reports: { ReportRating: 0.8 } }],
    ['Reports beside an empty Report', { Report: null, Reports: { ReportRating: 0.8 } }],
  ])('with %s has a report, kept unchanged with its rating', (_, body) => {
    const text = JSON.stringify(body, null, 1);
    expect(pollOutcome(answered(200, text), 'PAY', NOW)).toEqual({
      kind: 'ready',
      body: text,
      rating: 0.8,
      submittedJobTitle: null,
    });
  });

  it('is a fault if it is larger than what is read, which is told apart', () => {
    const failed = { kind: 'failed', sent: true, status: 200, timedOut: false } as const;
    const larger = pollOutcome({ ...failed, cause: new BodyTooLarge('Too large.') }, 'PAY', NOW);
    const other = pollOutcome({ ...failed, cause: new Error('Reset.') }, 'PAY', NOW);
    expect([larger, other].map((outcome) => 'tooLarge' in outcome && outcome.tooLarge)).toEqual([true, false]);
  });

  it('has a report even with errors beside it', () => {
    const text = JSON.stringify({ Report: { ReportRating: 0 }, Errors: [ERROR] });
    expect(pollOutcome(answered(200, text), 'PAY', NOW)).toEqual({
      kind: 'ready',
      body: text,
      rating: 0,
      submittedJobTitle: null,
    });
  });

  it.each([
    [{ BasePayReport: { Percentile50: 0 } }, null],
    [{ basePayReport: { fullPercentiles: { 50: '104300' } }, reportRating: 'high' }, null],
    [{ Bonus: { Statistics: { Mean: 3.5 } }, ReportRating: '0.4' }, 0.4],
    [{ TotalCompanies: 4, ReportRating: 'NaN' }, null],
    [{ RankedFactors: [{ Field: 'City', Score: 2 }], Ranges: [{ Percent50: 4 }] }, null],
  ])('has a report if it has any figure, in any wrapper or none: %j', (report, rating) => {
    for (const body of [{ Report: report }, { reports: report }, report, { Report: {}, Reports: report }]) {
      const text = JSON.stringify({ ...body, Context: { SubmittedJobTitle: 'Nurse' } });
      const ready = { kind: 'ready', body: text, rating, submittedJobTitle: 'Nurse' };
      expect(pollOutcome(answered(200, text), 'PAY', NOW)).toEqual(ready);
    }
  });

  it.each([
    ['PAY', { Report: { BasePayReport: { CurrencyName: '9', CurrencyFormat: '0.00', Average: null } } }],
    ['PAY', { Report: { RankedFactors: [{ Field: '401', Score: null }] } }],
    ['YOE', { Report: { Ranges: [{ Name: '10' }] } }],
  ] as const)('is a fault if texts that look like figures are all that a %s report has: %j', (type, body) => {
    const outcome = pollOutcome(answered(200, JSON.stringify(body)), type, NOW);
    expect(outcome).toMatchObject({ kind: 'fault', failure: { code: 'UPSTREAM_BAD_RESPONSE' } });
  });

  it.each([
    ['PAY', { Ranges: [{ Percent50: 4 }], ReportRating: 0.7 }, 'a years-of-experience report, not a pay report'],
    ['PAY', { Ranges: [], Currency: { Name: 'US Dollar' }, ReportRating: 0 }, 'a years-of-experience report'],
    [
      'YOE',
      { BasePayReport: { Percentile50: 4 }, ReportRating: 0.7 },
      'a pay report, not a years-of-experience report',
    ],
    ['YOE', { TotalCompanies: 3 }, 'a pay report'],
  ] as const)('is a fault that says so if a %s link has %j', (type, report, said) => {
    for (const body of [{ Report: report }, { reports: report }, report]) {
      const text = JSON.stringify(body);
      expect(pollOutcome(answered(200, text), type, NOW)).toMatchObject({
        kind: 'fault',
        failure: { code: 'UPSTREAM_BAD_RESPONSE', message: expect.stringContaining(`contained ${said}`) },
        unusable: text,
      });
    }
  });

  it('keeps the rating of an otherwise unreadable report, since it decides billing', () => {
    const text = JSON.stringify({ Report: { ReportRating: 0.8, TotalCompanies: 'many' } });
    expect(pollOutcome(answered(200, text), 'PAY', NOW)).toEqual({
      kind: 'ready',
      body: text,
      rating: 0.8,
      submittedJobTitle: null,
    });
  });

  it('ends the report if it has errors and no report', () => {
    expect(pollOutcome(answered(200, JSON.stringify({ Report: null, Errors: [ERROR] })), 'PAY', NOW)).toEqual({
      kind: 'refused',
      failure: {
        code: 'REPORT_FAILED',
        message: 'Jobalyzer could not produce this report. Not enough data.',
        details: { issues: [{ answerId: null, answerValue: null, message: 'Not enough data.', code: 'E7' }] },
      },
    });
  });

  it('is pending if it has a hint and no report', () => {
    const body = JSON.stringify({ RetryAfterMilliseconds: 300, Errors: null });
    expect(pollOutcome(answered(200, body), 'PAY', NOW)).toEqual({ kind: 'pending', hintMs: 300, retryAfterMs: null });
  });

  it.each([
    ['', 'could not be read'],
    ['{"Report":{"Re', 'could not be read'],
    ['<html></html>', 'could not be read'],
    ['null', 'could not be read'],
    ['[]', 'could not be read'],
    ['{"Report":"soon"}', 'contained no report'],
    ['{"Report":[]}', 'contained no report'],
    ['{"Errors":3}', 'contained no report'],
    ['{}', 'contained no report'],
    ['{"Report":null,"Errors":[]}', 'contained no report'],
  ])('is a fault of the poll only if its body is %j', (text, reason) => {
    expect(pollOutcome(answered(200, text), 'PAY', NOW)).toEqual({
      kind: 'fault',
      failure: { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer's response to a poll ${reason}.` },
      retryAfterMs: null,
      ...(text !== '' && { unusable: text }),
    });
  });
});

describe('a poll response with 202', () => {
  it.each([
    ['PascalCase', '{"RetryAfterMilliseconds":1500,"Warnings":null}', 1_500],
    ['camelCase', '{"retryAfterMilliseconds":1500}', 1_500],
    ['quotes', '{"RetryAfterMilliseconds":"1500"}', 1_500],
    ['zero', '{"RetryAfterMilliseconds":0}', 0],
    ['negative numbers', '{"RetryAfterMilliseconds":-1}', -1],
  ])('is pending with its hint: %s', (_, text, retryAfterMs) => {
    expect(pollOutcome(answered(202, text), 'PAY', NOW)).toEqual({
      kind: 'pending',
      hintMs: retryAfterMs,
      retryAfterMs: null,
    });
  });

  it.each(['{}', '{"RetryAfterMilliseconds":null}', '{"RetryAfterMilliseconds":"soon"}', '', '<html>', '[]', 'null'])(
    'is pending without a hint: %j',
    (text) =>
      expect(pollOutcome(answered(202, text), 'PAY', NOW)).toEqual({
        kind: 'pending',
        hintMs: null,
        retryAfterMs: null,
      }),
  );

  it.each([202, 204])('or %i of a gateway, is pending with the delay of Retry-After', (status) => {
    for (const [value, retryAfterMs] of [
      ['30', 30_000],
      ['Sun, 01 Mar 2026 00:00:07 GMT', 7_000],
    ] as const) {
      expect(pollOutcome(answered(status, '', { 'retry-after': value }), 'PAY', NOW)).toEqual({
        kind: 'pending',
        hintMs: null,
        retryAfterMs,
      });
    }
    const both = answered(status, '{"RetryAfterMilliseconds":1500}', { 'retry-after': '1' });
    expect(pollOutcome(both, 'PAY', NOW)).toEqual({ kind: 'pending', hintMs: 1_500, retryAfterMs: 1_000 });
  });

  it('is pending even with errors', () => {
    const text = JSON.stringify({ Errors: [ERROR] });
    expect(pollOutcome(answered(202, text), 'PAY', NOW)).toMatchObject({ kind: 'pending' });
  });
});

describe('a poll', () => {
  it.each([400, 404, 410])('answered %i by upstream itself is a refusal with a reason', (status) => {
    expect(pollOutcome(answered(status, JSON.stringify({ errors: [{ message: 'Gone.' }] })), 'PAY', NOW)).toMatchObject(
      {
        kind: 'refused',
        failure: {
          code: 'REPORT_FAILED',
          message: `Jobalyzer could not produce this report: it answered ${status}. Gone.`,
        },
      },
    );
    for (const own of [
      '{"Warnings":null,"Errors":null}',
      '{"ErrorMessage":"No."}',
      '{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found","status":404}',
      ...['status', 'type', 'detail', 'traceId'].map((name) => `{"Title":"Not Found","${name}":"x"}`),
    ]) {
      expect(pollOutcome(answered(status, own), 'PAY', NOW), own).toMatchObject({ kind: 'refused' });
    }
  });

  it.each([400, 404, 410])('answered %i by something in front of upstream is a fault of the poll only', (status) => {
    for (const text of [
      '',
      '<html>Not Found</html>',
      '{"message":"no Route matched"}',
      '[]',
      '"no"',
      '{"title":"x"}',
    ]) {
      expect(pollOutcome(answered(status, text), 'PAY', NOW), text).toMatchObject({
        kind: 'fault',
        failure: { code: 'UPSTREAM_BAD_RESPONSE' },
      });
    }
  });

  it.each([
    [401, 'UPSTREAM_UNAUTHORIZED'],
    [403, 'UPSTREAM_UNAUTHORIZED'],
    [408, 'UPSTREAM_BAD_RESPONSE'],
    [302, 'UPSTREAM_BAD_RESPONSE'],
    [429, 'UPSTREAM_RATE_LIMITED'],
    [500, 'UPSTREAM_UNAVAILABLE'],
    [502, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [504, 'UPSTREAM_UNAVAILABLE'],
  ])('answered %i is a fault of the poll only: %s', (status, code) => {
    const text = JSON.stringify({ Errors: [ERROR] });
    expect(pollOutcome(answered(status, text), 'PAY', NOW)).toMatchObject({ kind: 'fault', failure: { code } });
  });

  it.each([429, 500, 503])('answered %i has the delay of Retry-After', (status) => {
    expect(pollOutcome(answered(status, '', { 'retry-after': '4' }), 'PAY', NOW)).toMatchObject({
      kind: 'fault',
      retryAfterMs: 4_000,
      failure: { details: { retryAfterMs: 4_000 } },
    });
    expect(pollOutcome(answered(status), 'PAY', NOW)).toMatchObject({ retryAfterMs: null });
  });

  it.each([
    ['that cannot connect', failed(), 'UPSTREAM_UNAVAILABLE'],
    ['that times out', failed({ timedOut: true }), 'UPSTREAM_TIMEOUT'],
    ['with a broken body', failed({ status: 200 }), 'UPSTREAM_BAD_RESPONSE'],
  ])('%s is a fault of the poll only', (_, outcome, code) => {
    expect(pollOutcome(outcome, 'PAY', NOW)).toMatchObject({ kind: 'fault', failure: { code }, retryAfterMs: null });
  });
});

function answered(status: number, text = '', headers: HttpHeaders = {}): HttpOutcome {
  return { kind: 'response', status, headers, text };
}

function failed(given: Partial<HttpFailure> = {}): HttpFailure {
  return { kind: 'failed', sent: true, status: null, timedOut: false, cause: new Error('It failed.'), ...given };
}
