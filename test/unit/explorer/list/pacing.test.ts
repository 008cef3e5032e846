import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reactionTo } from '../../../../explorer/list/pacing.js';

const problem = (code: string, retryAfterMs?: number) => ({ code, message: '', ...(retryAfterMs && { retryAfterMs }) });

it.each([
  ['RATE_LIMITED', 1, { kind: 'wait', ms: 20_000 }],
  ['OVERLOADED', 1, { kind: 'wait', ms: 20_000 }],
  ['UNREACHABLE', 1, { kind: 'wait', ms: 20_000 }],
  ['UPSTREAM_UNAVAILABLE', 6, { kind: 'end' }],
  ['BUDGET_EXCEEDED', 1, { kind: 'end' }],
  ['BUYING_STOPPED', 1, { kind: 'end' }],
  ['FORBIDDEN', 1, { kind: 'end' }],
  ['UNAUTHENTICATED', 1, { kind: 'end' }],
  ['UNCONFIRMED_ANSWER', 1, { kind: 'leave' }],
  ['BAD_USER_INPUT', 1, { kind: 'leave' }],
] as const)('%s, sent %i times', (code, attempt, reaction) => {
  expect(reactionTo(problem(code, 20_000), attempt)).toEqual(reaction);
});

it('whatever the server says, waits are bounded, and so are attempts', () => {
  const codes = fc.constantFrom('RATE_LIMITED', 'OVERLOADED', 'UNREACHABLE', 'STORE_UNAVAILABLE', 'UPSTREAM_TIMEOUT');
  fc.assert(
    fc.property(codes, fc.double({ noNaN: true }), fc.integer({ min: 1, max: 100 }), (code, retryAfterMs, attempt) => {
      const reaction = reactionTo(problem(code, retryAfterMs), attempt);
      const ms = reaction.kind === 'wait' ? reaction.ms : 500;
      expect(ms).toBeGreaterThanOrEqual(500);
      expect(ms).toBeLessThanOrEqual(120_000);
      expect(attempt < 30 || reaction.kind === 'end').toBe(true);
    }),
  );
});
