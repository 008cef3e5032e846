import { describe, expect, it } from 'vitest';
import type { HttpFailure, HttpHeaders, HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
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
    expect(pollOutcome(answered(200, text), NOW)).toEqual({ kind: 'ready', body: text, rating: 0.8 });
  });

  it('has a report even with errors beside it', () => {
    const text = JSON.stringify({ Report: { ReportRating: 0 }, Errors: [ERROR] });
    expect(pollOutcome(answered(200, text), NOW)).toEqual({ kind: 'ready', body: text, rating: 0 });
  });

  it.each([{}, { ReportRating: null }, { ReportRating: 'high' }])(
    'keeps a report without a readable rating: %j',
    (Report) => {
      const text = JSON.stringify({ Report });
      expect(pollOutcome(answered(200, text), NOW)).toEqual({ kind: 'ready', body: text, rating: null });
    },
  );

  it('keeps the rating of an otherwise unreadable report, since it decides billing', () => {
    const text = JSON.stringify({ Report: { ReportRating: 0.8, TotalCompanies: 'many' } });
    expect(pollOutcome(answered(200, text), NOW)).toEqual({ kind: 'ready', body: text, rating: 0.8 });
  });

  it('ends the report if it has errors and no report', () => {
    expect(pollOutcome(answered(200, JSON.stringify({ Report: null, Errors: [ERROR] })), NOW)).toEqual({
      kind: 'ended',
      failure: {
        code: 'REPORT_FAILED',
        message: 'Jobalyzer could not produce this report. Not enough data.',
        details: { issues: [{ answerId: null, answerValue: null, message: 'Not enough data.', code: 'E7' }] },
      },
    });
  });

  it('is pending if it has a hint and no report', () => {
    const body = JSON.stringify({ RetryAfterMilliseconds: 300, Errors: null });
    expect(pollOutcome(answered(200, body), NOW)).toEqual({ kind: 'pending', hintMs: 300, retryAfterMs: null });
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
    expect(pollOutcome(answered(200, text), NOW)).toEqual({
      kind: 'fault',
      failure: { code: 'UPSTREAM_BAD_RESPONSE', message: `Jobalyzer's response to a poll ${reason}.` },
      retryAfterMs: null,
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
    expect(pollOutcome(answered(202, text), NOW)).toEqual({
      kind: 'pending',
      hintMs: retryAfterMs,
      retryAfterMs: null,
    });
  });

  it.each(['{}', '{"RetryAfterMilliseconds":null}', '{"RetryAfterMilliseconds":"soon"}', '', '<html>', '[]', 'null'])(
    'is pending without a hint: %j',
    (text) =>
      expect(pollOutcome(answered(202, text), NOW)).toEqual({ kind: 'pending', hintMs: null, retryAfterMs: null }),
  );

  it.each([202, 204])('or %i of a gateway, is pending with the delay of Retry-After', (status) => {
    for (const [value, retryAfterMs] of [
      ['30', 30_000],
      ['Sun, 01 Mar 2026 00:00:07 GMT', 7_000],
    ] as const) {
      expect(pollOutcome(answered(status, '', { 'retry-after': value }), NOW)).toEqual({
        kind: 'pending',
        hintMs: null,
        retryAfterMs,
      });
    }
    const both = answered(status, '{"RetryAfterMilliseconds":1500}', { 'retry-after': '1' });
    expect(pollOutcome(both, NOW)).toEqual({ kind: 'pending', hintMs: 1_500, retryAfterMs: 1_000 });
  });

  it('is pending even with errors', () => {
    const text = JSON.stringify({ Errors: [ERROR] });
    expect(pollOutcome(answered(202, text), NOW)).toMatchObject({ kind: 'pending' });
  });
});

describe('a poll', () => {
  it.each([400, 404, 410])('answered %i ends the report with a reason', (status) => {
    expect(pollOutcome(answered(status, JSON.stringify({ errors: [{ message: 'Gone.' }] })), NOW)).toMatchObject({
      kind: 'ended',
      failure: {
        code: 'REPORT_FAILED',
        message: `Jobalyzer could not produce this report: it answered ${status}. Gone.`,
      },
    });
    expect(pollOutcome(answered(status, '<html>'), NOW)).toMatchObject({
      kind: 'ended',
      failure: { code: 'REPORT_FAILED', details: { issues: [] } },
    });
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
    expect(pollOutcome(answered(status, text), NOW)).toMatchObject({ kind: 'fault', failure: { code } });
  });

  it.each([429, 500, 503])('answered %i has the delay of Retry-After', (status) => {
    expect(pollOutcome(answered(status, '', { 'retry-after': '4' }), NOW)).toMatchObject({
      kind: 'fault',
      retryAfterMs: 4_000,
      failure: { details: { retryAfterMs: 4_000 } },
    });
    expect(pollOutcome(answered(status), NOW)).toMatchObject({ retryAfterMs: null });
  });

  it.each([
    ['that cannot connect', failed(), 'UPSTREAM_UNAVAILABLE'],
    ['that times out', failed({ timedOut: true }), 'UPSTREAM_TIMEOUT'],
    ['with a broken body', failed({ status: 200 }), 'UPSTREAM_BAD_RESPONSE'],
  ])('%s is a fault of the poll only', (_, outcome, code) => {
    expect(pollOutcome(outcome, NOW)).toMatchObject({ kind: 'fault', failure: { code }, retryAfterMs: null });
  });
});

function answered(status: number, text = '', headers: HttpHeaders = {}): HttpOutcome {
  return { kind: 'response', status, headers, text };
}

function failed(given: Partial<HttpFailure> = {}): HttpFailure {
  return { kind: 'failed', sent: true, status: null, timedOut: false, cause: new Error('It failed.'), ...given };
}
