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
  const stored = JSON.parse(data) as StoredState;
  switch (stored.state) {
    case 'INTENT':
      return { ...stored, doubt: stored.doubt && read(stored.doubt) };
    case 'SENDING':
      return { ...read(stored), doubt: stored.doubt && read(stored.doubt) };
    case 'UNCERTAIN':
      return read(stored);
    default:
      return stored;
  }
}

type Stored<T> = T extends { readonly response: string | null } ? Omit<T, 'response'> & { answer: string | null } : T;
type StoredDoubt<T> = T extends { readonly doubt: infer D } ? Omit<T, 'doubt'> & { doubt: Stored<D> } : T;
type StoredState = StoredDoubt<Stored<State>>;

function storedState(state: State): StoredState {
  switch (state.state) {
    case 'INTENT':
      return { ...state, doubt: state.doubt && stored(state.doubt) };
    case 'SENDING':
      return { ...stored(state), doubt: state.doubt && stored(state.doubt) };
    case 'UNCERTAIN':
      return stored(state);
    default:
      return state;
  }
}

function stored<T extends { readonly response: string | null }>({ response, ...rest }: T) {
  return { ...rest, answer: response };
}

function read<T extends { readonly answer: string | null }>({ answer, ...rest }: T) {
  return { ...rest, response: answer };
}
