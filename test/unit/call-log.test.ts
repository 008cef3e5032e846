import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCallLog, type UpstreamObserver } from '../../src/datasources/jobalyzer/call-log.js';
import type { HttpOutcome } from '../../src/datasources/jobalyzer/http.js';

afterEach(() => void vi.restoreAllMocks());

const failed = (cause: Error): HttpOutcome => ({ kind: 'failed', sent: false, status: null, timedOut: true, cause });
const responded = (status: number): HttpOutcome => ({ kind: 'response', status, headers: {}, text: 'secret' });

describe('the log line of a call', () => {
  it.each<[string, HttpOutcome, object]>([
    ['a response', responded(200), { level: 30, status: 200 }],
    ['a redirection', responded(399), { level: 30, status: 399 }],
    ['an error of the client', responded(400), { level: 40, status: 400 }],
    [
      'no response, with a code',
      failed(Object.assign(new Error('secret'), { code: 'ECONNREFUSED' })),
      { level: 40, status: null, sent: false, timedOut: true, cause: 'ECONNREFUSED' },
    ],
    [
      'no response, with a number for a code',
      failed(new DOMException('secret', 'TimeoutError')),
      { cause: 'TimeoutError' },
    ],
    ['no response, without a code', failed(new TypeError('secret')), { cause: 'TypeError' }],
  ])('has the duration, and what is known of %s, without its text', async (_, outcome, expected) => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(1_250.4);
    expect(await createCallLog(log)('poll', Promise.resolve(outcome))).toBe(outcome);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ call: 'poll', ms: 250, ...expected }]);
    expect(lines.join()).not.toContain('secret');
  });

  it("has no time that was not upstream's, nor has what is counted", async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(1_250);
    const called = vi.fn<UpstreamObserver['called']>();
    await createCallLog(log, { called })('submit', Promise.resolve(responded(200)), () => 100);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ call: 'submit', ms: 150 }]);
    expect(called.mock.calls).toEqual([[{ call: 'submit', status: 200, ms: 150 }]]);
  });
});
