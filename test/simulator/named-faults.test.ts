import { request } from 'node:http';
import { inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { LinkForm } from '../../src/simulator/link-forms.js';
import { NAMED_FAULTS } from '../../src/simulator/named-faults.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { call, CALLER, CLIENT, clientOf, NURSE, started, tokenForm } from './helpers.js';

interface Seen {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
  /** False if the connection was closed before the response was complete. */
  complete: boolean;
}

/** A response as it is on the wire: neither decoded nor lost if it is cut off. */
function see(url: string, headers: Record<string, string>, body?: string): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => {});
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          complete: response.complete,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Starts a simulator with the fault and makes the call that it is on. */
async function seeFault(name: string): Promise<Seen & { simulator: Simulator }> {
  const simulator = await started();
  const { authorization, ask } = await clientOf(simulator);
  const { Links } = (await ask(NURSE, { AutoResolveJobTitle: true })).body as { Links: { PayReport: string } };
  simulator.reset();
  simulator.configure({ faults: [name] });
  const json = { authorization, 'content-type': 'application/json' };
  const body = { customerId: CLIENT, user: CLIENT, requestedReports: ['pay'], answers: NURSE };
  const calls = {
    submit: () => see(`${simulator.origin}/jobalyzer/v1/reports`, json, JSON.stringify(body)),
    poll: () => see(`${Links.PayReport}?${CALLER}`, { authorization }),
    lookup: () => see(`${simulator.origin}/jobalyzer/v1/impact/skills?jobTitle=Cashier&${CALLER}`, { authorization }),
    usage: () => see(`${simulator.origin}/usage`, { authorization }),
    token: () =>
      see(`${simulator.origin}/connect/token`, { 'content-type': 'application/x-www-form-urlencoded' }, tokenForm()),
  };
  return { simulator, ...(await calls[NAMED_FAULTS[name]?.rule.on ?? 'submit']()) };
}

const text = ({ body }: Seen) => body.toString();
const json = (seen: Seen) => JSON.parse(text(seen));
const median = (seen: Seen) => json(seen).Report.BasePayReport.Percentile50;

/** What each fault looks like from outside; `bought` is how many reports were charged. */
const SEEN: Record<string, { status?: number; bought?: number; check: (seen: Seen) => unknown }> = {
  'cut-last-chunk': { bought: 1, check: (seen) => [seen.complete, typeof json(seen).Links.PayReport] },
  'cut-length': {
    bought: 1,
    check: (seen) => [
      seen.complete,
      Number(seen.headers['content-length']) - seen.body.length,
      typeof json(seen).Links,
    ],
  },
  'encoding-utf-8': { bought: 1, check: (seen) => [seen.headers['content-encoding'], typeof json(seen).Links] },
  'encoding-none': { bought: 1, check: (seen) => [seen.headers['content-encoding'], typeof json(seen).Links] },
  'encoding-deflate': {
    bought: 1,
    check: (seen) => [seen.headers['content-encoding'], typeof JSON.parse(inflateRawSync(seen.body).toString()).Links],
  },
  'encoding-zstd': {
    bought: 1,
    check: (seen) => [
      seen.headers['content-encoding'],
      typeof JSON.parse(zstdDecompressSync(seen.body).toString()).Links,
    ],
  },
  'other-path': { bought: 1, check: (seen) => new URL(json(seen).Links.PayReport).pathname },
  'no-link': { bought: 1, check: (seen) => [json(seen).Links.PayReport, json(seen).Errors] },
  'not-json': { bought: 1, check: (seen) => text(seen).includes('<html>') },
  'empty-link': { bought: 1, check: (seen) => [json(seen).Links.PayReport, json(seen).Errors] },
  'empty-link-errors': { check: (seen) => [json(seen).Links.PayReport, json(seen).Errors.length] },
  'problem-details': { status: 400, check: (seen) => [seen.headers['content-type'], json(seen).title] },
  'errors-text': { status: 400, check: (seen) => json(seen).Errors },
  'payment-required': { status: 402, check: (seen) => json(seen).Errors[0].Message },
  unprocessable: { status: 422, check: (seen) => json(seen).Errors[0].Message },
  'many-issues': { status: 400, check: (seen) => json(seen).Errors.length },
  'poll-404': { status: 404, check: (seen) => json(seen).Errors.length },
  'poll-410': { status: 410, check: (seen) => json(seen).Errors.length },
  'poll-proxy-400': { status: 400, check: (seen) => [seen.headers['content-type'], text(seen).slice(0, 15)] },
  'poll-errors': { check: (seen) => [json(seen).Report, json(seen).Errors.length] },
  'poll-pending': { status: 202, check: (seen) => json(seen).RetryAfterMilliseconds },
  'poll-204': { status: 204, check: (seen) => seen.body.length },
  'retry-after-imf': { check: (seen) => [dateForm(seen), typeof median(seen)] },
  'retry-after-rfc850': { check: (seen) => [dateForm(seen), typeof median(seen)] },
  'retry-after-asctime': { check: (seen) => [dateForm(seen), typeof median(seen)] },
  'report-large': { check: (seen) => [seen.body.length, typeof median(seen)] },
  'report-other-type': { check: (seen) => Object.keys(json(seen).Report).includes('Ranges') },
  'report-no-figures': { check: (seen) => json(seen).Report },
  'report-other-title': { check: (seen) => json(seen).Context.SubmittedJobTitle },
  'report-errors': { check: (seen) => [json(seen).Errors.length, typeof median(seen)] },
  'figure-nan-text': { check: (seen) => median(seen) },
  'figure-nan': { check: (seen) => /"Percentile50":NaN,/.test(text(seen)) },
  'figure-thousands': { check: (seen) => json(seen).Report.BasePayReport.Average },
  'figure-large': { check: (seen) => text(seen).includes('"TotalIncumbents":3e9') },
  'figure-object': { check: (seen) => json(seen).Report.BasePayReport.CurrencyName },
  'lookup-html-404': { status: 404, check: (seen) => [seen.headers['content-type'], text(seen).slice(0, 15)] },
  'lookup-nan': { check: (seen) => /"MedianBasePay":NaN/.test(text(seen)) },
  'usage-html': { check: (seen) => [seen.headers['content-type'], text(seen).slice(0, 15)] },
  'usage-401': { status: 401, check: (seen) => json(seen).Errors.length },
  'usage-500': { status: 500, check: (seen) => json(seen).Errors.length },
  'usage-empty': { check: text },
  'usage-truncated': { check: (seen) => [seen.complete, text(seen).split('\n').length] },
  'token-429': { status: 429, check: (seen) => seen.headers['retry-after'] },
  'token-html': { check: (seen) => [seen.headers['content-type'], text(seen).slice(0, 15)] },
  'token-401': { status: 401, check: (seen) => json(seen).error },
  'token-403': { status: 403, check: (seen) => json(seen).error },
  'token-large': { check: (seen) => json(seen).access_token.length },
};

