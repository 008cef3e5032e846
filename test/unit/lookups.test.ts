import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/errors.js';
import { delay } from '../../src/lib/delay.js';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import type { HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { createLookups } from '../../src/datasources/jobalyzer/lookups.js';
import { TokenError } from '../../src/datasources/jobalyzer/token-failures.js';

vi.mock(import('../../src/lib/delay.js'), { spy: true });

const WHO = { customerId: 'c', user: 'c' };
const signal = new AbortController().signal;

let pauses: number[];
beforeEach(() => {
  pauses = [];
  vi.mocked(delay).mockImplementation(async (ms) => void pauses.push(ms));
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => void vi.restoreAllMocks());

describe('a look-up', () => {
  it('of an impact asks for the title, and whether it may be resolved', async () => {
    const { lookups, asked } = lookingUp(found({}), found({}));
    await lookups.impact('skills', 'Nurse', true, signal);
    await lookups.impact('certs', 'Nurse', false, signal);
    expect(asked).toEqual([
      { path: '/jobalyzer/v1/impact/skills', query: { jobTitle: 'Nurse', autoResolveJobTitle: 'true', ...WHO } },
      {
        path: '/jobalyzer/v1/impact/certs',
        query: { jobTitle: 'Nurse', autoResolveJobTitle: 'false', ...WHO },
      },
    ]);
  });

  it('of suggestions asks for the term by its kind, and for none without a term', async () => {
    const { lookups, asked } = lookingUp(found({ Answers: [{ Answer: 'Excel', Score: 1 }] }));
    expect(await lookups.suggest('SKILLS', 'Exel', signal)).toMatchObject([{ answer: 'Excel', score: 1 }]);
    expect(await lookups.suggest('SKILLS', '', signal)).toEqual([]);
    expect(asked).toEqual([
      { path: '/jobalyzer/v2/autocomplete/Skills', query: { Term: 'Exel', CustomerId: 'c', User: 'c' } },
    ]);
  });

  it('of degrees knows their values', async () => {
    const answers = [{ Answer: "Master's Degree (non-MBA)" }, { Answer: 'MBA' }];
    const { lookups } = lookingUp(found({ Answers: answers }), found({ Answers: answers }));
    const degrees = async (kind: 'HIGHEST_DEGREE_EARNED' | 'SKILLS') =>
      (await lookups.suggest(kind, 'M', signal)).map(({ degree }) => degree);
    expect(await degrees('HIGHEST_DEGREE_EARNED')).toEqual(['MASTERS', null]);
    expect(await degrees('SKILLS')).toEqual([null, null]);
  });

  it('of a title asks for similar ones, and is NOT_FOUND if there are none', async () => {
    const matches = found({ Answers: [{ Answer: 'Nurse', Score: 1 }] });
    const { lookups, asked } = lookingUp(
      found({ Answers: [] }),
      status(404, { ErrorMessage: 'No such title.' }),
      matches,
    );
    await expect(lookups.matchJobTitle('Nurce', signal)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'Jobalyzer does not recognize this job title.',
    });
    await expect(lookups.matchJobTitle('Nurse', signal)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'No such title.',
    });
    expect((await lookups.matchJobTitle('RN', signal)).matches).toHaveLength(1);
    expect(asked[0]).toEqual({ path: '/jobalyzer/v2/jobtitlematch', query: { JobTitle: 'Nurce', ...WHO } });
  });

  it.each([
    ['no list', found({})],
    ['null', found({ Answers: null, Results: null })],
    [
      'entries that cannot be read',
      found({ Answers: [{ Answer: 'Excel' }, 7], Results: [{ Text: 'Paris, France' }, 7] }),
    ],
    ['entries without a text', found({ Answers: [{ Answer: null }], Results: [{}] })],
    ['404', status(404, { title: 'Not Found' })],
  ])('by which answers are checked is no evidence if it is answered with %s', async (_, answered) => {
    const { lookups } = lookingUp(answered, answered, answered, answered);
    const unreadable = { code: 'UPSTREAM_BAD_RESPONSE' };
    await expect(lookups.allSuggestions('SKILLS', 'Exel', signal)).rejects.toMatchObject(unreadable);
    await expect(lookups.allLocations('Paris', signal)).rejects.toMatchObject(unreadable);
    await expect(lookups.suggest('SKILLS', 'Exel', signal)).resolves.toBeInstanceOf(Array);
    await expect(lookups.locations('Paris', signal)).resolves.toBeInstanceOf(Array);
  });

  it('by which answers are checked has all that upstream sends', async () => {
    const Answers = Array.from({ length: 12 }, (_, index) => ({ Answer: `Excel ${index}` }));
    const { lookups } = lookingUp(found({ Answers }), found({ Results: [] }));
    expect(await lookups.allSuggestions('SKILLS', 'Exel', signal)).toHaveLength(12);
    expect(await lookups.allLocations('Paris', signal)).toEqual([]);
  });

  it.each(['', '.', '..', '...'])('of locations asks nothing for %j, which would be another path', async (term) => {
    const { lookups, asked } = lookingUp();
    expect(await lookups.locations(term, signal)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('of locations asks for the term as one segment of a path', async () => {
    const { lookups, asked } = lookingUp(found({}));
    await lookups.locations('St. Louis/x?', signal);
    expect(asked).toEqual([{ path: '/jobalyzer/v2/locations/St.%20Louis%2Fx%3F', query: WHO }]);
  });

  it('of a list is empty where upstream knows nothing, and fails for any other reason', async () => {
    const { lookups } = lookingUp(...Array.from({ length: 2 }, () => status(404, {})), status(403), status(403));
    expect(await lookups.suggest('SKILLS', 'a', signal)).toEqual([]);
    expect(await lookups.locations('a', signal)).toEqual([]);
    await expect(lookups.suggest('SKILLS', 'b', signal)).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    await expect(lookups.locations('b', signal)).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
  });

  it('is tried three times, with pauses that grow or are as long as upstream asks', async () => {
    const { lookups, asked } = lookingUp(status(503), status(503, {}, { 'retry-after': '3' }), status(500), found({}));
    await expect(lookups.locations('a', signal)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(asked).toHaveLength(3);
    expect(pauses).toEqual([250, 3_000]);
  });

  it('is not tried again if that makes no sense', async () => {
    const { lookups, asked } = lookingUp(status(400, { ErrorMessage: 'Too long.' }), found({}));
    await expect(lookups.locations('a', signal)).rejects.toThrow('Too long.');
    expect([asked.length, pauses]).toEqual([1, []]);
  });

  it.each([
    ['is tried again where it may pass soon', true, 'UPSTREAM_UNAVAILABLE', 900, [900]],
    ['is tried again where a token was rejected', true, 'UPSTREAM_UNAUTHORIZED', 0, [250]],
    ['is tried again after a second', true, 'UPSTREAM_UNAVAILABLE', 1_000, [1_000]],
    ['is not tried again where it takes longer', true, 'UPSTREAM_UNAVAILABLE', 1_001, []],
    ['is not tried again where it is final', false, 'UPSTREAM_UNAVAILABLE', 0, []],
    ['is not tried again where it is rationed', true, 'UPSTREAM_RATE_LIMITED', 0, []],
    ['is not tried again where its response is bad', true, 'UPSTREAM_BAD_RESPONSE', 0, []],
  ] as const)('without a token %s', async (_, again, code, retryAfterMs, expected) => {
    const error = new TokenError({ failure: { code, message: 'No token.' } }, again, retryAfterMs);
    const { lookups, asked } = lookingUp(error, found({}));
    const [located] = await Promise.allSettled([lookups.locations('a', signal)]);
    expect(located).toEqual(
      expected.length > 0 ? { status: 'fulfilled', value: [] } : { status: 'rejected', reason: error },
    );
    expect(asked).toHaveLength(expected.length + 1);
    expect(pauses).toEqual(expected);
  });

  it('whose time is over is UPSTREAM_TIMEOUT; any other error is passed on', async () => {
    const over = new DOMException('Over.', 'TimeoutError');
    const mistake = new TypeError('A mistake.');
    const aborted = new DOMException('Aborted.', 'AbortError');
    const { lookups } = lookingUp(over, mistake, aborted);
    await expect(lookups.locations('a', signal)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', cause: over });
    await expect(lookups.locations('a', signal)).rejects.toBe(mistake);
    await expect(lookups.locations('a', signal)).rejects.toBe(aborted);
  });

  it('is shared by those who ask for the same, and goes on without one of them', async () => {
    const gate = Promise.withResolvers<HttpOutcome>();
    const { lookups, asked } = lookingUp(gate.promise);
    const leaving = new AbortController();
    const first = lookups.locations('a', leaving.signal);
    const second = lookups.locations('a', signal);
    leaving.abort(new Error('Gone.'));
    await expect(first).rejects.toThrow('Gone.');
    gate.resolve(found({}));
    expect(await second).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('with fields that cannot be read is served without them, and logged with their paths and not their texts', async () => {
    const bad = Array.from({ length: 12 }, () => ({ Answer: 'secret', Score: 'secret' }));
    const { lookups, logged } = lookingUp(
      found({ Answers: bad }),
      found({ Answers: [{ Answer: 'a', Score: 1 }] }),
      found({ Answers: bad.slice(0, 1) }),
    );
    await lookups.suggest('SKILLS', 'a', signal);
    await lookups.suggest('SKILLS', 'b', signal);
    await lookups.suggest('SKILLS', 'c', signal);
    const endpoint = '/jobalyzer/v2/autocomplete';
    expect(logged).toMatchObject([
      { endpoint, count: 12, level: 40 },
      { endpoint, count: 1, level: 40 },
    ]);
    expect(logged[0]?.['unreadable']).toEqual(Array.from({ length: 10 }, (_, index) => `Answers[${index}].Score`));
    expect(JSON.stringify(logged)).not.toContain('secret');
  });
});

function status(code: number, body: object = {}, headers: Record<string, string> = {}): HttpOutcome {
  return { kind: 'response', status: code, headers, text: JSON.stringify(body) };
}

function found(body: object): HttpOutcome {
  return status(200, body);
}

/** Look-ups of a client with these outcomes. */
function lookingUp(...outcomes: (HttpOutcome | Error | Promise<HttpOutcome>)[]) {
  const asked: { path: string; query: object }[] = [];
  const logged: Record<string, unknown>[] = [];
  const client: Pick<JobalyzerClient, 'customerId' | 'apiVersion' | 'lookup'> = {
    customerId: 'c',
    apiVersion: 'v1',
    async lookup(path, query) {
      asked.push({ path, query });
      const outcome = outcomes.shift() ?? new ApiError('STORE_UNAVAILABLE', 'Nothing is left.');
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
  return { asked, logged, lookups: createLookups(client as JobalyzerClient, log) };
}
