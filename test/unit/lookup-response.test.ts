import { describe, expect, it } from 'vitest';
import type { HttpFailure, HttpHeaders, HttpResponse } from '../../src/datasources/jobalyzer/http.js';
import { lookupOutcome } from '../../src/datasources/jobalyzer/lookup-response.js';
import { pollOutcome } from '../../src/datasources/jobalyzer/poll-response.js';
import { purchaseOutcome } from '../../src/datasources/jobalyzer/purchase-response.js';

const NOW = Date.parse('2026-03-01T00:00:00Z');

describe('a lookup', () => {
  it.each([200, 203])('answered %i with JSON has its body', (status) => {
    const outcome = lookupOutcome(answered(status, '{"Answers":[]}'), NOW);
    expect(outcome).toMatchObject({ kind: 'found', body: { source: { Answers: [] } } });
  });

  it.each(['[]', 'null', '7'])('answered 200 with %s is UPSTREAM_BAD_RESPONSE, and not retried', (text) => {
    expect(lookupOutcome(answered(200, text), NOW)).toMatchObject({
      kind: 'fault',
      error: { code: 'UPSTREAM_BAD_RESPONSE', message: expect.stringContaining('should be') as string },
      again: false,
      retryAfterMs: null,
    });
  });

  it('answered 202 says how long to wait, where that is known', () => {
    const details = (text: string) => {
      const outcome = lookupOutcome(answered(202, text), NOW);
      return outcome.kind === 'fault' && outcome.error.details;
    };
    expect([details('{"RetryAfterMilliseconds":700}'), details('')]).toEqual([{ retryAfterMs: 700 }, {}]);
  });

  it('answered 200 without JSON is UPSTREAM_BAD_RESPONSE, and not retried', () => {
    expect(lookupOutcome(answered(200, '<html>'), NOW)).toMatchObject({
      kind: 'fault',
      error: { code: 'UPSTREAM_BAD_RESPONSE', cause: expect.any(SyntaxError) },
      again: false,
    });
  });

  it.each([
    ['{"ErrorMessage":"No such title."}', 'No such title.'],
    ['{"errorMessage":"No such title."}', 'No such title.'],
    ['{}', 'Jobalyzer does not recognize this job title.'],
    ['{"ErrorMessage":{}}', 'Jobalyzer does not recognize this job title.'],
    ['{"title":"Not Found","status":404}', 'Not Found'],
  ])('answered 404 with %s is NOT_FOUND: %s', (text, message) => {
    expect(lookupOutcome(answered(404, text), NOW)).toMatchObject({
      kind: 'fault',
      error: { code: 'NOT_FOUND', message },
      again: false,
    });
  });

  it.each(['<html>Not found</html>', '', '[]', '"no"', 'Not found'])(
    'answered 404 or 400 by something in front of upstream says nothing of the title: %j',
    (text) => {
      for (const status of [404, 400]) {
        expect(lookupOutcome(answered(status, text), NOW)).toMatchObject({
          kind: 'fault',
          error: { code: 'UPSTREAM_UNAVAILABLE' },
          again: true,
        });
      }
    },
  );

  it('answered 300 is no result, whatever it says', () => {
    expect(lookupOutcome(answered(300, '{}'), NOW)).toMatchObject({ kind: 'fault', again: false });
    expect(pollOutcome(answered(300, '{"Report":{"ReportRating":1}}'), 'PAY', NOW)).toMatchObject({ kind: 'fault' });
    expect(purchaseOutcome(answered(300, '{}'), NOW)).toMatchObject({ kind: 'uncertain' });
    const cut = {
      kind: 'failed',
      sent: true,
      status: 300,
      body: '{',
      timedOut: false,
      cause: new Error('Cut.'),
    } as const;
    expect(purchaseOutcome(cut, NOW)).toMatchObject({ kind: 'uncertain' });
  });

  it('answered 404 or 400 with several reasons has all of them', () => {
    const text = JSON.stringify({ Errors: ['Unknown.', 'Try another.'] });
    expect(lookupOutcome(answered(404, text), NOW)).toMatchObject({ error: { message: 'Unknown. Try another.' } });
    expect(lookupOutcome(answered(400, text), NOW)).toMatchObject({
      error: { message: 'Jobalyzer refused the lookup. Unknown. Try another.' },
    });
  });

  it('answered 400 has the reason of upstream', () => {
    expect(lookupOutcome(answered(400, '{"ErrorMessage":"The term is too long."}'), NOW)).toMatchObject({
      error: { code: 'UPSTREAM_BAD_RESPONSE', message: 'Jobalyzer refused the lookup. The term is too long.' },
      again: false,
    });
  });

  it.each([
    [202, '{"RetryAfterMilliseconds":700}', {}, 700],
    [202, '{"RetryAfterMilliseconds":700}', { 'retry-after': '2' }, 2_000],
    [202, '', {}, null],
    [202, '', { 'retry-after': '0' }, null],
    [202, '{"RetryAfterMilliseconds":1}', {}, 1],
    [204, '', { 'retry-after': '2' }, 2_000],
  ])(
    'answered %i with %j and the headers %j is no result yet, and asked again',
    (status, text, headers, retryAfterMs) => {
      expect(lookupOutcome(answered(status, text, headers), NOW)).toMatchObject({
        kind: 'fault',
        error: { code: 'UPSTREAM_UNAVAILABLE' },
        again: true,
        retryAfterMs,
      });
    },
  );

  it.each([
    [500, {}, true, null],
    [503, { 'retry-after': '5' }, true, 5_000],
    [429, { 'retry-after': '5' }, true, 5_000],
    [503, { 'retry-after': '6' }, false, 6_000],
    [401, {}, false, null],
    [302, {}, false, null],
    [400, { 'retry-after': '5' }, true, 5_000],
    [404, { 'retry-after': '6' }, false, 6_000],
    [499, {}, false, null],
  ])('answered %i with the headers %j is retried: %j', (status, headers, again, retryAfterMs) => {
    expect(lookupOutcome(answered(status, '', headers), NOW)).toMatchObject({ kind: 'fault', again, retryAfterMs });
  });

  it.each([
    ['that was cut off', false, true, 'UPSTREAM_UNAVAILABLE'],
    ['that timed out', true, false, 'UPSTREAM_TIMEOUT'],
  ])('%s is retried unless its time is over, and keeps its cause for the log', (_, timedOut, again, code) => {
    const cause = new Error('It failed.');
    const failure: HttpFailure = { kind: 'failed', sent: true, status: null, timedOut, cause };
    expect(lookupOutcome(failure, NOW)).toMatchObject({ kind: 'fault', error: { code, cause }, again });
  });
});