const HTML = ['text/html; charset=utf-8', '<!DOCTYPE html>'];
const EXPECTED: Record<string, unknown> = {
  'cut-last-chunk': [false, 'string'],
  'cut-length': [false, 2, 'object'],
  'encoding-utf-8': ['utf-8', 'object'],
  'encoding-none': ['none', 'object'],
  'encoding-deflate': ['deflate', 'object'],
  'encoding-zstd': ['zstd', 'object'],
  'other-path': '/somewhere/else',
  'no-link': [null, null],
  'not-json': true,
  'empty-link': ['', undefined],
  'empty-link-errors': ['', 1],
  'problem-details': ['application/problem+json; charset=utf-8', 'One or more validation errors occurred.'],
  'errors-text': ['The job title is too long.'],
  'payment-required': 'Payment is required.',
  unprocessable: 'It cannot be processed.',
  'many-issues': 30_000,
  'poll-404': 1,
  'poll-410': 1,
  'poll-proxy-400': HTML,
  'poll-errors': [null, 1],
  'poll-pending': 100,
  'poll-204': 0,
  'retry-after-imf': ['imf-fixdate', 'number'],
  'retry-after-rfc850': ['rfc850', 'number'],
  'retry-after-asctime': ['asctime', 'number'],
  'report-large': [8 * 1024 * 1024 + 1, 'number'],
  'report-other-type': true,
  'report-no-figures': {},
  'report-other-title': 'Lighthouse Keeper',
  'report-errors': [1, 'number'],
  'figure-nan-text': 'NaN',
  'figure-nan': true,
  'figure-thousands': '1,234',
  'figure-large': true,
  'figure-object': {},
  'lookup-html-404': HTML,
  'lookup-nan': true,
  'usage-html': HTML,
  'usage-401': 1,
  'usage-500': 1,
  'usage-empty': '',
  // The header, and one of the two rows.
  'usage-truncated': [false, 3],
  'token-429': '5',
  'token-html': HTML,
  'token-401': 'invalid_client',
  'token-403': 'invalid_client',
  'token-large': 7_000_000,
};

/** The form of the Retry-After date, which must be about three seconds away. */
function dateForm({ headers }: Seen): string {
  const said = String(headers['retry-after']);
  const forms = {
    'imf-fixdate': /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/,
    rfc850: /^\w+day, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d GMT$/,
    asctime: /^\w{3} \w{3} [\d ]\d \d\d:\d\d:\d\d \d{4}$/,
  };
  const away = Date.parse(said.endsWith('GMT') ? said : `${said} GMT`) - Date.now();
  expect(away).toBeLessThanOrEqual(3_000);
  expect(away).toBeGreaterThan(-30_000);
  return Object.entries(forms).find(([, form]) => form.test(said))?.[0] ?? said;
}

