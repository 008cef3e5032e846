import type { EntryIn, State } from '../../datasources/reports/ledger.js';
import type { ReportsRequest } from '../../model/report.js';
import { stateOf } from './entry-data.js';
import { faultOfState } from './stored-state.js';

/** What may be missing in a row that can be read all the same. */
const DEFAULTS: Partial<Record<State['state'], Readonly<Record<string, unknown>>>> = {
  ABSENT: { failure: null },
  INTENT: { doubt: null },
  SENDING: { response: null, doubt: null },
  LINKED: { warnings: [], attempt: 0, faults: 0, nextPollAt: null, retryAfterMs: null },
  COLLECTED: { rating: null, warnings: [], attempt: 0 },
  FAILED: { attempt: 0 },
};

/** The state in the data of a row that was stored `at` (epoch ms), or what is wrong with it. */
export function readState(data: string, at: number): { readonly state: State } | { readonly fault: string } {
  try {
    const state = completed(stateOf(data), at);
    const fault = faultOfState(state);
    return fault === null ? { state } : { fault };
  } catch {
    return { fault: 'has data that cannot be read' };
  }
}

function completed(stored: State, at: number): State {
  const defaults = stored.state === 'UNCERTAIN' ? { response: null, since: at } : DEFAULTS[stored.state];
  const present = Object.entries(stored).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(present) } as State;
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
