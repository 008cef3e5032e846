import type { FaultRule } from './fault-rule.js';

interface NamedFault {
  help: string;
  rule: FaultRule;
}

const HTML = 'text/html; charset=utf-8';
const PAGE =
  '<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Not what you asked for</h1></body></html>';
const ISSUE = { AnswerId: 'JobTitle', AnswerValue: 'x', Message: 'The answer could not be used.', Code: 'Simulated' };
const NOWHERE = 'https://jobalyzer.payscale.com/somewhere/else';
const LINKS = { Self: null, PayReport: null, YearsExperienceReport: null };

const bought = (body: unknown): FaultRule => ({ on: 'submit', kind: 'respond', afterAccept: true, body });
const refused = (status: number, body: unknown, contentType?: string): FaultRule => ({
  on: 'submit',
  kind: 'respond',
  status,
  body,
  ...(contentType ? { contentType } : {}),
});
const encoded = (encoding: string): FaultRule => ({ on: 'submit', kind: 'encoded', encoding });
const replaced = (replace: Record<string, string>): FaultRule => ({ on: 'poll', kind: 'altered', replace });
const delayed = (form: 'imf-fixdate' | 'rfc850' | 'asctime'): FaultRule => ({
  on: 'poll',
  kind: 'headers',
  retryAfter: { seconds: 3, form },
});