describe('a failure', () => {
  const headers = { location: 'https://example.com/?secret', 'www-authenticate': 'secret', 'retry-after': 'secret' };
  const failures = (response: HttpResponse): string[] => {
    const lookup = lookupOutcome(response, NOW);
    return [
      lookup.kind === 'fault' && lookup.error.toFailure(),
      pollOutcome(response, 'PAY', NOW),
      purchaseOutcome(response, NOW),
    ].map((failure) => JSON.stringify(failure));
  };

  it.each([301, 403, 418, 429, 500, 503])(
    'says what upstream says in the errors of a %i, and nothing else',
    (status) => {
      const text = JSON.stringify({
        Report: 'secret',
        Errors: [{ Message: 'No licence for Canada.' }],
        secret: 'secret',
      });
      for (const failure of failures(answered(status, text, headers))) {
        expect(failure).toContain('No licence for Canada.');
        expect(failure).not.toContain('secret');
      }
    },
  );

  it('quotes nothing of a 401, which is about the token', () => {
    const text = JSON.stringify({ Errors: [{ Message: 'secret' }] });
    for (const failure of failures(answered(401, text, headers))) expect(failure).not.toContain('secret');
  });
});

function answered(status: number, text: string, headers: HttpHeaders = {}): HttpResponse {
  return { kind: 'response', status, headers, text };
}
