import type { Logger } from 'pino';

/** Says once that answers cannot be checked, not for every report that is bought meanwhile. */
export interface Trouble {
  report(error: unknown): void;
  over(): void;
}

/** Look-ups that fail now and then are one trouble. */
const ONE_TROUBLE_MS = 10 * 60_000;

export function createTrouble(log: Logger): Trouble {
  let latest = -Infinity;
  let isKnown = false;

  return {
    report(error) {
      latest = performance.now();
      if (isKnown) return;
      isKnown = true;
      log.warn({ err: error }, 'answers cannot be checked for the moment: reports are bought with what was asked for');
    },
    over() {
      if (isKnown && performance.now() - latest > ONE_TROUBLE_MS) isKnown = false;
    },
  };
}
