import type { Documents } from '../documents.js';
import type { AuthenticatedRequest, Layer, Receive } from '../operation.js';
import { automaticText } from '../persisted/automatic.js';
import type { Safelist } from '../persisted/safelist.js';

export interface PersistedOperationsOptions {
  readonly documents: Documents;
  /** The list that holds now; null: clients may send any operation. */
  readonly safelist: (() => Safelist) | null;
}

/** What a request names becomes the text that it stands for: later layers, and doors, see a request with its whole text. */
export function persistedOperations({
  documents,
  safelist,
}: PersistedOperationsOptions): Layer<Receive<AuthenticatedRequest>> {
  return (next) => (request) => {
    const { query: text, documentId: id = null } = request;
    if (safelist) return next({ ...request, query: safelist().textOf(text, id) });
    return next(id === null ? request : { ...request, query: automaticText(documents, text, id) });
  };
}
