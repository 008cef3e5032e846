import type { CallKind, CallLog } from './call-log.js';
import type { Share } from '../../lib/fair-slots.js';
import type { HttpPool } from './connection-pool.js';
import type { HttpOutcome, HttpRequest } from './http.js';
import type { TokenSource } from './token.js';

/** A request that needs a token, and where it is sent. */
export interface AuthorizedCall {
  readonly call: CallKind;
  readonly pool: HttpPool;
  readonly request: HttpRequest;
  /** Runs once, when a token and a connection are available, before any byte is sent; if it rejects, nothing is sent. */
  readonly beforeSend?: () => Promise<void>;
  /** Until then, the connection is not used for another request. */
  readonly heldUntil?: Promise<void>;
  /** Of a request that is safe to repeat and must not delay others. */
  readonly share?: Share;
}

/**
 * Sends the request with a token; after a 401 once more, with a newer token. A token is taken when there is a connection
 * to send the request over, since it may expire in a queue. Throws what the token source throws.
 */
export function sendAuthorized(
  { call, pool, request, beforeSend, heldUntil, share }: AuthorizedCall,
  tokens: TokenSource,
  signal: AbortSignal,
  logged: CallLog,
): Promise<HttpOutcome> {
  return pool.withConnection(
    signal,
    async (send) => {
      const attempt = async (before?: () => Promise<void>): Promise<HttpOutcome> => {
        const token = await tokens.get(signal);
        await before?.();
        const headers = { ...request.headers, authorization: `Bearer ${token.value}` };
        const outcome = await logged(call, send({ ...request, headers }));
        if (isUnauthorized(outcome)) tokens.markRejected(token);
        else if (outcome.kind === 'response') tokens.markAccepted(token);
        return outcome;
      };
      const first = await attempt(beforeSend);
      return isUnauthorized(first) ? attempt() : first;
    },
    heldUntil,
    share,
  );
}

function isUnauthorized(outcome: HttpOutcome): boolean {
  return outcome.kind === 'response' && outcome.status === 401;
}
