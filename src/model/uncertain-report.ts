import { decodeCursor, encodeCursor } from './cursor.js';
import { ReportType, type ReportKey } from './report.js';
import type { UsageLogEvidence, UsageLogRow } from './usage-log.js';

/** A report that may have been bought, and whose link is lost. */
export interface UncertainReport {
  readonly report: ReportKey;
  readonly type: ReportType;
  /** Since when, by which a person names it. */
  readonly since: Date;
  /** What happened to the purchase. */
  readonly reason: string;
  /** Rows of upstream's usage log that may be it, or one that it repeated. */
  readonly candidates: readonly UsageLogRow[];
  /** What that log says of the latest purchase. Null: it was not read since, or nothing was kept of what was sent. */
  readonly evidence: UsageLogEvidence | null;
}

/** Where an uncertain report stands among all of them, which are in the order of their fields. `since` in epoch ms. */
export interface UncertainPlace {
  readonly since: number;
  readonly id: string;
  readonly type: ReportType;
}

/** A cursor for clients, who need not understand it. */
export function cursorOf({ since, id, type }: UncertainPlace): string {
  return encodeCursor([since, id, type]);
}

/** The opposite of `cursorOf`. Throws BAD_USER_INPUT for what is no cursor. */
export function parseCursor(cursor: string, argument: string): UncertainPlace {
  return decodeCursor(cursor, argument, placeIn);
}

function placeIn(parts: readonly unknown[]): UncertainPlace | null {
  const [since, id, type] = parts;
  const known = Object.values(ReportType).find((each) => each === type);
  return parts.length === 3 && Number.isSafeInteger(since) && typeof id === 'string' && known
    ? { since: since as number, id, type: known }
    : null;
}