describe('the named faults of the simulator', () => {
  it.each(Object.keys(NAMED_FAULTS).filter((name) => name !== 'lost'))('%s is what it says', async (name) => {
    const seen = await seeFault(name);
    const { status = 200, bought = 0, check } = SEEN[name] ?? { check: () => 'no expectation' };
    expect(seen.status).toBe(status);
    expect(check(seen)).toEqual(EXPECTED[name]);
    expect(seen.simulator.counters()).toMatchObject({ submittedReports: bought, faults: 1 });
    expect(seen.complete).toBe(!/^cut-|-truncated$/.test(name));
  });

  it('lost buys a report and resets the connection', async () => {
    await expect(seeFault('lost')).rejects.toThrow(/ECONNRESET|hang up/);
  });

  it('can be limited in number, and their rules changed', async () => {
    const simulator = await started({ faults: ['poll-404=2', { name: 'poll-410', type: 'yoe' }] });
    expect(simulator.settings().faults).toEqual([
      { on: 'poll', kind: 'status', status: 404, times: 2 },
      { on: 'poll', kind: 'status', status: 410, type: 'yoe' },
    ]);
    for (const wrong of ['poll-405', 'poll-404=x', 'constructor', { name: 'poll-404', colour: 'red' }]) {
      expect(() => simulator.configure({ faults: [wrong as string] }), JSON.stringify(wrong)).toThrow('faults.0');
    }
  });
});

describe('links of the simulator', () => {
  const linkOf = async (linkForms: LinkForm[]) => {
    const simulator = await started({ linkForms });
    const client = await clientOf(simulator);
    return { simulator, client, link: (await client.ask()).body.Links.PayReport as string };
  };

  it.each<[LinkForm[], RegExp]>([
    [['other-scheme'], /^https:\/\/127/],
    [['other-host'], /^http:\/\/reports\.internal\.example\/jobalyzer\/v1\/reports\/pay\//],
    [['letter-case'], /\/Jobalyzer\/v1\/Reports\/pay\//],
    [['double-slash', 'letter-case'], /\/Jobalyzer\/v1\/\/Reports\/pay\//],
    [['blanks'], /^ http.*\t$/],
    [['signed'], /\?name=Registered%20Nurse\+II&sig=a%2fB%2Bc%3D%7e$/],
  ])('in the forms %j can be collected with path and query as they are', async (forms, written) => {
    const { simulator, client, link } = await linkOf(forms);
    expect(link).toMatch(written);
    const path = link.trim().replace(/^https?:\/\/[^/]+/, '');
    const url = `${simulator.origin}${path}${path.includes('?') ? '&' : '?'}${CALLER}`;
    expect((await see(url, { authorization: client.authorization })).status).toBe(200);
  });

  it('with a signed query cannot be collected if it was spelled in another way', async () => {
    const { client, link } = await linkOf(['signed']);
    for (const changed of [link.replace('%20', '+'), link.replace('%2f', '%2F'), link.replace('%7e', '~')]) {
      expect((await see(`${changed}&${CALLER}`, { authorization: client.authorization })).status).toBe(403);
    }
  });

  it('that name the caller cannot be collected if the caller is named twice', async () => {
    const { client, link } = await linkOf(['caller']);
    expect((await see(link, { authorization: client.authorization })).status).toBe(200);
    expect((await see(`${link}&${CALLER}`, { authorization: client.authorization })).status).toBe(400);
  });

  it('are those of the previous report in the form same', async () => {
    const { client, link } = await linkOf(['same']);
    expect((await client.ask({ ...NURSE, City: 'Boston' })).body.Links.PayReport).toBe(link);
    expect((await client.ask({ ...NURSE, City: 'Chicago' })).body.Links.PayReport).not.toBe(link);
  });

  it('need the cookie of the POST with affinity, which stays the same for a client that sends it', async () => {
    const simulator = await started({ affinity: true });
    const { authorization } = await clientOf(simulator);
    const buy = (headers: Record<string, string> = {}) =>
      call(`${simulator.origin}/jobalyzer/v1/reports`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ customerId: CLIENT, user: CLIENT, requestedReports: ['pay'], answers: NURSE }),
      });
    const bought = await buy();
    const cookie = bought.headers.get('set-cookie')?.split(';')[0] ?? '';
    const url = `${bought.body.Links.PayReport}?${CALLER}`;
    expect((await see(url, { authorization })).status).toBe(404);
    expect((await see(url, { authorization, cookie: 'ARRAffinity=other' })).status).toBe(404);
    expect((await see(url, { authorization, cookie: `a=b; ${cookie}` })).status).toBe(200);
    expect((await buy({ cookie })).headers.get('set-cookie')).toContain(cookie);
  });
});

describe('settings of the simulator that are faults', () => {
  it('send a Date that is off, also with faults that write the response themselves', async () => {
    const simulator = await started({ dateOffsetMs: 86_400_000, faults: ['token-401=1'] });
    for (const path of ['/status', '/simulator/settings', '/nowhere']) {
      const date = Date.parse((await fetch(`${simulator.origin}${path}`)).headers.get('date') ?? '');
      expect(Math.abs(date - Date.now() - 86_400_000), path).toBeLessThan(60_000);
    }
  });

  it('leave the wrapper of both reports out', async () => {
    const client = await clientOf(await started({ wrapper: 'none' }));
    const { Links } = (await client.ask()).body;
    expect((await client.get(Links.PayReport)).body).toHaveProperty('BasePayReport.Percentile50');
    expect((await client.get(Links.YearsExperienceReport)).body).toHaveProperty('Ranges');
  });
});
