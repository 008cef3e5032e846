import { randomUUID } from 'node:crypto';
import { FORMATS } from '../shared/formats.js';
import type { Database } from './connections.js';
import { LedgerTooNew } from '../../datasources/reports/ports.js';
import { DatabaseAway, LedgerUnusable } from './failures.js';

/** This process among those that share the ledger. */
export interface Membership {
  /** Who owns what this process claims from now on. */
  readonly id: string;
  /** Whether nobody else can have taken over what this process owns, by its own clocks. */
  isValid(): boolean;
  /** The number of the newest form in which the ledger may be written, as far as this process knows. */
  format(): number;
  /** Why this process must not go on: it was taken for dead, and what was stored since it cannot read. Null: it may. */
  refusal(): Error | null;
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
  /** Called when it cannot be one any more: see `Membership.refusal`. */
  readonly onRefused: (refusal: Error) => void;
}

interface JoinedRow {
  readonly outcome: 'joined' | 'moving' | 'unknown';
  readonly number: number;
  readonly name: string;
}

/** A lease ends earlier here than in the database: clocks do not run at the same speed. */
const SAFE_SHARE = 0.9;
const RENEWALS_PER_LEASE = 3;
/** How soon a renewal that failed is tried again. */
const RETRIES_PER_LEASE = 15;

const BEING_MOVED =
  'DATABASE_SCHEMA: an embedded ledger is being moved into this schema: run move-ledger again until it is done.';

/**
 * A lease by the clock of the database. Who takes over first deletes the member, so that renewing and taking over exclude
 * each other.
 */
export async function joinMembers(database: Database, options: MembershipOptions): Promise<Membership> {
  const { schema } = database;
  const { leaseMs, release, onLost, onRefused } = options;
  const answerMs = Math.min(leaseMs / RENEWALS_PER_LEASE, 2_000);
  let id = '';
  let renewed = { monotonic: -Infinity, wall: -Infinity };
  /** Since when the lease has been renewed without a gap, by the monotonic clock. */
  let heldSince = Infinity;
  let hasLeft = false;
  let format = 0;
  let refusal: Error | null = null;
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
    const [joined] = await database.control<JoinedRow>(
      `SELECT * FROM ${schema}.join_members($1, $2, $3, $4)`,
      [next, leaseMs, release, FORMATS],
      answerMs,
    );
    if (joined?.outcome === 'unknown') throw new LedgerUnusable(unknownFormat(joined));
    if (joined?.outcome !== 'joined') throw new DatabaseAway(BEING_MOVED);
    format = joined.number;
    id = next;
    renewed = asked;
    heldSince = asked.monotonic;
  }

  async function renew(): Promise<void> {
    const asked = now();
    const [found] = await database.control<{ format: number }>(
      `UPDATE ${schema}.members SET lease_until = clock_timestamp() + $2 * interval '1 ms' WHERE id = $1
       RETURNING (SELECT max(number) FROM ${schema}.formats) AS format`,
      [id, leaseMs],
      answerMs,
    );
    if (hasLeft) return;
    if (!found) {
      renewed = { monotonic: -Infinity, wall: -Infinity };
      onLost();
      return join();
    }
    if (!isValid()) heldSince = asked.monotonic;
    renewed = asked;
    format = found.format;
    if (format < FORMATS.length) await admitFormats();
  }

  /** Those who could not read the newest forms may have left. */
  async function admitFormats(): Promise<void> {
    const [admitted] = await database.control<{ format: number }>(
      `SELECT ${schema}.admit_formats($1) AS format`,
      [FORMATS],
      answerMs,
    );
    format = admitted?.format ?? format;
  }

  function renewLater(delayMs: number): void {
    if (hasLeft) return;
    timer = setTimeout(() => {
      renew().then(
        () => renewLater(leaseMs / RENEWALS_PER_LEASE),
        (error: unknown) => {
          if (!(error instanceof LedgerUnusable)) return renewLater(leaseMs / RETRIES_PER_LEASE);
          refusal = new LedgerTooNew(error.message);
          onRefused(refusal);
        },
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
    format: () => format,
    refusal: () => refusal,

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

function unknownFormat({ number, name }: JoinedRow): string {
  const known = FORMATS[number - 1];
  if (known !== undefined) {
    return `it has the form ${name} where this release has ${known}: it belongs to another line of releases.`;
  }
  return `newer releases write it in the form ${name} (number ${number}) since the last server of an older one has ended, and this release reads only those up to ${FORMATS.at(-1)} (number ${FORMATS.length}): start a newer one.`;
}
