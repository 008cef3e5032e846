import { describe, expect, it } from 'vitest';
import { createTrustedClock, type ClockDoubt } from '../../src/lib/trusted-clock.js';

const START = Date.UTC(2030, 0, 1);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A machine whose wall clock can be set; `pass` is time that really passes. */
function machine(trustedAt: number | null) {
  let wall = START;
  let elapsed = 0;
  const doubts: (ClockDoubt | null)[] = [];
  const clock = createTrustedClock({
    trustedAt,
    onChange: (doubt) => doubts.push(doubt),
    now: () => wall,
    monotonic: () => elapsed,
  });
  return {
    clock,
    doubts,
    set: (by: number) => void (wall += by),
    pass(ms: number) {
      wall += ms;
      elapsed += ms;
    },
    /** A response of a peer whose clock differs by this much from this machine's. */
    response: (difference: number) => clock.observe(wall + difference),
  };
}

describe('a clock', () => {
  it('is trusted with a new ledger, and for as long as nothing happens to it', () => {
    const { clock, pass, doubts } = machine(null);
    pass(400 * DAY);
    expect([clock.inDoubt(), clock.expiryTime(), clock.isConfirmed()]).toEqual([false, START + 400 * DAY, false]);
    expect(doubts).toEqual([]);
  });

  it.each([
    ['just before', -MINUTE, false],
    ['ten minutes before', -10 * MINUTE, false],
    ['eight days before: nobody knows whether that long has passed', -8 * DAY, true],
    ['a little later: clocks are set a little now and then', MINUTE, false],
    ['three days later: it was set back', 3 * DAY, true],
  ])('after a restart, if it was last trusted %s, is in doubt: %s', (_, trustedAt, inDoubt) => {
    const { clock } = machine(START + trustedAt);
    expect([clock.inDoubt(), clock.expiryTime()]).toEqual([inDoubt, inDoubt ? -Infinity : START]);
  });

  it.each([-9, 0, 9])('is confirmed by a peer that differs by %i minutes', (minutes) => {
    const { clock, response, doubts } = machine(START - 8 * DAY);
    expect(clock.inDoubt()).toBe(true);
    response(minutes * MINUTE);
    expect([clock.inDoubt(), clock.isConfirmed(), clock.behindMs()]).toEqual([false, true, 0]);
    expect(doubts).toEqual(['unconfirmed', null]);
  });

  it.each([-11, 11])('is in doubt if a peer differs by %i minutes, until one does not', (minutes) => {
    const { clock, response, doubts, pass } = machine(null);
    response(minutes * MINUTE);
    pass(DAY);
    expect([clock.expiryTime(), clock.isConfirmed()]).toEqual([-Infinity, false]);
    expect(clock.behindMs()).toBe(minutes > 0 ? minutes * MINUTE : 0);
    response(0);
    expect([clock.inDoubt(), clock.isConfirmed(), clock.behindMs()]).toEqual([false, true, 0]);
    expect(doubts).toEqual(['differs', null]);
  });

  it.each([-2 * MINUTE, 2 * MINUTE, -3 * DAY, 8 * DAY])('that jumps by %i ms is in doubt until confirmed', (jump) => {
    const { clock, set, response, doubts } = machine(null);
    response(0);
    set(jump);
    expect([clock.inDoubt(), clock.isConfirmed()]).toEqual([true, false]);
    response(0);
    expect([clock.inDoubt(), clock.isConfirmed()]).toEqual([false, true]);
    expect(doubts).toHaveLength(2);
  });

  it('is trusted again once it is put right', () => {
    const { clock, set, doubts } = machine(null);
    set(8 * DAY);
    expect(clock.inDoubt()).toBe(true);
    set(-8 * DAY);
    expect(clock.inDoubt()).toBe(false);
    expect(doubts).toEqual(['jumped', null]);
  });

  it('ignores a time that is none', () => {
    const { clock } = machine(null);
    clock.observe(Number.NaN);
    expect([clock.inDoubt(), clock.isConfirmed()]).toEqual([false, false]);
  });
});
