import { describe, expect, it, onTestFinished, vi } from 'vitest';
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

  it('is prepared once, when there is a token, and before its first attempt alone', async () => {
    const { prepared } = await send(status(401), status(200));
    expect(prepared).toEqual(['connecting, after 1 tokens and 0 requests', 'connected, after 0 requests']);
  });

  it('has the time that it was prepared for taken off that of its call', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(1_700);
    onTestFinished(() => now.mockRestore());
    const { own } = await send(status(401), status(200));
    expect(own).toEqual([700, 0]);
  });
});

/** Sends a request that gets these outcomes, with a new token for each attempt. */
async function send(...outcomes: HttpOutcome[]) {
  const told: string[] = [];
  const sent: Readonly<Record<string, string>>[] = [];
  const prepared: string[] = [];
  const own: (number | undefined)[] = [];
  let generation = 0;
  const outcome = await sendAuthorized(
    {
      call: 'poll',
      request: REQUEST,
      preparation: {
        beforeConnect: () => void prepared.push(`connecting, after ${generation} tokens and ${sent.length} requests`),
        beforeSend: async () => void prepared.push(`connected, after ${sent.length} requests`),
      },
      pool: {
        withConnection: (_signal, work) =>
          work(async ({ headers, whenConnected }) => {
            await whenConnected?.();
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
    async (_call, outcome, ownMs) => {
      const result = await outcome;
      own.push(ownMs?.());
      return result;
    },
  );
  return { outcome, told, sent, prepared, own };
}
