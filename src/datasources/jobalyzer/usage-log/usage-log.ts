import type { UsageLogRow } from '../../../model/usage-log.js';

/** A row with what tells whose it is. */
export interface LoggedReport extends UsageLogRow {
  /** As of `requestKeyOf`. Null: its REQUEST cannot be read as a request for reports. */
  readonly requestKey: string | null;
  /** The JSON of the report, as it is in the row. Null: it is blank, or not one of those that are wanted. */
  readonly response: string | null;
  /** Whose request it was. Null: the log does not say. */
  readonly clientId: string | null;
  /** Of the report, from 0 to 1. Null: the row has none that can be read. */
  readonly rating: number | null;
}

export interface UsageLogQuery {
  /** Rows recorded before this are not handed over, epoch ms. Default: from the first one on. */
  readonly since?: number;
  /** Rows recorded at this or later are not handed over, epoch ms. Default: none is too late. */
  readonly until?: number;
  /** The keys of the requests whose rows come with their response. Default: none. */
  readonly wanted?: ReadonlySet<string>;
}

interface UsageLogRead {
  /** When its reading began; what was recorded later may be in it or not. */
  readonly readAt: Date;
}

/** Upstream's usage log: what it received and delivered, a row for each report. */
export interface UsageLog {
  /**
   * Reads all of it once, in memory that does not grow with it, and gives each row within the period to `each`, with
   * those that do not say when they were recorded. Only when it has resolved, what `each` was given is known to be of a whole
   * log: nothing may be decided before. Throws UsageLogUnreadable, what `each` throws, or the signal's reason.
   */
  read(query: UsageLogQuery, each: (row: LoggedReport) => void, signal: AbortSignal): Promise<UsageLogRead>;
}

/** The log could not be read, or not as a whole; nothing in it may be used. The message says why, and quotes nothing of it. */
export class UsageLogUnreadable extends Error {
  override readonly name = 'UsageLogUnreadable';
}
