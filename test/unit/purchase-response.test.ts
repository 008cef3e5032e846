import { describe, expect, it } from 'vitest';
import type { HttpFailure, HttpHeaders, HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { purchaseOutcome, readPurchase } from '../../src/datasources/jobalyzer/purchase-response.js';

const API = 'https://jobalyzer.payscale.com';
const NOW = Date.parse('2026-03-01T00:00:00Z');
const UNCONFIRMED = { AnswerId: 'City', AnswerValue: 'Sprngfield', Message: 'Unconfirmed.', Code: 'E1' };
const ISSUE = { answerId: 'City', answerValue: 'Sprngfield', message: 'Unconfirmed.', code: 'E1' };
const PAY_LINK = `${API}/jobalyzer/v1/reports/pay/1`;
const YOE_LINK = `${API}/jobalyzer/v2/reports/yoe/2`;

describe('a purchase', () => {
  it('whose links have something around them is linked; errors in such a text are no rejection', () => {
    const links = JSON.stringify({ Links: { PayReport: PAY_LINK }, Note: 'a "quoted" } brace\\' });
    for (const text of [`${links}\0`, `${links}}`, `)]}',\n${links}`, `${links}<p>{</p>`]) {
      expect(readPurchase(text, ['PAY', 'YOE'], API).get('PAY')).toMatchObject({ kind: 'linked' });
      expect(readPurchase(text, ['PAY', 'YOE'], API).get('YOE')).toMatchObject({ kind: 'uncertain' });
    }
    for (const text of [`<p>${errors(UNCONFIRMED)}</p>`, links.slice(0, -1), '{'.repeat(20_000), '"}', ''])
      expect(readPurchase(text, ['PAY'], API).get('PAY')).toMatchObject({ kind: 'uncertain' });
  });

  it.each([
    ['refused a connection', failed(false), 'not-accepted', 'UPSTREAM_UNAVAILABLE'],
    ['timed out before a byte was sent', failed(false, { timedOut: true }), 'not-accepted', 'UPSTREAM_TIMEOUT'],
    ['reset after it was sent', failed(true), 'uncertain', 'UPSTREAM_UNAVAILABLE'],
    ['timed out after it was sent', failed(true, { timedOut: true }), 'uncertain', 'UPSTREAM_TIMEOUT'],
    ['answered 200 with a broken body', failed(true, { status: 200 }), 'uncertain', 'UPSTREAM_BAD_RESPONSE'],
    ['answered 500', answered(500), 'uncertain', 'UPSTREAM_UNAVAILABLE'],
    ['answered 502', answered(502), 'uncertain', 'UPSTREAM_UNAVAILABLE'],
    ['answered 504', answered(504), 'uncertain', 'UPSTREAM_UNAVAILABLE'],
    ['answered 520', answered(520), 'uncertain', 'UPSTREAM_UNAVAILABLE'],
    ['answered 503', answered(503), 'not-accepted', 'UPSTREAM_UNAVAILABLE'],
    ['answered 429', answered(429), 'not-accepted', 'UPSTREAM_RATE_LIMITED'],
    ['answered 401', answered(401), 'not-accepted', 'UPSTREAM_UNAUTHORIZED'],
    ['answered 403', answered(403), 'not-accepted', 'UPSTREAM_UNAUTHORIZED'],
    ['answered 404', answered(404), 'not-accepted', 'UPSTREAM_BAD_RESPONSE'],
    ['answered 301', answered(301, '', { location: 'https://example.com' }), 'uncertain', 'UPSTREAM_BAD_RESPONSE'],
    ['answered 307', answered(307, '', { location: '/elsewhere' }), 'uncertain', 'UPSTREAM_BAD_RESPONSE'],
    ['answered 409', answered(409), 'uncertain', 'UPSTREAM_BAD_RESPONSE'],
    ['answered 400', answered(400, 'no'), 'rejected', 'REPORT_FAILED'],
    ['answered 400 with an unconfirmed answer', answered(400, errors(UNCONFIRMED)), 'rejected', 'UNCONFIRMED_ANSWER'],
  ])('that was %s maps to its kind and error code', (_, response, kind, code) => {
    expect(purchaseOutcome(response, NOW)).toMatchObject({ kind, failure: { code } });
  });

  it.each([403, 404, 413, 429, 500, 503])('answered %i says why, if upstream said it', (status) => {
    const body = JSON.stringify({ title: 'Refused', status, errors: { City: ['No licence for it.'] } });
    const city = { answerId: 'City', answerValue: null, message: 'No licence for it.', code: null };
    expect(purchaseOutcome(answered(status, body), NOW)).toMatchObject({
      failure: {
        message: expect.stringMatching(/ No licence for it\. Refused$/) as unknown,
        details: { issues: [city, { ...city, answerId: null, message: 'Refused' }] },
      },
    });
  });

  it.each([200, 201, 202, 204])('answered %i keeps the raw body before parsing', (status) => {
    expect(purchaseOutcome(answered(status, '{"Lin'), NOW)).toEqual({
      kind: 'responded',
      body: '{"Lin',
      cookies: null,
    });
  });

  it('keeps the cookies that came with it, although its connection broke', () => {
    const headers = { 'set-cookie': ['a=1; Path=/', 'b=2'] };
    expect(purchaseOutcome(answered(200, '{}', headers), NOW)).toMatchObject({ cookies: 'a=1; b=2' });
    const cut = failed(true, { status: 200, body: '{', headers });
    expect(purchaseOutcome(cut, NOW)).toEqual({ kind: 'responded', body: '{', cookies: 'a=1; b=2' });
  });

  it.each([
    ['a refused connection', failed(false), true],
    ['503', answered(503), true],
    ['429', answered(429), true],
    ['401, with two tokens', answered(401), true],
    ['403', answered(403), false],
    ['404', answered(404), false],
  ])('is marked as retryable or not after %s', (_, response, again) => {
    expect(purchaseOutcome(response, NOW)).toMatchObject({ kind: 'not-accepted', again });
  });

  it.each([
    ['seconds', '7', 7_000],
    ['an HTTP date', 'Sun, 01 Mar 2026 00:00:09 GMT', 9_000],
    ['garbage', 'soon', null],
  ])('has the delay of a Retry-After in %s', (_, value, retryAfterMs) => {
    for (const status of [429, 503]) {
      const outcome = purchaseOutcome(answered(status, '', { 'retry-after': value }), NOW);
      expect(outcome).toMatchObject({ kind: 'not-accepted', retryAfterMs });
      expect(outcome).toHaveProperty('failure.details', retryAfterMs === null ? {} : { retryAfterMs });
    }
  });

  it('rejected for unconfirmed answers names them and keeps the issues', () => {
    const other = { AnswerId: 'Skills', AnswerValue: null, Message: null, Code: null };
    const general = { AnswerId: null, AnswerValue: null, Message: 'Try again.', Code: null };
    const nothing = { answerId: null, answerValue: null, message: null, code: null };
    expect(purchaseOutcome(answered(400, errors(UNCONFIRMED, other, general)), NOW)).toEqual({
      kind: 'rejected',
      failure: {
        code: 'UNCONFIRMED_ANSWER',
        message: 'Jobalyzer does not recognize: City "Sprngfield", Skills.',
        details: { issues: [ISSUE, { ...nothing, answerId: 'Skills' }, { ...nothing, message: 'Try again.' }] },
      },
    });
  });

  it('rejected without an unconfirmed answer has the message of upstream', () => {
    const outcome = purchaseOutcome(answered(400, errors({ Message: 'Your account is closed.' })), NOW);
    expect(outcome).toMatchObject({
      kind: 'rejected',
      failure: {
        code: 'REPORT_FAILED',
        message: 'Jobalyzer refused the request for this report. Your account is closed.',
      },
    });
  });

  it('refused with ProblemDetails has their text', () => {
    const text = JSON.stringify({ title: 'Invalid.', detail: 'See below.', errors: { customerId: ['Unknown.'] } });
    for (const status of [400, 422, 402]) {
      const outcome = purchaseOutcome(answered(status, text), NOW);
      expect(outcome).toMatchObject({ failure: { code: 'REPORT_FAILED' } });
      expect(JSON.stringify(outcome)).toMatch(/customerId: Unknown\..*Invalid\..*See below\./);
    }
  });

  it('answered 422 is rejected; answered 402 is not, so that it can be bought once the account is settled', () => {
    expect(purchaseOutcome(answered(422, errors(UNCONFIRMED)), NOW)).toMatchObject({ kind: 'rejected' });
    expect(purchaseOutcome(answered(402), NOW)).toMatchObject({ kind: 'not-accepted', again: false });
  });

  it('refused with thousands of issues has a short message', () => {
    const many = Array.from({ length: 30_000 }, (_, n) => ({
      AnswerId: 'Skills',
      AnswerValue: `${n}`.padEnd(400, 'x'),
    }));
    const outcome = purchaseOutcome(answered(400, errors(...many)), NOW);
    expect(JSON.stringify(outcome).length).toBeLessThan(30_000);
    expect((outcome as { failure: { message: string } }).failure.message.length).toBeLessThan(1_100);
  });

  it.each(['', 'null', '[]', '<html>', '{"Errors":3}', '{"Errors":[3]}'])(
    'answered 400 is rejected even with an unreadable body: %j',
    (text) => {
      expect(purchaseOutcome(answered(400, text), NOW)).toMatchObject({
        kind: 'rejected',
        failure: { code: 'REPORT_FAILED', details: { issues: [] } },
      });
    },
  );
});

describe('the stored response to a purchase', () => {
  const read = (body: unknown, types: ('PAY' | 'YOE')[] = ['PAY', 'YOE']) =>
    Object.fromEntries(readPurchase(typeof body === 'string' ? body : JSON.stringify(body), types, API));

  it.each([
    ['PascalCase', { Links: { PayReport: PAY_LINK, YearsExperienceReport: YOE_LINK }, Warnings: [UNCONFIRMED] }],
    [
      'camelCase',
      {
        links: { payReport: PAY_LINK, yearsExperienceReport: YOE_LINK },
        warnings: [{ answerId: 'City', answerValue: 'Sprngfield', message: 'Unconfirmed.', code: 'E1' }],
        errors: null,
      },
    ],
  ])('has a link and the warnings for each type, in %s', (_, body) => {
    expect(read(body)).toEqual({
      PAY: { kind: 'linked', link: '/jobalyzer/v1/reports/pay/1', warnings: [ISSUE] },
      YOE: { kind: 'linked', link: '/jobalyzer/v2/reports/yoe/2', warnings: [ISSUE] },
    });
  });

  it('is read only for the requested types', () => {
    expect(Object.keys(read({ Links: { PayReport: PAY_LINK, YearsExperienceReport: YOE_LINK } }, ['YOE']))).toEqual([
      'YOE',
    ]);
  });

  it('makes a type without a link uncertain, and the other linked', () => {
    expect(read({ Links: { PayReport: PAY_LINK } })).toMatchObject({
      PAY: { kind: 'linked' },
      YOE: { kind: 'uncertain', failure: { code: 'UPSTREAM_BAD_RESPONSE' } },
    });
  });

  it('with errors and links rejects only the type without a link', () => {
    expect(read({ Links: { YearsExperienceReport: YOE_LINK }, Errors: [UNCONFIRMED] })).toMatchObject({
      PAY: { kind: 'rejected', failure: { code: 'UNCONFIRMED_ANSWER', details: { issues: [ISSUE] } } },
      YOE: { kind: 'linked' },
    });
  });

  it.each([{ Links: null }, {}, { Links: {} }, ...[null, '', ' '].map((PayReport) => ({ Links: { PayReport } }))])(
    'with errors and no link rejects the requested type: %j',
    (links) => {
      expect(read({ ...links, Errors: [UNCONFIRMED] }, ['PAY'])).toMatchObject({ PAY: { kind: 'rejected' } });
    },
  );

  it.each([
    ['user info', 'https://u:p@jobalyzer.payscale.com/jobalyzer/v1/reports/pay/1'],
    ['another scheme', 'javascript:alert(1)'],
    ['a path outside the API', `${API}/jobalyzer/../reports/pay/1`],
  ])('makes a type uncertain, with a message, if its link has %s', (_, link) => {
    const { PAY, YOE } = read({ Links: { PayReport: link, YearsExperienceReport: YOE_LINK } });
    expect(PAY).toMatchObject({ kind: 'uncertain', failure: { message: expect.stringContaining('not followed') } });
    expect(JSON.stringify(PAY)).not.toContain(link);
    expect(YOE).toMatchObject({ kind: 'linked' });
  });

  it.each([
    ['is empty', ''],
    ['is truncated', '{"Links":{"PayReport":"https://joba'],
    ['is not JSON', '<html>Thank you!</html>'],
    ['is null', 'null'],
    ['is a list', '[]'],
    ['is a string', '"ok"'],
    ['is an empty object', '{}'],
    ['has links that are a string', '{"Links":"https://jobalyzer.payscale.com/jobalyzer/v1/x"}'],
    ['has a link that is an object', '{"Links":{"PayReport":{}}}'],
    ['has errors that are blank', '{"Errors":" "}'],
    [
      'has errors, but a link that cannot be read',
      '{"Links":{"PayReport":{},"YearsExperienceReport":[]},"Errors":["No."]}',
    ],
    ['has an empty list of errors', '{"Links":null,"Errors":[]}'],
  ])('makes all types uncertain if it %s', (_, body) => {
    expect(read(body)).toMatchObject({
      PAY: { kind: 'uncertain', failure: { code: 'UPSTREAM_BAD_RESPONSE' } },
    });
    expect(read(body)['YOE']).toMatchObject({ kind: 'uncertain' });
  });

  it.each([
    ['a string', 'City was ignored'],
    ['a list of strings', ['City was ignored']],
  ])(
    'has the link even if the warnings are %s, so that a paid report is not lost over an invalid warning',
    (_, Warnings) => {
      expect(read({ Links: { PayReport: PAY_LINK }, Warnings }, ['PAY'])).toMatchObject({ PAY: { kind: 'linked' } });
    },
  );

  it('has the link, and accompanying errors among the warnings', () => {
    const Errors = [{ AnswerId: 'Skills', AnswerValue: 'Zorbing', Message: 'Ignored.', Code: 'E1' }];
    expect(read({ Links: { PayReport: PAY_LINK }, Errors }, ['PAY'])).toMatchObject({
      PAY: { kind: 'linked', warnings: [{ answerId: 'Skills' }] },
    });
  });
});

describe('a rejection whose errors name no answer', () => {
  it.each([null, ''])('is REPORT_FAILED with the upstream message if the names are %j', (none) => {
    const issue = { AnswerId: none, AnswerValue: none, Message: 'City is required.', Code: 'E2' };
    const outcome = purchaseOutcome(answered(400, errors(issue)), NOW);
    expect(outcome).toMatchObject({ kind: 'rejected', failure: { code: 'REPORT_FAILED' } });
    expect((outcome as { failure: { message: string } }).failure.message).toContain('City is required.');
  });
});

describe('a broken connection', () => {
  it('has a message that depends on whether the request was sent', () => {
    const [before, after] = [purchaseOutcome(failed(false), NOW), purchaseOutcome(failed(true), NOW)];
    expect(before).toMatchObject({ failure: { message: 'Jobalyzer cannot be reached.' } });
    expect(after).toMatchObject({ failure: { message: 'The connection to Jobalyzer was lost before it answered.' } });
  });
});

function answered(status: number, text = '', headers: HttpHeaders = {}): HttpOutcome {
  return { kind: 'response', status, headers, text };
}

function failed(sent: boolean, given: Partial<HttpFailure> = {}): HttpOutcome {
  return { kind: 'failed', sent, status: null, timedOut: false, cause: new Error('It failed.'), ...given };
}

function errors(...issues: object[]): string {
  return JSON.stringify({ Warnings: null, Errors: issues });
}
