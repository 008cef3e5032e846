import type { Entry } from '../../datasources/reports/ledger.js';
import type { Transition } from '../../datasources/reports/transition.js';

/** The transitions that have won, as long as somebody may pass them again. */
export interface Winners {
  add(step: Transition, stored: Entry): void;
  /** Whether the transition won, and is what the current entry came from. */
  has(step: Transition, current: Entry): boolean;
}

export function createWinners(): Winners {
  /** By the version that each of them made. */
  const versions = new WeakMap<Transition, number>();
  return {
    add: (step, { version }) => void versions.set(step, version),
    has: (step, { version }) => versions.get(step) === version,
  };
}
