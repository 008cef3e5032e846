import { describe, expect, it } from 'vitest';
import { createCheckPause, type CheckPause } from '../../src/datasources/answers/check-pause.js';

function tooLate(pause: CheckPause, times: number): void {
  for (let i = 0; i < times; i++) pause.settle('too-late');
}

describe('the pause of checks', () => {
  it('begins after three in a row that took too long, and lasts ten seconds', () => {
    let now = 5;
    const pause = createCheckPause(() => now);
    tooLate(pause, 2);
    pause.settle('in-time');
    tooLate(pause, 2);
    expect(pause.enter()).toBe(true);
    tooLate(pause, 1);
    expect(pause.enter()).toBe(false);
    now = 10_004;
    expect(pause.enter()).toBe(false);
    now = 10_005;
    expect(pause.enter()).toBe(true);
  });

  it('lets one check try at a time, and goes on if that takes too long', () => {
    let now = 0;
    const pause = createCheckPause(() => now);
    tooLate(pause, 3);
    now = 10_000;
    expect([pause.enter(), pause.enter()]).toEqual([true, false]);
    now = 12_000;
    pause.settle('too-late');
    now = 21_999;
    expect(pause.enter()).toBe(false);
    now = 22_000;
    expect([pause.enter(), pause.enter()], 'a trial that was never settled holds up no other').toEqual([true, false]);
    now = 32_000;
    expect(pause.enter()).toBe(true);
  });

  it('ends with the first check that is in time, after which three have to be too late again', () => {
    const pause = createCheckPause(() => 0);
    tooLate(pause, 5);
    pause.settle('in-time');
    expect([pause.enter(), pause.enter()]).toEqual([true, true]);
    tooLate(pause, 2);
    expect(pause.enter()).toBe(true);
  });
});
