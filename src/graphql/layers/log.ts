import type { Logger } from 'pino';
import { whenThere, type MaybeAsync } from '../../lib/maybe-async.js';
import { isStream, type Door, type Layer, type Outcome, type Receive, type ReceivedRequest } from '../operation.js';

const LONGEST_NAME = 100;

/**
 * One log line per request, also for one that was refused: the client's name, the operation's name and kind, duration and
 * error codes, but never its content. A subscription is logged when it has started.
 */
export function logRequests(log: Logger): Layer<Receive> {
  function write({ startedAt }: ReceivedRequest, { definition, results }: Outcome, client: string | null): void {
    const errors = isStream(results) ? undefined : results.errors;
    log.info(
      {
        operation: definition?.name?.value.slice(0, LONGEST_NAME) ?? null,
        kind: definition?.operation ?? null,
        client,
        ms: Math.round(performance.now() - startedAt),
        errors: errors ? [...new Set(errors.map(({ extensions }) => extensions?.['code']))] : [],
      },
      'operation',
    );
  }

  return (next) => (request) =>
    whenThere(next(request), (outcome) => {
      if (!log.isLevelEnabled('info')) return outcome;
      return whenThere(clientOf(request.door), (client) => {
        write(request, outcome, client);
        return outcome;
      });
    });
}

/** Null: nobody, which is why it was refused. */
function clientOf(door: Door): MaybeAsync<string | null> {
  try {
    const client = door.identify();
    return client instanceof Promise
      ? client.then(
          ({ name }) => name,
          () => null,
        )
      : client.name;
  } catch {
    return null;
  }
}
