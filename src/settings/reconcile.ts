import { flag, integer } from './kinds.js';

/** The settings of this concern. */
export const reconcileSettings = {
  RECONCILE_ABSENT: flag.default(false),
  RECONCILE_AFTER_MINUTES: integer(20, 1_440).default(60),
};

/** After so long a purchase that is not in the usage log counts as not made, in milliseconds. Null: it never does. */
export function absentAfterMsOf(parsed: {
  readonly RECONCILE_ABSENT: boolean;
  readonly RECONCILE_AFTER_MINUTES: number;
}): number | null {
  return parsed.RECONCILE_ABSENT ? parsed.RECONCILE_AFTER_MINUTES * 60_000 : null;
}
