import type { GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { whenThere } from '../../lib/maybe-async.js';
import { isStream, type Door, type Layer, type Outcome, type Receive } from '../operation.js';
import { ResultStream } from '../result-stream.js';

/** What became of one request. */
interface AnsweredRequest {
  readonly door: Door['name'];
  /** As the client named it. Null: it has no name, or was refused before that was known. */
  readonly operation: string | null;
  /** Null: it was refused before that was known. */
  readonly kind: OperationTypeNode | null;
  /** Of its errors, each once. */
  readonly codes: readonly string[];
  readonly seconds: number;
  /** How it was answered without being executed; undefined: it was not. */
  readonly stored: Outcome['stored'];
}

/** Is told of requests, to count them. */
export interface RequestObserver {
  /** A request has its result, or its subscription has started. */
  answered(request: AnsweredRequest): void;
  /** A subscription has started; the returned function is called once, when it is over. */
  subscribed(door: Door['name']): () => void;
}

/** Every request is counted, whatever becomes of it. */
export function observeRequests(observer: RequestObserver): Layer<Receive> {
  return (next) => (request) =>
    whenThere(next(request), (outcome) => {
      const { definition, results } = outcome;
      const door = request.door.name;
      const errors = isStream(results) ? undefined : results.errors;
      observer.answered({
        door,
        operation: definition?.name?.value ?? null,
        kind: definition?.operation ?? null,
        codes: errors ? [...new Set(errors.map(codeOf))] : [],
        seconds: (performance.now() - request.startedAt) / 1_000,
        stored: outcome.stored,
      });
      return isStream(results)
        ? { ...outcome, results: ResultStream.of(results).whenOver(observer.subscribed(door)) }
        : outcome;
    });
}

function codeOf({ extensions }: GraphQLFormattedError): string {
  const code: unknown = extensions?.['code'];
  return typeof code === 'string' ? code : 'NONE';
}
