import { currentLogScope, inLogScope } from '../../lib/log-scope.js';
import { whenThere } from '../../lib/maybe-async.js';
import { isStream, type Receive, type Result, type Results } from '../operation.js';

/** Every line that is logged for a request has its id, also those for the events of a subscription. */
export function logWithRequestId(next: Receive): Receive {
  return (request) =>
    inLogScope({ requestId: request.requestId }, () =>
      whenThere(next(request), (outcome) =>
        isStream(outcome.results) ? { ...outcome, results: inScope(outcome.results) } : outcome,
      ),
    );
}

/** A door asks for events long after the request. */
function inScope(results: Extract<Results, AsyncIterableIterator<Result>>): Results {
  const run = currentLogScope();
  const scoped: AsyncIterableIterator<Result> = {
    [Symbol.asyncIterator]: () => scoped,
    next: () => run(() => results.next()),
    return: async () => (await run(() => results.return?.())) ?? { done: true, value: undefined },
  };
  return scoped;
}
