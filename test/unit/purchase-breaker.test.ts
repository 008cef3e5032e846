import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPurchaseBreaker, type PurchaseResult } from '../../src/datasources/reports/purchase-breaker.js';

function paused() {
  let time = 0;
  const breaker = createPurchaseBreaker(() => time);
  const lose = (): void => breaker.settle(breaker.enter(), 'failed');
  for (let lost = 0; lost < 5; lost++) lose();
  return { breaker, wait: (ms: number) => (time += ms) };
}

describe('the breaker around buying', () => {
  it('pauses after five purchases in a row without a link, for five seconds', () => {
    const { breaker, wait } = paused();
    expect(breaker.refusal()).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: { retryAfterMs: 5_000 } });
    expect(() => breaker.enter()).toThrow(/paused/);
    wait(4_999);
    expect(breaker.refusal()).not.toBeNull();
    wait(1);
    expect(breaker.refusal()).toBeNull();
  });

  it('then lets one trial pass, and another after five seconds if that one hangs', () => {
    const { breaker, wait } = paused();
    wait(5_000);
    breaker.enter();
    expect(() => breaker.enter()).toThrow(/paused/);
    wait(5_000);
    expect(breaker.enter().trial).toBe(2);
    expect(() => breaker.enter()).toThrow(/paused/);
  });

  it('learns nothing from a trial that hung and failed after the next one had begun', () => {
    const { breaker, wait } = paused();
    wait(5_000);
    const first = breaker.enter();
    wait(5_000);
    const second = breaker.enter();
    breaker.settle(first, 'failed');
    breaker.settle(second, 'succeeded');
    expect(breaker.refusal()).toBeNull();
  });

  it('pauses by the clock of this process if it is given no other', () => {
    const breaker = createPurchaseBreaker();
    for (let lost = 0; lost < 5; lost++) breaker.settle(breaker.enter(), 'failed');
    const retryAfterMs = Number(breaker.refusal()?.toFailure().details?.['retryAfterMs' as never]);
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(5_000);
  });

  it.each<[PurchaseResult, boolean]>([
    ['succeeded', true],
    ['neutral', true],
    ['failed', false],
    ['delayed', false],
  ])('after a trial that %s buys: %s', (result, buys) => {
    const { breaker, wait } = paused();
    wait(5_000);
    breaker.settle(breaker.enter(), result);
    expect(breaker.refusal() === null).toBe(buys);
  });

  it('learns nothing from purchases that were sent before the pause', () => {
    let time = 0;
    const breaker = createPurchaseBreaker(() => time);
    const early = Array.from({ length: 7 }, () => breaker.enter());
    for (const permit of early.slice(0, 5)) breaker.settle(permit, 'failed');
    breaker.settle(early[5] ?? null, 'succeeded');
    expect(breaker.refusal()).not.toBeNull();
    time = 5_000;
    breaker.settle(breaker.enter(), 'succeeded');
    breaker.settle(early[6] ?? null, 'failed');
    expect(breaker.refusal()).toBeNull();
  });

  it('lets at most those in flight and five more be lost within a pause, in any order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.boolean(), { maxLength: 300 }), (most, moves) => {
        const breaker = createPurchaseBreaker(() => 0);
        const inFlight: ReturnType<typeof breaker.enter>[] = [];
        let sent = 0;
        for (const send of moves) {
          if (send && inFlight.length < most && !breaker.refusal()) {
            inFlight.push(breaker.enter());
            sent += 1;
          } else if (inFlight.length > 0) {
            breaker.settle(inFlight.shift() ?? null, 'failed');
          }
        }
        expect(sent).toBeLessThanOrEqual(most + 5);
      }),
    );
  });
});
