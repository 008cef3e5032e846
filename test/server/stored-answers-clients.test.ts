import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { NURSE, SEATTLE } from '../fixtures/answers/answers.js';
import { newDirectory } from '../fixtures/directory.js';
import { eventually } from '../fixtures/eventually.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { codesOf, hitsOf, makeHot, sendBody } from './stored.js';

const BOTH = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { levelUsed } yoe { reportRating } } }';
const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { levelUsed } } }';
const VIEWER =
  'query ($answers: AnswersInput!) { viewer { name canBuy } report(answers: $answers) { pay { levelUsed } } }';

const key = (name: string) => ({ 'x-api-key': `a-long-key-of-${name}` });
const NAMES = ['shop', 'other', 'reader', 'ops'];
const WITH_KEYS = {
  AUTH_MODE: 'api-key',
  API_KEYS: NAMES.map((name) => `${name}:${key(name)['x-api-key']}`).join(','),
  OPERATORS: 'ops',
  READERS: 'reader',
};

function bodyOf(query: string, variables: object = { answers: SEATTLE }): string {
  return JSON.stringify({ query, variables });
}

describe.concurrent('an answer that is repeated', () => {
  useServers({ pendingPolls: 0 });

  it('is for known clients only, and in the log of each', async ({ start, expect }) => {
    const server = await start({ env: WITH_KEYS });
    const { text } = await makeHot(server, bodyOf(BOTH), key('shop'));
    for (const headers of [{}, key('nobody'), { authorization: 'Bearer shop' }]) {
      const refused = await sendBody(server, bodyOf(BOTH), headers);
      expect([refused.status, codesOf(refused)]).toEqual([401, ['UNAUTHENTICATED']]);
    }
    for (const name of NAMES) expect((await sendBody(server, bodyOf(BOTH), key(name))).text).toBe(text);
    const lines = server.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    const clients = lines.filter(({ msg }) => msg === 'operation').map(({ client }) => client);
    expect(clients).toEqual(['shop', 'shop', 'shop', 'shop', null, null, null, ...NAMES]);
    expect(await hitsOf(server, key('ops'))).toEqual({ repeated: 2 + NAMES.length - 1, made: 2 });
  });

  it('says nothing of one client to another', async ({ start, expect }) => {
    const server = await start({ env: WITH_KEYS });
    await sendBody(server, bodyOf(PAY), key('shop'));
    for (let times = 0; times < 4; times++) {
      for (const name of NAMES) {
        const { data } = await sendBody(server, bodyOf(VIEWER), key(name));
        expect(data).toMatchObject({ viewer: { name, canBuy: name !== 'reader' } });
      }
    }
    const usage = bodyOf('{ usage { saved } }', {});
    expect((await makeHot(server, usage, key('ops'))).errors).toBeUndefined();
    expect(codesOf(await sendBody(server, usage, key('shop')))).toEqual(['FORBIDDEN']);
  });

  it('is served to readers, who buy nothing', async ({ start, upstream, expect }) => {
    const server = await start({ env: WITH_KEYS });
    const { text } = await makeHot(server, bodyOf(BOTH), key('shop'));
    expect((await sendBody(server, bodyOf(BOTH), key('reader'))).text).toBe(text);
    for (let times = 0; times < 3; times++) {
      const refused = await sendBody(server, bodyOf(PAY, { answers: NURSE }), key('reader'));
      expect(codesOf(refused)).toEqual(['FORBIDDEN']);
    }
    expect(upstream.bought()).toBe(2);
  });

  it('uses the points of whoever asks, one for each report', async ({ start, expect }) => {
    const server = await start({ env: { ...WITH_KEYS, RATE_LIMIT_MAX: '9', RATE_LIMIT_WINDOW_MS: '3600000' } });
    await makeHot(server, bodyOf(BOTH), key('shop'));
    // Eight points are used, and the ninth by asking for two.
    for (let times = 0; times < 2; times++) {
      const refused = await sendBody(server, bodyOf(BOTH), key('shop'));
      expect([refused.status, codesOf(refused)]).toEqual([429, ['RATE_LIMITED']]);
    }
    for (let times = 0; times < 4; times++) {
      expect((await sendBody(server, bodyOf(BOTH), key('other'))).status).toBe(200);
    }
    expect((await sendBody(server, bodyOf(BOTH), key('other'))).status).toBe(429);
  });

  it('is no larger than any operation may be', async ({ start, expect }) => {
    const server = await start({ env: { MAX_REPORTS_PER_OPERATION: '2' } });
    const query = 'query ($answers: [AnswersInput!]!) { reports(answers: $answers) { pay { levelUsed } } }';
    for (const answers of [SEATTLE, NURSE]) await makeHot(server, bodyOf(query, { answers: [answers] }));
    await makeHot(server, bodyOf(query, { answers: [SEATTLE, NURSE] }));
    for (let times = 0; times < 3; times++) {
      const refused = await sendBody(server, bodyOf(query, { answers: [SEATTLE, NURSE, SEATTLE] }));
      expect(codesOf(refused)).toEqual(['OPERATION_TOO_LARGE']);
    }
  });

  it('costs nothing of a budget that is used up', async ({ start, upstream, expect }) => {
    const server = await start({ env: { ...WITH_KEYS, BUDGET_REPORTS_PER_DAY: '2' } });
    const { text } = await makeHot(server, bodyOf(BOTH), key('shop'));
    expect(codesOf(await sendBody(server, bodyOf(PAY, { answers: NURSE }), key('shop')))).toEqual(['BUDGET_EXCEEDED']);
    expect((await sendBody(server, bodyOf(BOTH), key('shop'))).text).toBe(text);
    expect(upstream.bought()).toBe(2);
  });

  it('has the headers of this request, not of the first', async ({ start, expect }) => {
    const server = await start({ env: { CORS_ORIGINS: 'https://a.example,https://b.example' } });
    const a = { accept: 'application/json', origin: 'https://a.example', 'x-request-id': 'first' };
    const first = await makeHot(server, bodyOf(BOTH), a);
    expect(first.headers.get('access-control-allow-origin')).toBe('https://a.example');
    const b = {
      accept: 'application/graphql-response+json',
      origin: 'https://b.example',
      'x-request-id': 'second',
    };
    const second = await sendBody(server, bodyOf(BOTH), b);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    expect(second.headers.get('access-control-allow-origin')).toBe('https://b.example');
    expect(second.headers.get('x-request-id')).toBe('second');
    expect((await sendBody(server, bodyOf(BOTH), a)).headers.get('content-type')).toBe(
      'application/json; charset=utf-8',
    );
    expect((await sendBody(server, bodyOf(BOTH), { accept: 'text/html' })).status).toBe(406);
    expect((await sendBody(server, bodyOf(BOTH), { origin: 'https://c.example' })).status).toBe(403);
    expect((await sendBody(server, bodyOf(BOTH), { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('ends with the safelist that its operation was on', async ({ start, atEnd, expect }) => {
    const { path: directory, remove } = await newDirectory();
    atEnd(remove);
    const path = join(directory, 'safelist.json');
    const list = (queries: readonly string[]): string =>
      JSON.stringify(Object.fromEntries(queries.map((query, index) => [`id-${index}`, query])));
    await writeFile(path, list([BOTH, PAY]));
    const server = await start({ env: { SAFELIST_FILE: path } });
    const { text } = await makeHot(server, bodyOf(BOTH));
    expect((await hitsOf(server)).repeated).toBeGreaterThan(0);
    await writeFile(`${path}.new`, list([PAY]));
    await rename(`${path}.new`, path);
    await eventually(async () =>
      expect(codesOf(await sendBody(server, bodyOf(BOTH)))).toEqual(['OPERATION_NOT_LISTED']),
    );
    await writeFile(`${path}.new`, list([BOTH]));
    await rename(`${path}.new`, path);
    await eventually(async () => expect((await sendBody(server, bodyOf(BOTH))).text).toBe(text));
    expect(codesOf(await sendBody(server, bodyOf(PAY)))).toEqual(['OPERATION_NOT_LISTED']);
  });

  it.for([
    ['a second query', (body: string) => body.replace('{', '{"query":"{ __typename }",'), 200, null],
    ['another query behind it', (body: string) => body.replace(/}$/, ',"query":"{ __typename }"}'), 200, null],
    ['a prototype', (body: string) => body.replace('{', '{"__proto__":{},'), 400, 'BAD_REQUEST'],
    [
      'a prototype among its variables',
      (body: string) => body.replace('"variables":{', '"variables":{"__proto__":{},'),
      400,
      'BAD_REQUEST',
    ],
    ['variables that are overwritten', (body: string) => body.replace(/}$/, ',"variables":{}}'), 200, 'BAD_USER_INPUT'],
    ['an empty operation name', (body: string) => body.replace('{', '{"operationName":"",'), 200, null],
    [
      'the name of another operation',
      (body: string) => body.replace('{', '{"operationName":"Other",'),
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['extensions', (body: string) => body.replace('{', '{"extensions":{"a":1},'), 200, null],
    ['extensions that are none', (body: string) => body.replace('{', '{"extensions":[],'), 400, 'BAD_REQUEST'],
    ['blanks', (body: string) => ` ${body}\n`, 200, null],
    ['a character too many', (body: string) => `${body}}`, 400, 'BAD_REQUEST'],
  ] as const)('is not that of the same body with %s', async ([, change, , code], { start, expect }) => {
    const server = await start();
    const executing = await start({ overrides: { storedAnswers: false } });
    const body = bodyOf(BOTH);
    await makeHot(server, body);
    await makeHot(executing, body);
    for (let times = 0; times < 4; times++) {
      const answer = await sendBody(server, change(body));
      const executed = await sendBody(executing, change(body));
      expect([answer.status, answer.text]).toEqual([executed.status, executed.text]);
      expect(codesOf(answer)).toEqual(code === null ? [] : [code]);
    }
  });
});
