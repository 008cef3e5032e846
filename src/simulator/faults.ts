import type { WireReportKey } from '../datasources/jobalyzer/wire.js';
import { seededRandom } from './hash.js';
import type { FaultRule } from './settings.js';

/** What is happening when a fault may strike. */
export interface FaultMoment {
  on: FaultRule['on'];
  /** The types of report it is about; empty where there are none. */
  types: readonly WireReportKey[];
  /** True once the reports of a submission are accepted. */
  accepted: boolean;
}

/** The rules in force, with what is left of each. */
export class FaultPlan {
  #rules: FaultRule[] = [];
  #random: () => number = seededRandom(1);

  /** Replaces every rule; the row of random numbers starts anew, so that a run can be repeated. */
  replace(rules: readonly FaultRule[], seed: number): void {
    this.#rules = rules.map((rule) => ({ ...rule }));
    this.#random = seededRandom(seed);
  }

  /** @returns the rules as they are now: `times` has been counted down. */
  remaining(): FaultRule[] {
    return this.#rules.map((rule) => ({ ...rule }));
  }

  /** @returns the first rule that applies and strikes, used up by one; null when everything goes well. */
  strike(moment: FaultMoment): FaultRule | null {
    for (const rule of this.#rules) {
      if (rule.on !== moment.on || (rule.afterAccept ?? false) !== moment.accepted) continue;
      if (rule.type && !moment.types.includes(rule.type)) continue;
      if (rule.times === 0) continue;
      if (rule.probability !== undefined && this.#random() >= rule.probability) continue;
      if (rule.times !== undefined) rule.times -= 1;
      return { ...rule };
    }
    return null;
  }
}
