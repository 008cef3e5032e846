import { badUserInput } from '../errors.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { ReportKey, ReportType } from './report.js';
import type { UsageLogRow } from './usage-log.js';

/** A UTC month. */
export interface Month {
  /** As `YYYY-MM`. */
  readonly name: string;
  /** When it begins and when the next one does, epoch ms. */
  readonly from: number;
  readonly until: number;
}

/** How much each side has in a month. */
export interface UsageAuditSums {
  /** As `YYYY-MM`. */
  readonly month: string;
  readonly theirs: number;
  readonly ours: number;
}

/** What only upstream's usage log or only this server has, or what they differ in. */
export interface UsageDifference {
  /** When the row was recorded or, without one, when the purchase was sent. */
  readonly at: Date;
  /** Null: upstream has no row for it. */
  readonly theirs: UsageLogRow | null;
  /** Null: no purchase of this server can be it, or the report has been forgotten. */
  readonly ours: ReportKey | null;
  /** Null: the row does not say. */
  readonly type: ReportType | null;
  readonly reason: string;
}

/** Where a difference stands among those of its month, which are in the order of these fields. `at` in epoch ms. */
export interface DifferencePlace {
  readonly at: number;
  readonly name: string;
}

/** Throws BAD_USER_INPUT for what is not a month, or a later one than that of `now` (epoch ms). */
export function parseMonth(text: string, argument: string, now: number): Month {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) {
    throw badUserInput(argument, 'must be a month as YYYY-MM, for example 2026-01.');
  }
  const from = Date.parse(`${text}-01T00:00:00Z`);
  if (from > now) throw badUserInput(argument, 'must not be later than the present month (UTC).');
  const until = new Date(from);
  until.setUTCMonth(until.getUTCMonth() + 1);
  return { name: text, from, until: until.getTime() };
}

export function differenceCursor({ at, name }: DifferencePlace): string {
  return encodeCursor([at, name]);
}

/** The opposite of `differenceCursor`. Throws BAD_USER_INPUT for what is no cursor. */
export function parseDifferenceCursor(cursor: string, argument: string): DifferencePlace {
  return decodeCursor(cursor, argument, placeIn);
}

function placeIn(parts: readonly unknown[]): DifferencePlace | null {
  const [at, name] = parts;
  return parts.length === 2 && Number.isSafeInteger(at) && typeof name === 'string' ? { at: at as number, name } : null;
}
