import { ApiError } from '../../errors.js';

/**
 * Pauses buying after several purchases in a row that came to nothing, so that an upstream that takes money and gives no
 * links does not take it for long. Collecting has no breaker.
 */
export interface PurchaseBreaker {
  /** Why nothing may be sent now; null if something may be. */
  refusal(): ApiError | null;
  /** Whether buying is paused, until a purchase shows that it works again. */
  isOpen(): boolean;
  /** Asked when a purchase is about to connect, to be sent, and answered for that one only. Throws the refusal. */
  enter(): Permit;
  /** What came of a purchase. Without a permit: it was never about to be sent. */
  settle(permit: Permit | null, result: PurchaseResult): void;
}

/**
 * 'failed': it may have been paid for, and has no link; or it was given up though it might be accepted later. 'delayed':
 * not accepted, but tried again, or for want of an access token. 'neutral': refused for reasons of its own, which says that upstream works.
 */
export type PurchaseResult = 'succeeded' | 'failed' | 'delayed' | 'neutral';

export interface Permit {
  /** How often buying had been paused when it was given. */
  readonly pauses: number;
  /** The number of the trial that it is for; null while buying is not paused. */
  readonly trial: number | null;
}

const BREAK_AFTER_FAILURES = 5;
const PAUSE_MS = 5_000;

/** `now`: a monotonic clock in milliseconds. */
export function createPurchaseBreaker(now: () => number = () => performance.now()): PurchaseBreaker {
  let failures = 0;
  let pauses = 0;
  let trials = 0;
  /** While paused: when the next purchase may be tried. A trial that is not answered until then holds up no other. */
  let nextTrialAt: number | null = null;

  function pause(): void {
    pauses += 1;
    nextTrialAt = now() + PAUSE_MS;
  }

  function refusal(): ApiError | null {
    const waitMs = nextTrialAt === null ? 0 : Math.ceil(nextTrialAt - now());
    if (waitMs <= 0) return null;
    const message = 'Jobalyzer has failed several times in a row; purchases are paused for a few seconds.';
    return new ApiError('UPSTREAM_UNAVAILABLE', message, { retryAfterMs: waitMs });
  }

  return {
    refusal,
    isOpen: () => nextTrialAt !== null,

    enter() {
      const refused = refusal();
      if (refused) throw new PurchasesPaused(refused);
      if (nextTrialAt === null) return { pauses, trial: null };
      nextTrialAt = now() + PAUSE_MS;
      return { pauses, trial: ++trials };
    },

    settle(permit, result) {
      if (nextTrialAt === null) {
        if (permit && permit.pauses !== pauses) return;
        if (result === 'succeeded') failures = 0;
        if (result === 'failed' && ++failures >= BREAK_AFTER_FAILURES) pause();
        return;
      }
      // What was sent before the pause proves nothing about now.
      if (permit === null || permit.trial === null || permit.pauses !== pauses) return;
      if (result === 'succeeded' || result === 'neutral') {
        failures = 0;
        nextTrialAt = null;
      } else if (permit.trial === trials) {
        pause();
      }
    },
  };
}

/** Not sent, and not to be sent soon: whoever waits is told at once. */
export class PurchasesPaused extends Error {
  constructor(readonly refusal: ApiError) {
    super(refusal.message);
  }
}
