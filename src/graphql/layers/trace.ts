import type { Tracing } from '../../lib/tracing.js';
import { isStream, type Layer, type Receive } from '../operation.js';

/** Every request is a span, of the trace that the client says it belongs to. That of a subscription is its start. */
export function traceRequests(tracing: Tracing): Layer<Receive> {
  return (next) => (request) =>
    tracing.continued(request.traceparent, () =>
      tracing.span('operation', async (set) => {
        const outcome = await next(request);
        const { definition, results } = outcome;
        const errors = isStream(results) ? [] : (results.errors ?? []);
        const codes = new Set(
          errors.map(({ extensions }) => extensions?.['code']).filter((code) => typeof code === 'string'),
        );
        set(definition && [definition.operation, definition.name?.value].join(' ').trim().slice(0, 100), {
          door: request.door.name,
          'request.id': request.requestId,
          ...(codes.size > 0 && { 'error.codes': [...codes].join(' ') }),
        });
        return outcome;
      }),
    );
}
