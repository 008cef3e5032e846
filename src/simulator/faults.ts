import type { WireReportKey } from '../contract/wire.js';
import { seededRandom } from './hash.js';
import type { FaultRule } from './fault-rule.js';

/** The call to which a fault may apply. */
export interface FaultMoment {
  on: FaultRule['on'];
  /** The report types of the call; empty if it has none. */
  types: readonly WireReportKey[];
  /** The HTTP status of the work that was done; null before it. */
  done: number | null;
}

/** Need the response of work that was done. */
const AFTER_WORK: readonly FaultRule['kind'][] = ['unterminated', 'encoded', 'headers', 'padded', 'altered'];
const ONLY_OK: readonly FaultRule['kind'][] = ['padded', 'altered'];

function isDue({ kind, afterAccept }: FaultRule, done: number | null): boolean {
  const afterWork = afterAccept === true || AFTER_WORK.includes(kind);
  if (done === null || !afterWork) return (done !== null) === afterWork;
  return ONLY_OK.includes(kind) || afterAccept ? done === 200 : done < 300;
}

/** The active fault rules, with their remaining counts. */
export class FaultPlan {
  #rules: FaultRule[] = [];
  #random: () => number = seededRandom(1);

  /** Replaces all rules and restarts the random sequence, so that a run can be repeated. */
  replace(rules: readonly FaultRule[], seed: number): void {
    this.#rules = rules.map((rule) => ({ ...rule }));
    this.#random = seededRandom(seed);
  }

  /** @returns the rules with `times` counted down. */
  remaining(): FaultRule[] {
    return this.#rules.map((rule) => ({ ...rule }));
  }

  /** @returns the first rule that applies, counting down its `times`; null if none applies. */
  strike(moment: FaultMoment): FaultRule | null {
    for (const rule of this.#rules) {
      if (rule.on !== moment.on || !isDue(rule, moment.done)) continue;
      if (rule.type && !moment.types.includes(rule.type)) continue;
      if (rule.times === 0) continue;
      if (rule.probability !== undefined && this.#random() >= rule.probability) continue;
      if (rule.times !== undefined) rule.times -= 1;
      return { ...rule };
    }
    return null;
  }
}
