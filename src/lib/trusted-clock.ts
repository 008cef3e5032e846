/** A wall clock that says when it is not to be trusted: it can be set wrong, and jump. */
export interface TrustedClock {
  /** This machine's time, epoch ms. */
  now(): number;
  /** The time by which something stored may count as expired, epoch ms; -Infinity (nothing has) while the clock is in doubt. */
  expiryTime(): number;
  /** Whether the clock may be wrong. */
  inDoubt(): boolean;
  /** Whether a peer has confirmed the clock since the process started, and it is not in doubt. */
  isConfirmed(): boolean;
  /** How much this clock is behind that of the latest peer, in ms; 0 unless by more than ten minutes. */
  behindMs(): number;
  /** Takes the time that a peer has just sent, epoch ms. */
  observe(peerTime: number): void;
}

/** Why a clock is in doubt: it jumped, a peer's is another one, or nobody has confirmed it since the process started. */
export type ClockDoubt = 'jumped' | 'differs' | 'unconfirmed';

export interface TrustedClockOptions {
  /** The latest time at which an earlier process trusted its clock, epoch ms. Null: there was none, so nothing can be lost. */
  readonly trustedAt: number | null;
  /** Called when the doubt changes; null: there is none any more. */
  readonly onChange?: (doubt: ClockDoubt | null) => void;
  /** Epoch ms, and a monotonic clock in ms. */
  readonly now?: () => number;
  readonly monotonic?: () => number;
}

/** The wall clock and the monotonic one may drift apart by this much: then somebody set the clock, or the machine slept. */
const JUMP_MS = 60_000;
/** A peer's clock may differ by this much. */
const DIFFERENCE_MS = 10 * 60_000;
/** After a restart as short as this, the clock is trusted as it was before. */
const RESTART_MS = 10 * 60_000;

export function createTrustedClock(options: TrustedClockOptions): TrustedClock {
  const { trustedAt, onChange = () => undefined, now = Date.now, monotonic = () => performance.now() } = options;
  const offset = (): number => now() - monotonic();
  const startedAt = now();
  const restarted = trustedAt !== null && startedAt >= trustedAt - JUMP_MS && startedAt <= trustedAt + RESTART_MS;
  /** The difference of both clocks when the wall clock was last trusted. */
  let trusted = trustedAt === null || restarted ? offset() : null;
  /** That of the latest peer's clock to the monotonic one. */
  let peer: number | null = null;
  let confirmed = false;
  let told: ClockDoubt | null = null;

  function doubt(): ClockDoubt | null {
    const current = offset();
    if (peer !== null && Math.abs(current - peer) > DIFFERENCE_MS) return 'differs';
    if (trusted === null) return 'unconfirmed';
    return Math.abs(current - trusted) > JUMP_MS ? 'jumped' : null;
  }

  function look(): ClockDoubt | null {
    const found = doubt();
    if (found !== told) onChange((told = found));
    return found;
  }

  return {
    now,
    expiryTime: () => (look() === null ? now() : -Infinity),
    inDoubt: () => look() !== null,
    isConfirmed: () => look() === null && confirmed,
    behindMs() {
      const difference = peer === null ? 0 : peer - offset();
      return difference > DIFFERENCE_MS ? difference : 0;
    },
    observe(peerTime) {
      if (!Number.isFinite(peerTime)) return;
      peer = peerTime - monotonic();
      if (Math.abs(offset() - peer) <= DIFFERENCE_MS) {
        trusted = offset();
        confirmed = true;
      }
      look();
    },
  };
}
