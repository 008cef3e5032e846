import { describe, expect, it } from 'vitest';
import type { HttpOutcome } from '../../src/datasources/jobalyzer/http.js';
import { observingTime } from '../../src/datasources/jobalyzer/server-time.js';

const DATE = 'Tue, 01 Jan 2030 00:00:00 GMT';
const FAILED: HttpOutcome = {
  kind: 'failed',
  sent: true,
  status: null,
  body: null,
  timedOut: false,
  cause: new Error('reset'),
};

function responded(headers: Record<string, string | string[]>): HttpOutcome {
  return { kind: 'response', status: 500, headers, text: '' };
}

describe('the time of a peer', () => {
  it.each<[string, HttpOutcome, number[]]>([
    ['the date of a response', responded({ date: DATE }), [Date.UTC(2030, 0, 1)]],
    ['no date that is missing', responded({}), []],
    ['no date that makes no sense', responded({ date: 'soon' }), []],
    ['no date that is given twice', responded({ date: [DATE, DATE] }), []],
    ['no date from a cache', responded({ date: DATE, age: '0' }), []],
    ['nothing without a response', FAILED, []],
  ])('is %s', async (_, outcome, times) => {
    const observed: number[] = [];
    const pool = observingTime(
      {
        withConnection: (_signal, work) => work(async () => outcome),
        close: () => Promise.resolve(),
      },
      (time) => observed.push(time),
    );
    const request = { method: 'GET', path: '/', headers: {}, deadlineMs: 1_000 } as const;
    expect(await pool.withConnection(new AbortController().signal, (send) => send(request))).toBe(outcome);
    expect(observed).toEqual(times);
  });
});
