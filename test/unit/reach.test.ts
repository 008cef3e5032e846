import { expect, it } from 'vitest';
import type { HttpPool } from '../../src/datasources/jobalyzer/connection-pool.js';
import type { HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { createReach } from '../../src/datasources/jobalyzer/reach.js';

const UNREACHED = { kind: 'fault', status: null } as unknown as HttpOutcome;
const CUT_OFF = { kind: 'fault', status: 200 } as unknown as HttpOutcome;
const RESPONSE = { kind: 'response', status: 503 } as unknown as HttpOutcome;

/** A host, as its calls have gone, and a clock. */
function stage() {
  let now = 0;
  const reach = createReach(() => now);
  async function call(outcome: HttpOutcome, signal = new AbortController().signal): Promise<void> {
    const pool = { withConnection: (_signal: unknown, work: (send: unknown) => unknown) => work(async () => outcome) };
    const observed = reach.observing(pool as unknown as HttpPool);
    const received = await observed.withConnection(signal, (send) => send({} as Parameters<typeof send>[0]));
    expect(received).toBe(outcome);
  }
  return { reach, call, pass: (ms: number) => (now += ms) };
}

it('a host is in reach until a call has had no response, and again with the next response of any kind', async () => {
  for (const response of [RESPONSE, CUT_OFF]) {
    const { reach, call } = stage();
    expect(reach.isOut()).toBe(false);
    await call(UNREACHED);
    expect(reach.isOut()).toBe(true);
    await call(response);
    expect(reach.isOut()).toBe(false);
  }
});

it('a call that was aborted here says nothing of the host', async () => {
  const { reach, call } = stage();
  await call(UNREACHED, AbortSignal.abort());
  expect(reach.isOut()).toBe(false);
});

it('is forgotten after two minutes without a call', async () => {
  const { reach, call, pass } = stage();
  await call(UNREACHED);
  pass(2 * 60_000 - 1);
  expect(reach.isOut()).toBe(true);
  pass(1);
  expect(reach.isOut()).toBe(false);
});
