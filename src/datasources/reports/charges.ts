/** What purchases are charged to: the budget of a client for one day. Pure. */

/** One report of a client's budget. Each purchase keeps its own, so that a refund goes where it was taken from. */
export interface Charge {
  /** The client's name. */
  readonly client: string;
  /** The day of the claim in UTC, as YYYY-MM-DD. */
  readonly day: string;
}

/** A charge that is refused once that day's are `limit`; null: it never is. */
export interface LimitedCharge extends Charge {
  readonly limit: number | null;
}

export const DAY_MS = 24 * 3_600_000;

/** `now` in epoch ms. */
export function chargeAt(client: string, now: number): Charge {
  return { client, day: dayOf(now) };
}

/** The UTC day of this time (epoch ms), as charges have it. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** When the budget of the day that contains `now` (epoch ms) ends and the next begins. */
export function resetsAt(now: number): Date {
  return new Date((Math.floor(now / DAY_MS) + 1) * DAY_MS);
}

/** What a purchase keeps of its charge. Purchases of releases without budgets have none. */
export function chargeOf({ charge }: { readonly charge?: Charge | undefined }): { charge?: Charge } {
  return charge ? { charge: { client: charge.client, day: charge.day } } : {};
}
