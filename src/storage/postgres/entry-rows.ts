import type { Entry } from '../../datasources/reports/ledger.js';
import type { LedgerFormat } from '../../datasources/reports/ports.js';
import type { ReportsRequest, ReportType } from '../../model/report.js';
import { asUncertain, readRequest, readState } from '../shared/damage.js';
import { FORMATS } from '../shared/formats.js';

/** The number of the first of `FORMATS` that reads this entry as this release writes it. */
export function formatOf({ state }: Entry): number {
  const format: LedgerFormat = state === 'ALIAS' ? 'stands-for' : 'first';
  return FORMATS.indexOf(format) + 1;
}

/** As `entries` has it. */
export interface EntryRow {
  readonly report_id: string;
  readonly type: ReportType;
  readonly version: number;
  readonly at: string;
  readonly format: number;
  readonly data: string;
}

/** The columns of an `EntryRow` of the table that is called `alias`. */
export function entryColumns(alias: string): string {
  return ['report_id', 'type', 'version', 'at', 'format', 'data'].map((name) => `${alias}.${name}`).join(', ');
}

/** A row that cannot be read. What it stands for is not bought again by itself. */
export interface UnreadableRow {
  readonly table: 'reports' | 'entries';
  readonly reportId: string;
  /** Null: the row is the report itself. */
  readonly type: ReportType | null;
  /** What is wrong with it, as the end of a sentence about the row. */
  readonly fault: string;
}

/** What is in the columns of rows. */
export interface RowReader {
  entry(row: EntryRow): Entry;
  /** Null if it cannot be read. */
  request(reportId: string, text: string): ReportsRequest | null;
  /** Whether this very version of it could not be read, and counts as uncertain. */
  isUnreadable(entry: Entry): boolean;
}

/** `onUnreadable` is called once for each row that cannot be read. */
export function createRowReader(onUnreadable: (row: UnreadableRow) => void): RowReader {
  /** With the latest version that was met. */
  const told = new Map<string, number>();
  const keyOf = (reportId: string, type: ReportType | null): string => `${reportId}:${type}`;

  function complain(row: UnreadableRow, version: number): void {
    const key = keyOf(row.reportId, row.type);
    if (!told.has(key)) onUnreadable(row);
    told.set(key, version);
  }

  return {
    entry({ report_id: reportId, type, version, at, format, data }) {
      const time = Number(at);
      const read = format > FORMATS.length ? { fault: 'was written by a newer release' } : readState(data, time);
      if ('state' in read) return { reportId, type, version, at: time, ...read.state };
      complain({ table: 'entries', reportId, type, fault: read.fault }, version);
      return { reportId, type, version, at: time, ...asUncertain(time) };
    },

    request(reportId, text) {
      const read = readRequest(text);
      if (read === null) complain({ table: 'reports', reportId, type: null, fault: UNREADABLE_REQUEST }, 0);
      return read;
    },

    isUnreadable: ({ reportId, type, version }) => told.get(keyOf(reportId, type)) === version,
  };
}

const UNREADABLE_REQUEST = 'its request cannot be read';
