import pino from 'pino';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import type { HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { createLookups, NotRemembered } from '../../src/datasources/jobalyzer/lookups.js';
import { delay as pause } from '../../src/lib/delay.js';

vi.mock(import('../../src/lib/delay.js'), { spy: true });

const MINUTE = 60_000;
const FOUND: HttpOutcome = { kind: 'response', status: 200, headers: {}, text: '{}' };
const BROKEN: HttpOutcome = { kind: 'response', status: 503, headers: {}, text: '' };
const REFUSED: HttpOutcome = { kind: 'response', status: 403, headers: {}, text: '' };

afterEach(() => void vi.restoreAllMocks());

describe('the answers to look-ups', () => {
  it('are kept for ten minutes', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    const { locate, asked } = lookingUp();
    await locate('Berlin');
    clock.mockReturnValue(1_000 + 9.9 * MINUTE);
    await delay(10);
    await locate('Berlin');
    expect(asked).toHaveLength(1);
    clock.mockReturnValue(1_000 + 10.1 * MINUTE);
    // The cache asks for the time once in a millisecond.
    await delay(10);
    await locate('Berlin');
    expect(asked).toHaveLength(2);
  });

  it('are told to whoever asks for what is remembered alone, once they are there', async () => {
    const { locate, remembered, asked } = lookingUp();
    await expect(remembered('Berlin')).rejects.toThrow(NotRemembered);
    const answered = locate('Berlin');
    await expect(remembered('Berlin'), 'on its way').rejects.toThrow(NotRemembered);
    expect(await remembered('...'), 'needs no asking').toEqual([]);
    const found = await answered;
    expect(await remembered('Berlin')).toEqual(found);
    expect(asked).toHaveLength(1);
  });

  it('are kept for the 2,000 terms that were used last', async () => {
    const { locate, asked } = lookingUp();
    for (let number = 0; number < 2_000; number++) await locate(`term ${number}`);
    await locate('term 0');
    expect(asked).toHaveLength(2_000);
    await locate('one more');
    await locate('term 0');
    expect(asked).toHaveLength(2_001);
    await locate('term 1');
    expect(asked).toHaveLength(2_002);
  });

  it('are forgotten before they fill the memory', async () => {
    const long: HttpOutcome = {
      ...FOUND,
      text: JSON.stringify({ Results: Array.from({ length: 1_000 }, () => ({ Text: 'x'.repeat(9_000) })) }),
    };
    const { locate, asked } = lookingUp(long, long, long, long, long);
    for (let number = 0; number < 5; number++) await locate(`term ${number}`);
    await delay(10);
    await locate('term 4');
    expect(asked).toHaveLength(5);
    await locate('term 0');
    expect(asked).toHaveLength(6);
  });

  it('are asked for again after a pause with jitter', async () => {
    const pauses: unknown[] = [];
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    vi.mocked(pause).mockImplementation(async (ms) => void pauses.push(ms));
    const { locate, asked } = lookingUp(BROKEN, BROKEN);
    expect(await locate('Berlin')).toEqual([]);
    expect(asked).toHaveLength(3);
    expect(pauses).toEqual([263, 525]);
  });

  it('are not kept if they are failures', async () => {
    const { locate, asked } = lookingUp(REFUSED, FOUND);
    await expect(locate('Berlin')).rejects.toMatchObject({ code: expect.stringMatching(/^UPSTREAM_/) as string });
    expect(await locate('Berlin')).toEqual([]);
    expect(asked).toHaveLength(2);
  });
});

/** Look-ups whose first answers are these; then everything is found. */
function lookingUp(...outcomes: HttpOutcome[]) {
  const asked: string[] = [];
  const client: Pick<JobalyzerClient, 'customerId' | 'apiVersion' | 'lookup'> = {
    customerId: 'c',
    apiVersion: 'v1',
    async lookup(path) {
      asked.push(path);
      return outcomes.shift() ?? FOUND;
    },
  };
  const lookups = createLookups(client as JobalyzerClient, pino({ level: 'silent' }));
  const { signal } = new AbortController();
  return {
    asked,
    locate: (term: string) => lookups.locations(term, signal),
    remembered: (term: string) => lookups.remembered.locations(term, signal),
  };
}
