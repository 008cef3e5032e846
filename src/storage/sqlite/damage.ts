import type { EntryIn, State } from '../../datasources/reports/ledger.js';
import type { ReportsRequest } from '../../model/report.js';
import { stateOf } from './entry-data.js';
import { faultOfState } from './stored-state.js';

/** The state in the data of a row, or what is wrong with it. */
export function readState(data: string): { readonly state: State } | { readonly fault: string } {
  try {
    const state = stateOf(data);
    const fault = faultOfState(state);
    return fault === null ? { state } : { fault };
  } catch {
    return { fault: 'has data that cannot be read' };
  }
}

/** Null if it cannot be read. */
export function readRequest(request: string): ReportsRequest | null {
  try {
    const read = JSON.parse(request) as Partial<ReportsRequest> | null;
    return read !== null && typeof read.answers === 'object' && read.answers !== null ? (read as ReportsRequest) : null;
  } catch {
    return null;
  }
}

/** What is known of a purchase whose entry cannot be read: it may have been made. `at`: when it was last stored. */
export function asUncertain(at: number): Omit<EntryIn<'UNCERTAIN'>, 'reportId' | 'type' | 'version' | 'at'> {
  const message = 'What this server had stored of it is damaged.';
  return { state: 'UNCERTAIN', failure: { code: 'STORE_UNAVAILABLE', message }, response: null, since: at };
}
