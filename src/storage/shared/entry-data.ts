import type { Entry, State } from '../../datasources/reports/ledger.js';

/**
 * The fields of an entry's state as the ledger's file keeps them. The keys belong to the file, which older releases read
 * too, so none of them may change: what is a `response` in the model is an `answer` here.
 */
export function dataOf({ reportId: _id, type: _type, version: _version, at: _at, ...state }: Entry): string {
  return JSON.stringify(storedState(state));
}

/** The state that `dataOf` wrote, in this release or an earlier one. */
export function stateOf(data: string): State {
  return renamed(JSON.parse(data) as object, 'answer', 'response') as State;
}

function storedState(state: State): object {
  return renamed(state, 'response', 'answer');
}

/** The state with this key renamed in every purchase that it keeps. */
function renamed(kept: object, from: string, to: string): object {
  if (!(from in kept) && !('doubt' in kept && kept.doubt) && !('earlier' in kept)) return kept;
  return Object.fromEntries(
    Object.entries(kept).map(([key, value]: [string, unknown]) => {
      if (key === from) return [to, value];
      if (key === 'doubt' && value) return [key, renamed(value, from, to)];
      if (key === 'earlier' && Array.isArray(value)) {
        return [key, value.map((each: object) => renamed(each, from, to))];
      }
      return [key, value];
    }),
  );
}
