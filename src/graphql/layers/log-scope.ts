import { currentLogScope, inLogScope } from '../../lib/log-scope.js';
import { whenThere } from '../../lib/maybe-async.js';
import { isStream, type Receive } from '../operation.js';
import { ResultStream } from '../result-stream.js';

/** Every line that is logged for a request has its id, also those for the events of a subscription. */
export function logWithRequestId(next: Receive): Receive {
  return (request) =>
    inLogScope({ requestId: request.requestId }, () =>
      whenThere(next(request), (outcome) =>
        isStream(outcome.results)
          ? { ...outcome, results: ResultStream.of(outcome.results).within(currentLogScope()) }
          : outcome,
      ),
    );
}
