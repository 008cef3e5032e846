import type { Logger } from 'pino';
import { isStream, type GraphQLRequest, type Layer, type Receive } from '../operation.js';

const LONGEST_NAME = 100;

/**
 * One log line per request, also for one that was refused: the client's name, the operation's name and kind, duration and
 * error codes, but never its content. A subscription is logged when it has started.
 */
export function logRequests(log: Logger): Layer<Receive> {
  return (next) => async (request) => {
    const outcome = await next(request);
    if (!log.isLevelEnabled('info')) return outcome;
    const { definition, results } = outcome;
    const errors = isStream(results) ? [] : (results.errors ?? []);
    log.info(
      {
        operation: definition?.name?.value.slice(0, LONGEST_NAME) ?? null,
        kind: definition?.operation ?? null,
        client: await clientOf(request),
        ms: Math.round(performance.now() - request.startedAt),
        errors: [...new Set(errors.map(({ extensions }) => extensions?.['code']))],
      },
      'operation',
    );
    return outcome;
  };
}

/** Null: nobody, which is why it was refused. */
async function clientOf({ door }: GraphQLRequest): Promise<string | null> {
  try {
    return (await door.identify()).name;
  } catch {
    return null;
  }
}
