import { randomUUID } from 'node:crypto';
import type { Database } from './connections.js';
import { FORMAT } from './entry-rows.js';

/** This process among those that share the ledger. */
export interface Membership {
  /** Who owns what this process claims from now on. */
  readonly id: string;
  /** Whether nobody else can have taken over what this process owns, by its own clocks. */
  isValid(): boolean;
  /** Ends the membership of processes whose lease is over; they cannot renew it any more. */
  retireOthers(): Promise<void>;
  /** What this process still owns is free at once. */
  leave(): Promise<void>;
}

export interface MembershipOptions {
  readonly leaseMs: number;
  readonly release: string;
  /** Called when others took this process for dead: what it owned may be theirs. It is a new member then. */
  readonly onLost: () => void;
}

/** A lease ends earlier here than in the database: clocks do not run at the same speed. */
const SAFE_SHARE = 0.9;
const RENEWALS_PER_LEASE = 3;
/** How soon a renewal that failed is tried again. */
const RETRIES_PER_LEASE = 15;

const BEING_MOVED =
  'DATABASE_SCHEMA: an embedded ledger is being moved into this schema: run npm run move-ledger again until it is done.';

/**
 * A lease by the clock of the database. Who takes over first deletes the member, so that renewing and taking over exclude
 * each other.
 */
export async function joinMembers(database: Database, options: MembershipOptions): Promise<Membership> {
  const { schema } = database;
  const { leaseMs, release, onLost } = options;
  const answerMs = Math.min(leaseMs / RENEWALS_PER_LEASE, 2_000);
  let id = '';
  let renewed = { monotonic: -Infinity, wall: -Infinity };
  /** Since when the lease has been renewed without a gap, by the monotonic clock. */
  let heldSince = Infinity;
  let hasLeft = false;
  let timer: NodeJS.Timeout | undefined;

  /**
   * A suspended machine may not advance its monotonic clock, and the wall clock may be set back: neither extends a lease.
   * A wall clock that is set forward ends it, until the next renewal.
   */
  function isValid(): boolean {
    const elapsed = Math.max(performance.now() - renewed.monotonic, Date.now() - renewed.wall);
    return !hasLeft && elapsed < leaseMs * SAFE_SHARE;
  }

  /** As of before the request: the lease of the database ends later. */
  const now = (): typeof renewed => ({ monotonic: performance.now(), wall: Date.now() });

  async function join(): Promise<void> {
    const next = randomUUID();
    const asked = now();
    const joined = await database.control(
      `INSERT INTO ${schema}.members AS m (id, lease_until, release, format)
       SELECT $1, clock_timestamp() + $2 * interval '1 ms', $3, $4
       WHERE NOT EXISTS (SELECT FROM ${schema}.moves WHERE finished_at IS NULL)
       ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until RETURNING m.id`,
      [next, leaseMs, release, FORMAT],
      answerMs,
    );
    if (joined.length === 0) throw new Error(BEING_MOVED);
    id = next;
    renewed = asked;
    heldSince = asked.monotonic;
  }

  async function renew(): Promise<void> {
    const asked = now();
    const found = await database.control(
      `UPDATE ${schema}.members SET lease_until = clock_timestamp() + $2 * interval '1 ms' WHERE id = $1 RETURNING id`,
      [id, leaseMs],
      answerMs,
    );
    if (hasLeft) return;
    if (found.length === 0) {
      renewed = { monotonic: -Infinity, wall: -Infinity };
      onLost();
      return join();
    }
    if (!isValid()) heldSince = asked.monotonic;
    renewed = asked;
  }

  function renewLater(delayMs: number): void {
    if (hasLeft) return;
    timer = setTimeout(() => {
      renew().then(
        () => renewLater(leaseMs / RENEWALS_PER_LEASE),
        () => renewLater(leaseMs / RETRIES_PER_LEASE),
      );
    }, delayMs);
    timer.unref();
  }

  await join();
  renewLater(leaseMs / RENEWALS_PER_LEASE);

  return {
    get id() {
      return id;
    },
    isValid,

    async retireOthers() {
      // After an outage of the database every lease is over: the others get the time of a lease to renew theirs.
      if (!isValid() || performance.now() - heldSince < leaseMs) return;
      await database.control(
        `DELETE FROM ${schema}.members WHERE lease_until < clock_timestamp() AND id <> $1`,
        [id],
        answerMs,
      );
    },

    async leave() {
      hasLeft = true;
      clearTimeout(timer);
      await database.control(`DELETE FROM ${schema}.members WHERE id = $1`, [id], answerMs).catch(() => undefined);
    },
  };
}
