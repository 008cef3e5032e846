import { describe, expect, it } from 'vitest';
import type { ApiError } from '../../src/errors.js';
import type { HttpHeaders, HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { TokenError } from '../../src/datasources/jobalyzer/token-failures.js';
import { createTokenSource, type AccessToken } from '../../src/datasources/jobalyzer/token.js';

const SECRET = 'a-secret-nobody-may-see';

describe('a token', () => {
  it.each([
    ['expires_in, if below ten minutes', 300, 300],
    ['ten minutes, if expires_in is more', 3600, 600],
    ['ten minutes, if expires_in is exactly that', 600, 600],
    ['a fractional expires_in', 0.5, 0.5],
    ['an expires_in that is a numeric string', '300', 300],
    ['ten minutes, without expires_in', undefined, 600],
    ['ten minutes, if expires_in is null', null, 600],
    ['ten minutes, if expires_in is 0', 0, 600],
    ['ten minutes, if expires_in is negative', -60, 600],
    ['ten minutes, if expires_in is not a number', 'soon', 600],
    ['ten minutes, if expires_in is a list', [300], 600],
    ['ten minutes, if expires_in is an object', { seconds: 300 }, 600],
  ])('is valid for %s', async (_, expiresIn, seconds) => {
    const { tokens, clock, requests } = scripted(
      () => granted('one', expiresIn),
      () => granted('two', expiresIn),
    );
    expect((await tokens.get(noSignal())).value).toBe('one');
    clock.at = seconds * 1_000 * 0.8 - 1;
    await tokens.get(noSignal());
    expect(requests()).toBe(1);
    clock.at = seconds * 1_000;
    expect((await tokens.get(noSignal())).value).toBe('two');
    expect(requests()).toBe(2);
  });

  it('has a lifetime counted from the start of its request', async () => {
    const { tokens, clock, requests } = scripted(
      async () => {
        clock.at += 200_000;
        return granted('one', 600);
      },
      () => granted('two', 600),
    );
    await tokens.get(noSignal());
    clock.at = 599_999;
    expect((await tokens.get(noSignal())).value).toBe('one');
    clock.at = 600_000;
    expect((await tokens.get(noSignal())).value).toBe('two');
    expect(requests()).toBe(2);
  });

  it('is renewed once, however many hosts did not accept it, and is used until then', async () => {
    const { tokens, requests } = scripted(
      () => granted('one'),
      () => granted('two'),
    );
    const first = await tokens.get(noSignal());
    const renewing = tokens.renew(first, noSignal());
    expect((await tokens.get(noSignal())).value).toBe('one');
    expect((await renewing).value).toBe('two');
    expect((await tokens.renew(first, noSignal())).value).toBe('two');
    expect((await tokens.get(noSignal())).value).toBe('two');
    expect(requests()).toBe(2);
  });

  it('is read in either letter case', async () => {
    const body = JSON.stringify({ Access_Token: 'one', Expires_In: 100 });
    const { tokens } = scripted(() => answered(200, body));
    expect((await tokens.get(noSignal())).value).toBe('one');
  });

  it('is requested once for a thousand concurrent callers', async () => {
    const { tokens, requests } = scripted(() => granted('one'));
    const got = await Promise.all(Array.from({ length: 1_000 }, () => tokens.get(noSignal())));
    expect(requests()).toBe(1);
    expect(new Set(got.map(({ generation }) => generation)).size).toBe(1);
  });

  it('is still delivered to other callers if one aborts', async () => {
    const gate = Promise.withResolvers<HttpOutcome>();
    const { tokens, requests } = scripted(() => gate.promise);
    const leaving = new AbortController();
    const left = tokens.get(leaving.signal);
    const stayed = tokens.get(noSignal());
    leaving.abort(new Error('I left.'));
    await expect(left).rejects.toThrow('I left.');
    gate.resolve(granted('one'));
    expect((await stayed).value).toBe('one');
    expect(requests()).toBe(1);
  });

  it('that cannot be obtained fails all waiting callers, and is requested again shortly after', async () => {
    const { tokens, clock, requests } = scripted(
      () => answered(500, ''),
      () => granted('one'),
    );
    const outcomes = await Promise.allSettled([tokens.get(noSignal()), tokens.get(noSignal())]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    clock.at = 250;
    expect((await tokens.get(noSignal())).value).toBe('one');
    expect(requests()).toBe(2);
  });
});

describe('an ageing token', () => {
  it('is refreshed once in the background after 80 % of its lifetime, and used meanwhile', async () => {
    const gate = Promise.withResolvers<HttpOutcome>();
    const { tokens, clock, requests } = scripted(
      () => granted('one', 100),
      () => gate.promise,
    );
    await tokens.get(noSignal());
    clock.at = 80_000;
    for (let asked = 0; asked < 10; asked++) expect((await tokens.get(noSignal())).value).toBe('one');
    expect(requests()).toBe(2);
    gate.resolve(granted('two', 100));
    await settled();
    expect((await tokens.get(noSignal())).value).toBe('two');
  });

  it('is still used after a failed refresh, which is retried after a pause', async () => {
    const { tokens, clock, requests } = scripted(
      () => granted('one', 100),
      () => answered(503, ''),
      () => {
        throw new Error('There is no network.');
      },
      () => granted('two', 100),
    );
    await tokens.get(noSignal());
    for (const [at, asked] of [
      [80_000, 2],
      [81_000, 2],
      [82_000, 3],
      [85_000, 4],
    ] as const) {
      clock.at = at;
      expect((await tokens.get(noSignal())).value).toBe('one');
      await settled();
      expect(requests()).toBe(asked);
    }
    expect((await tokens.get(noSignal())).value).toBe('two');
  });

  it('is not used after its expiry even if refreshing failed', async () => {
    const { tokens, clock } = scripted(
      () => granted('one', 100),
      () => answered(503, ''),
      () => answered(503, ''),
    );
    await tokens.get(noSignal());
    clock.at = 90_000;
    await tokens.get(noSignal());
    await settled();
    clock.at = 100_000;
    await expect(tokens.get(noSignal())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('is still used if the credentials are rejected meanwhile, until it is rejected itself', async () => {
    const { tokens, clock } = scripted(
      () => granted('one', 100),
      () => answered(401, ''),
    );
    await tokens.get(noSignal());
    clock.at = 85_000;
    await tokens.get(noSignal());
    await settled();
    clock.at = 85_999;
    expect((await tokens.get(noSignal())).value).toBe('one');
    tokens.markRejected(await tokens.get(noSignal()));
    await expect(tokens.get(noSignal())).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
  });
});

describe('a token rejected by upstream', () => {
  it('is replaced once, however many requests were rejected', async () => {
    const { tokens, requests } = scripted(
      () => granted('one'),
      () => granted('two'),
    );
    const held = await Promise.all(Array.from({ length: 50 }, () => tokens.get(noSignal())));
    const again = await Promise.all(
      held.map((token) => {
        tokens.markRejected(token);
        return tokens.get(noSignal());
      }),
    );
    expect(new Set(again.map(({ value }) => value))).toEqual(new Set(['two']));
    expect(again[0]?.generation).toBeGreaterThan(held[0]?.generation ?? Infinity);
    expect(requests()).toBe(2);
  });

  it('does not invalidate its successor if it is refused late', async () => {
    const { tokens, requests } = scripted(
      () => granted('one'),
      () => granted('two'),
    );
    const first = await tokens.get(noSignal());
    tokens.markRejected(first);
    const second = await tokens.get(noSignal());
    tokens.markRejected(first);
    expect(await tokens.get(noSignal())).toEqual(second);
    expect(requests()).toBe(2);
  });

  it('has a new generation even if the same text is issued again', async () => {
    const { tokens } = scripted(
      () => granted('same'),
      () => granted('same'),
    );
    const first: AccessToken = await tokens.get(noSignal());
    tokens.markRejected(first);
    expect((await tokens.get(noSignal())).generation).toBe(first.generation + 1);
  });
});

describe('tokens that are always rejected', () => {
  const granting = () => scripted(...Array.from({ length: 40 }, (_, index) => () => granted(`token-${index}`)));

  it('are requested after increasing pauses of up to 30 seconds', async () => {
    const { tokens, clock, requests } = granting();
    const refusedAt = async (at: number) => {
      clock.at = at;
      tokens.markRejected(await tokens.get(noSignal()));
    };
    for (let count = 0; count < 4; count++) await refusedAt(0);
    expect(requests()).toBe(4);
    let at = 0;
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      clock.at = at + pauseMs - 1;
      const failure = { code: 'UPSTREAM_UNAUTHORIZED', details: { retryAfterMs: 1 } };
      await expect(tokens.get(noSignal())).rejects.toMatchObject(failure);
      at += pauseMs;
      await refusedAt(at);
    }
    expect(requests()).toBe(11);
  });

  it('are waited for until seven were rejected', async () => {
    const { tokens, clock } = granting();
    const worthwhile: boolean[] = [];
    for (let count = 1; count <= 9; count++) {
      clock.at += 60_000;
      tokens.markRejected(await tokens.get(noSignal()));
      if (count < 4) continue;
      const error: unknown = await tokens.get(noSignal()).catch((thrown: unknown) => thrown);
      worthwhile.push(error instanceof TokenError && error.again);
    }
    expect(worthwhile).toEqual([true, true, true, false, false, false]);
  });

  it('are no longer counted once one is accepted', async () => {
    const { tokens, requests } = granting();
    for (let round = 1; round <= 5; round++) {
      for (let count = 0; count < 3; count++) tokens.markRejected(await tokens.get(noSignal()));
      const token = await tokens.get(noSignal());
      tokens.markAccepted(token);
      tokens.markRejected(token);
    }
    expect(requests()).toBeGreaterThan(15);
  });

  it('are requested at once, and counted anew, when what has failed says nothing any more', async () => {
    const { tokens, requests } = granting();
    for (let round = 1; round <= 3; round++) {
      for (let count = 0; count < 4; count++) tokens.markRejected(await tokens.get(noSignal()));
      await expect(tokens.get(noSignal())).rejects.toMatchObject({ details: { retryAfterMs: 1_000 } });
      tokens.forgetFailures();
    }
    expect(requests()).toBe(12);
  });

  it('are still counted when an earlier token is accepted', async () => {
    const { tokens } = granting();
    const early = await tokens.get(noSignal());
    tokens.markRejected(early);
    for (let count = 1; count < 4; count++) {
      tokens.markRejected(await tokens.get(noSignal()));
      tokens.markAccepted(early);
    }
    await expect(tokens.get(noSignal())).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
  });
});

describe('a failure', () => {
  it('is remembered until it is forgotten', async () => {
    const { tokens, requests } = scripted(
      () => answered(400, '{"error":"invalid_client"}'),
      () => granted('one'),
    );
    for (let count = 0; count < 2; count++) await expect(tokens.get(noSignal())).rejects.toBeInstanceOf(TokenError);
    expect(requests()).toBe(1);
    tokens.forgetFailures();
    expect((await tokens.get(noSignal())).value).toBe('one');
  });

  const html = answered(200, '<html>Please wait.</html>');
  const reset: HttpOutcome = { kind: 'failed', sent: true, status: null, timedOut: false, cause: new Error('Reset.') };
  const later = (status: number, seconds: string) => answered(status, '', { 'retry-after': seconds });

  it.each<[string, HttpOutcome, number]>([
    ['a 401', answered(401, ''), 1_000],
    ['a 403', answered(403, '<html>'), 1_000],
    ['a 400 invalid_client', answered(400, '{"error":"invalid_client"}'), 1_000],
    ['HTML instead of a token', html, 1_000],
    ['a 400 of a gateway', answered(400, '<html>'), 1_000],
    ['a 500', answered(500, ''), 250],
    ['a reset', reset, 250],
    ['a timeout', { ...reset, timedOut: true }, 250],
    ['a 429', answered(429, ''), 250],
    ['a 429 with Retry-After', later(429, '30'), 30_000],
    ['a 503 with Retry-After', later(503, '7'), 7_000],
    ['HTML with Retry-After', answered(200, '<html>', { 'retry-after': '20' }), 20_000],
    ['a 403 with Retry-After', later(403, '5'), 5_000],
    ['a 429 with a Retry-After of a day, for ten minutes', later(429, '86400'), 600_000],
  ])('is remembered, so that others make no request: %s', async (_, failure, ms) => {
    const { tokens, clock, requests } = scripted(
      () => failure,
      () => granted('one'),
    );
    for (const at of [0, 1, ms / 2, ms - 1]) {
      clock.at = at;
      await expect(tokens.get(noSignal())).rejects.toMatchObject({ details: { retryAfterMs: ms - at } });
    }
    expect(requests()).toBe(1);
    clock.at = ms;
    expect((await tokens.get(noSignal())).value).toBe('one');
  });

  it.each<[string, HttpOutcome, number[]]>([
    ['refused', answered(401, ''), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
    ['unusable', html, [1_000, 1_000, 1_000, 2_000, 4_000, 5_000, 5_000]],
    ['unavailable', answered(500, ''), [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]],
  ])('is remembered longer only while it repeats, if it is %s', async (_, failure, pauses) => {
    const { tokens, clock } = scripted(
      ...pauses.map(() => () => failure),
      () => granted('one'),
      () => failure,
    );
    for (const retryAfterMs of pauses) {
      await expect(tokens.get(noSignal())).rejects.toMatchObject({ details: { retryAfterMs } });
      clock.at += retryAfterMs;
    }
    tokens.markRejected(await tokens.get(noSignal()));
    await expect(tokens.get(noSignal())).rejects.toMatchObject({ details: { retryAfterMs: pauses[0] } });
  });

  it.each<[string, HttpOutcome, boolean[]]>([
    ['a 401 until the third', answered(401, ''), [true, true, false, false]],
    ['what OAuth says of the credentials never', answered(400, '{"error":"invalid_client"}'), [false, false]],
    ['HTML always', html, [true, true, true, true]],
    ['a 500 always', answered(500, ''), [true, true, true, true]],
  ])('is worth waiting for: %s', async (_, failure, worthwhile) => {
    const { tokens, clock } = scripted(...worthwhile.map(() => () => failure));
    for (const again of worthwhile) {
      await expect(tokens.get(noSignal())).rejects.toMatchObject({ again });
      // The same is said while it is only remembered.
      await expect(tokens.get(noSignal())).rejects.toMatchObject({ again });
      clock.at += 30_000;
    }
  });
});

describe('a failed token request', () => {
  const reset: HttpOutcome = { kind: 'failed', sent: true, status: null, timedOut: false, cause: new Error(SECRET) };
  const said = `{"error_description":"client_secret ${SECRET} is wrong","access_token":{"${SECRET}":1}}`;

  it.each<[string, HttpOutcome, string]>([
    ['times out', { ...reset, timedOut: true }, 'UPSTREAM_TIMEOUT'],
    ['is reset', reset, 'UPSTREAM_UNAVAILABLE'],
    ['is answered 500', answered(500, said), 'UPSTREAM_UNAVAILABLE'],
    ['is answered 503', answered(503, said), 'UPSTREAM_UNAVAILABLE'],
    ['is answered 429', answered(429, said), 'UPSTREAM_RATE_LIMITED'],
    ['is answered 401', answered(401, said), 'UPSTREAM_UNAUTHORIZED'],
    ['is answered 400', answered(400, said), 'UPSTREAM_UNAUTHORIZED'],
    ['is answered 302', answered(302, said), 'UPSTREAM_BAD_RESPONSE'],
    ['is answered 404', answered(404, said), 'UPSTREAM_BAD_RESPONSE'],
    ['is answered with another object', answered(200, said), 'UPSTREAM_BAD_RESPONSE'],
    ['is answered with HTML', answered(200, `<html>${SECRET}`), 'UPSTREAM_BAD_RESPONSE'],
    ['is answered with an empty body', answered(200, ''), 'UPSTREAM_BAD_RESPONSE'],
    ['is answered with a null token', answered(200, '{"access_token":null}'), 'UPSTREAM_BAD_RESPONSE'],
    ['is answered with an empty token', answered(200, '{"access_token":""}'), 'UPSTREAM_BAD_RESPONSE'],
  ])('has an error code and reveals no secret if it %s', async (_, outcome, code) => {
    const { tokens } = scripted(() => outcome);
    const error = await tokens.get(noSignal()).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code });
    expect(JSON.stringify((error as ApiError).toFailure())).not.toContain(SECRET);
  });

  it('is UPSTREAM_BAD_RESPONSE for a token that fits into no header', async () => {
    await expect(scripted(() => granted('x'.repeat(16_385))).tokens.get(noSignal())).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
    });
    expect((await scripted(() => granted('x'.repeat(16_384))).tokens.get(noSignal())).value).toHaveLength(16_384);
  });

  it.each(['abc\r\nx-evil: 1', 'abc def', 'äbc', 'abc\0', ' abc', 'abc\t'])(
    'is UPSTREAM_BAD_RESPONSE for a token that is invalid in a header: %j',
    async (value) => {
      const { tokens } = scripted(() => granted(value));
      const error = await tokens.get(noSignal()).catch((reason: unknown) => reason as Error);
      expect(error).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
      expect((error as Error).message).not.toContain(value);
    },
  );
});

type Step = () => HttpOutcome | Promise<HttpOutcome>;

/** A token source with scripted responses, one per request, and a manual clock. */
function scripted(...steps: Step[]) {
  const clock = { at: 0 };
  let asked = 0;
  const request = async (): Promise<HttpOutcome> => {
    const step = steps[asked++];
    if (!step) throw new Error('More requests than responses.');
    return step();
  };
  return { tokens: createTokenSource(request, { now: () => clock.at }), clock, requests: () => asked };
}

function granted(value: string, expiresIn?: unknown): HttpOutcome {
  return answered(200, JSON.stringify({ access_token: value, expires_in: expiresIn, token_type: 'Bearer' }));
}

function answered(status: number, text: string, headers: HttpHeaders = {}): HttpOutcome {
  return { kind: 'response', status, headers, text };
}

function noSignal(): AbortSignal {
  return new AbortController().signal;
}

/** Lets background work finish. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
