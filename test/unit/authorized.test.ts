import { describe, expect, it } from 'vitest';
import { sendAuthorized } from '../../src/datasources/jobalyzer/authorized.js';
import type { HttpOutcome, HttpRequest } from '../../src/datasources/jobalyzer/http.js';

const REQUEST: HttpRequest = { method: 'GET', path: '/x', headers: { a: 'b' }, deadlineMs: 1_000 };
const FAILED: HttpOutcome = { kind: 'failed', sent: true, status: null, timedOut: false, cause: new Error('reset') };
const status = (code: number): HttpOutcome => ({ kind: 'response', status: code, headers: {}, text: '' });

describe('a request with a token', () => {
  it.each([200, 202, 400, 403, 404, 429, 500, 503])(
    'that is answered %d has its token noted as accepted',
    async (code) => {
      const { outcome, told, sent } = await send(status(code));
      expect(outcome).toEqual(status(code));
      expect(told).toEqual(['accepted 1']);
      expect(sent).toEqual([{ a: 'b', authorization: 'Bearer token-1' }]);
    },
  );

  it('that is answered 401 has its token noted as rejected, and is sent once more with the next', async () => {
    const { outcome, told, sent } = await send(status(401), status(200));
    expect(outcome).toEqual(status(200));
    expect(told).toEqual(['rejected 1', 'accepted 2']);
    expect(sent.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('that is answered 401 twice is not sent a third time', async () => {
    const { outcome, told, sent } = await send(status(401), status(401), status(200));
    expect(outcome).toEqual(status(401));
    expect(told).toEqual(['rejected 1', 'rejected 2']);
    expect(sent).toHaveLength(2);
  });

  it('that has no response says nothing about its token', async () => {
    const { outcome, told } = await send(FAILED);
    expect([outcome, told]).toEqual([FAILED, []]);
  });

  it('is prepared once, before its first attempt', async () => {
    const { prepared } = await send(status(401), status(200));
    expect(prepared).toEqual([1]);
  });
});

/** Sends a request that gets these outcomes, with a new token for each attempt. */
async function send(...outcomes: HttpOutcome[]) {
  const told: string[] = [];
  const sent: Readonly<Record<string, string>>[] = [];
  const prepared: number[] = [];
  let generation = 0;
  const outcome = await sendAuthorized(
    {
      call: 'poll',
      request: REQUEST,
      beforeSend: async () => void prepared.push(sent.length + 1),
      pool: {
        withConnection: (_signal, work) =>
          work(async ({ headers }) => {
            sent.push(headers);
            return outcomes.shift() ?? FAILED;
          }),
        close: () => Promise.resolve(),
      },
    },
    {
      async get() {
        generation += 1;
        return { value: `token-${generation}`, generation };
      },
      renew: () => Promise.reject(new Error('It is only for the usage log.')),
      markRejected: (token) => void told.push(`rejected ${token.generation}`),
      markAccepted: (token) => void told.push(`accepted ${token.generation}`),
      forgetFailures: () => undefined,
      condition: () => ({ state: 'granted', refusedForMs: null, everGranted: true }),
    },
    AbortSignal.timeout(10_000),
    (_call, outcome) => outcome,
  );
  return { outcome, told, sent, prepared };
}
