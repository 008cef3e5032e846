/**
 * Pauses look-ups of checks after several checks in a row for which they took too long: a purchase waits for its check, so that
 * an upstream that sells reports but looks nothing up would hold up each of them.
 */
export interface CheckPause {
  /** Asked once by a check that needs upstream: whether it may ask, or is to make do with what is remembered. */
  enter(): boolean;
  /** What came of a check that has asked upstream. */
  settle(result: 'in-time' | 'too-late'): void;
}

const PAUSE_AFTER = 3;
const PAUSE_MS = 10_000;

/** `now`: a monotonic clock in milliseconds. */
export function createCheckPause(now: () => number = () => performance.now()): CheckPause {
  let tooLate = 0;
  /** While paused: when the next check may ask, by which the others are kept from asking for as long again. */
  let nextTrialAt: number | null = null;

  return {
    enter() {
      if (nextTrialAt === null) return true;
      if (now() < nextTrialAt) return false;
      nextTrialAt = now() + PAUSE_MS;
      return true;
    },

    settle(result) {
      tooLate = result === 'in-time' ? 0 : tooLate + 1;
      nextTrialAt = tooLate < PAUSE_AFTER ? null : now() + PAUSE_MS;
    },
  };
}
