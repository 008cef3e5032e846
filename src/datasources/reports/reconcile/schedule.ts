/** When a purchase whose outcome is unknown is looked for in upstream's usage log. Pure; by its age alone, so that all processes agree. */

const FIRST_LOOK_MS = 10_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** After so long nothing is expected of the log any more. */
const LOOKED_FOR_MS = 24 * 3_600_000;

/** The first time, of a doubt since `since`; both epoch ms. */
export function firstLookAt(since: number): number {
  return Math.ceil(since + FIRST_LOOK_MS);
}

/** The first time after `now`; null: there is none any more. All epoch ms. */
export function nextLookAt(since: number, now: number): number | null {
  let age = FIRST_LOOK_MS;
  while (since + age <= now) {
    age += Math.min(age, LONGEST_PAUSE_MS);
    if (age > LOOKED_FOR_MS) return null;
  }
  return Math.ceil(since + age);
}