/** Faults of the real service, and of what stands in front of it, by name: `--fault poll-404=3`. */
export const NAMED_FAULTS: Readonly<Record<string, NamedFault>> = {
  // Bought, and the response is damaged
  'cut-last-chunk': named('bought; the connection is cut after the complete JSON, before the last chunk', {
    on: 'submit',
    kind: 'unterminated',
    framing: 'chunked',
  }),
  'cut-length': named('bought; cut after the complete JSON, whose Content-Length is two too large', {
    on: 'submit',
    kind: 'unterminated',
    framing: 'length',
  }),
  'encoding-utf-8': named('bought; Content-Encoding: utf-8', encoded('utf-8')),
  'encoding-none': named('bought; Content-Encoding: none', encoded('none')),
  'encoding-deflate': named('bought; Content-Encoding: deflate, raw', encoded('deflate')),
  'encoding-zstd': named('bought; Content-Encoding: zstd', encoded('zstd')),
  'other-path': named(
    'bought; the links lead elsewhere',
    bought({ Links: { PayReport: NOWHERE, YearsExperienceReport: NOWHERE } }),
  ),
  'no-link': named('bought; a 200 without links', bought({ Links: LINKS, Warnings: null, Errors: null })),
  'not-json': named('bought; a 200 that is not JSON', { on: 'submit', kind: 'malformed', afterAccept: true }),
  'empty-link': named(
    'bought; the links are empty strings',
    bought({ Links: { PayReport: '', YearsExperienceReport: '' } }),
  ),
  lost: named('bought; the connection is reset', { on: 'submit', kind: 'reset', afterAccept: true }),

  // Refused
  'empty-link-errors': named(
    'refused; 200 with Errors and links that are empty strings',
    refused(200, { Links: { PayReport: '', YearsExperienceReport: '' }, Errors: [ISSUE] }),
  ),
  'problem-details': named(
    'refused; 400 with ProblemDetails',
    refused(
      400,
      {
        title: 'One or more validation errors occurred.',
        detail: 'The request was refused.',
        errors: { 'answers.JobTitle': ['The job title is too long.'] },
      },
      'application/problem+json; charset=utf-8',
    ),
  ),
  'errors-text': named(
    'refused; 400 whose Errors are strings',
    refused(400, { Errors: ['The job title is too long.'] }),
  ),
  'payment-required': named('refused; 402', refused(402, { Errors: [{ ...ISSUE, Message: 'Payment is required.' }] })),
  unprocessable: named('refused; 422', refused(422, { Errors: [{ ...ISSUE, Message: 'It cannot be processed.' }] })),
  'many-issues': named('refused; 400 with 30,000 Errors', {
    on: 'submit',
    kind: 'status',
    status: 400,
    errors: [ISSUE],
    repeat: 30_000,
  }),

  // Polls
  'poll-404': named('a poll gets 404 with Errors', { on: 'poll', kind: 'status', status: 404 }),
  'poll-410': named('a poll gets 410', { on: 'poll', kind: 'status', status: 410 }),
  'poll-proxy-400': named("a poll gets a proxy's HTML page with 400", {
    on: 'poll',
    kind: 'respond',
    status: 400,
    body: PAGE,
    contentType: HTML,
  }),
  'poll-errors': named('a poll gets 200 with Errors and no report', {
    on: 'poll',
    kind: 'respond',
    body: { Report: null, Warnings: null, Errors: [ISSUE] },
  }),
  'poll-pending': named('polls get 202 without end', {
    on: 'poll',
    kind: 'respond',
    status: 202,
    body: { RetryAfterMilliseconds: 100, Warnings: null, Errors: null },
  }),
  'poll-204': named('a poll gets 204', { on: 'poll', kind: 'empty', status: 204 }),
  'retry-after-imf': named('polls get Retry-After: three seconds, IMF-fixdate', delayed('imf-fixdate')),
  'retry-after-rfc850': named('polls get Retry-After: three seconds, RFC 850', delayed('rfc850')),
  'retry-after-asctime': named('polls get Retry-After: three seconds, asctime', delayed('asctime')),

  // Reports
  'report-large': named('a report of 8 MB and one byte', { on: 'poll', kind: 'padded' }),
  'report-other-type': named('the report of the other type', { on: 'poll', kind: 'altered', alter: 'other-type' }),
  'report-no-figures': named('a report with neither figures nor rating', {
    on: 'poll',
    kind: 'altered',
    alter: 'no-figures',
  }),
  'report-other-title': named('a report for another job title than the one submitted', {
    on: 'poll',
    kind: 'altered',
    alter: 'other-title',
  }),
  'report-errors': named('a report with Errors beside it', { on: 'poll', kind: 'altered', alter: 'errors' }),
  'figure-nan-text': named('figures that are "NaN"', replaced({ Percentile50: '"NaN"', Percent50: '"NaN"' })),
  'figure-nan': named('figures that are a bare NaN', replaced({ Percentile50: 'NaN', Percent50: 'NaN' })),
  'figure-thousands': named('figures that are "1,234"', replaced({ Average: '"1,234"' })),
  'figure-large': named('counts of 3e9', replaced({ Count: '3e9', TotalIncumbents: '3e9' })),
  'figure-object': named('objects where a text should be', replaced({ CurrencyName: '{}', Name: '{}' })),

  // Look-ups, the usage log and tokens
  'lookup-html-404': named('a look-up gets an HTML page with 404', {
    on: 'lookup',
    kind: 'respond',
    status: 404,
    body: PAGE,
    contentType: HTML,
  }),
  'lookup-nan': named('figures of an impact are a bare NaN', {
    on: 'lookup',
    kind: 'altered',
    replace: { MedianBasePay: 'NaN' },
  }),
  'token-429': named('a token request gets 429 with Retry-After', {
    on: 'token',
    kind: 'status',
    status: 429,
    error: 'slow_down',
    retryAfter: 5,
  }),
  'token-html': named('a token request gets an HTML page with 200', {
    on: 'token',
    kind: 'respond',
    body: PAGE,
    contentType: HTML,
  }),
  'token-401': named('a token request gets 401', { on: 'token', kind: 'status', status: 401 }),
  'token-403': named('a token request gets 403', { on: 'token', kind: 'status', status: 403 }),
  'usage-html': named('the usage log is an HTML page with 200', {
    on: 'usage',
    kind: 'respond',
    body: PAGE,
    contentType: HTML,
  }),
  'usage-401': named('the usage log gets 401', { on: 'usage', kind: 'status', status: 401 }),
  'usage-500': named('the usage log gets 500', { on: 'usage', kind: 'status', status: 500 }),
  'usage-empty': named('the usage log is empty', { on: 'usage', kind: 'empty' }),
  'usage-truncated': named('the usage log is cut off in the middle', { on: 'usage', kind: 'truncated' }),
  'token-large': named('a token of 7 MB', { on: 'token', kind: 'padded', bytes: 7_000_000 }),
};

function named(help: string, rule: FaultRule): NamedFault {
  return { help, rule };
}
