import { badUserInput } from '../errors.js';
import { ReportType, type ReportKey } from './report.js';

/** A report that may have been bought, and whose link is lost. */
export interface UncertainReport {
  readonly report: ReportKey;
  readonly type: ReportType;
  /** Since when, by which a person names it. */
  readonly since: Date;
  /** What happened to the purchase. */
  readonly reason: string;
}

/** Where an uncertain report stands among all of them, which are in the order of their fields. `since` in epoch ms. */
export interface UncertainPlace {
  readonly since: number;
  readonly id: string;
  readonly type: ReportType;
}

/** A cursor for clients, who need not understand it. */
export function cursorOf({ since, id, type }: UncertainPlace): string {
  return Buffer.from(JSON.stringify([since, id, type])).toString('base64url');
}

/** The longest cursor that `cursorOf` makes has some ninety characters. */
const LONGEST_CURSOR = 200;

/** The opposite of `cursorOf`. Throws BAD_USER_INPUT for what is no cursor. */
export function parseCursor(cursor: string, argument: string): UncertainPlace {
  const place = cursor.length <= LONGEST_CURSOR ? placeIn(cursor) : null;
  if (!place) throw badUserInput(argument, 'is not a cursor; take one from an answer, as it is.');
  return place;
}

function placeIn(cursor: string): UncertainPlace | null {
  const parts = parsed(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [since, id, type] = parts as readonly unknown[];
  const known = Object.values(ReportType).find((each) => each === type);
  return Number.isSafeInteger(since) && typeof id === 'string' && known
    ? { since: since as number, id, type: known }
    : null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
