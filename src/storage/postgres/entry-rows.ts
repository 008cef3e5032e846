import type { Entry } from '../../datasources/reports/ledger.js';
import type { ReportType } from '../../model/report.js';
import { asUncertain, readState } from '../shared/damage.js';
import { FORMATS } from '../shared/formats.js';

/** The first of `FORMATS` that reads an entry's data as this release writes it. */
export const ENTRY_FORMAT = 1;

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
  readonly reportId: string;
  readonly type: ReportType;
  /** What is wrong with it, as the end of a sentence about the row. */
  readonly fault: string;
}

/** Reads rows; `onUnreadable` is called once for each that cannot be. */
export function createRowReader(onUnreadable: (row: UnreadableRow) => void): (row: EntryRow) => Entry {
  const told = new Set<string>();

  function complain(row: UnreadableRow): void {
    const key = `${row.reportId}:${row.type}`;
    if (told.has(key)) return;
    told.add(key);
    onUnreadable(row);
  }

  return ({ report_id: reportId, type, version, at, format, data }) => {
    const time = Number(at);
    const read = format > FORMATS.length ? { fault: 'was written by a newer release' } : readState(data, time);
    if ('state' in read) return { reportId, type, version, at: time, ...read.state };
    complain({ reportId, type, fault: read.fault });
    return { reportId, type, version, at: time, ...asUncertain(time) };
  };
}
