import { describe, expect, it } from 'vitest';
import { ApiError, hasCode, issuesOf, retryAfterOf, type Failure } from '../../src/errors.js';

const ISSUE = { answerId: 'City', answerValue: 'Sprngfield', message: null, code: 'E1' };

describe('an error', () => {
  it('is the same after it was stored as a failure', () => {
    const error = new ApiError('UNCONFIRMED_ANSWER', 'Jobalyzer does not know it.', { issues: [ISSUE] });
    const stored = JSON.parse(JSON.stringify(error.toFailure())) as Failure;
    const { code, message, details } = ApiError.of(stored);
    expect({ code, message, details }).toEqual({
      code: 'UNCONFIRMED_ANSWER',
      message: 'Jobalyzer does not know it.',
      details: { issues: [ISSUE] },
    });
  });

  it('is recognized by its code', () => {
    const error: unknown = new ApiError('NOT_FOUND', 'No such report.', { reportId: 'r' });
    expect(hasCode(error, 'NOT_FOUND') && error.details.reportId).toBe('r');
    expect(hasCode(error, 'REPORT_FAILED')).toBe(false);
    expect(hasCode(new Error('NOT_FOUND'), 'NOT_FOUND')).toBe(false);
  });

  it('says how long to wait if upstream did', () => {
    expect(retryAfterOf(new ApiError('UPSTREAM_UNAVAILABLE', 'Down.', { retryAfterMs: 4_000 }))).toBe(4_000);
    expect(retryAfterOf(new ApiError('UPSTREAM_UNAVAILABLE', 'Down.'))).toBeNull();
    expect(retryAfterOf(new ApiError('NOT_FOUND', 'No such report.'))).toBeNull();
  });

  it('keeps its cause', () => {
    const cause = new Error('ECONNREFUSED');
    expect(ApiError.of({ code: 'UPSTREAM_UNAVAILABLE', message: 'Down.' }, { cause }).cause).toBe(cause);
  });
});

describe('a failure that was stored without details', () => {
  const failure: Failure = { code: 'REPORT_FAILED', message: 'Jobalyzer could not produce this report.' };

  it('has no issues, and neither has its error', () => {
    expect(issuesOf(failure)).toEqual([]);
    expect(issuesOf(ApiError.of(failure))).toEqual([]);
  });

  it('has the issues of its details otherwise', () => {
    expect(issuesOf({ ...failure, details: { issues: [ISSUE] } })).toEqual([ISSUE]);
  });
});
