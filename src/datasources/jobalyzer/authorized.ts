import type { CallKind, CallLog } from './call-log.js';
import type { Share } from '../../lib/fair-slots.js';
import type { HttpPool } from './connection-pool.js';
import type { HttpOutcome, HttpRequest } from './http.js';
import type { TokenSource } from './token.js';

/** What has to happen before a request is sent. Each runs once; if it fails, nothing is sent. */
interface Preparation {
  /** When a token and a connection slot are available. */
  readonly beforeConnect: () => void;
  /** When there is a connection, before any byte is written to it. */
  readonly beforeSend: () => Promise<void>;
}

/** A request that needs a token, and where it is sent. */
export interface AuthorizedCall {
  readonly call: CallKind;
  readonly pool: HttpPool;
  readonly request: HttpRequest;
  readonly preparation?: Preparation;
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
  { call, pool, request, preparation, heldUntil, share }: AuthorizedCall,
  tokens: TokenSource,
  signal: AbortSignal,
  logged: CallLog,
): Promise<HttpOutcome> {
  return pool.withConnection(
    signal,
    async (send) => {
      const attempt = async (prepared?: Preparation): Promise<HttpOutcome> => {
        const token = await tokens.get(signal);
        prepared?.beforeConnect();
        const { tookMs, ...waiting } = timed(prepared?.beforeSend);
        const headers = { ...request.headers, authorization: `Bearer ${token.value}` };
        const outcome = await logged(call, send({ ...request, ...waiting, headers }), tookMs);
        if (isUnauthorized(outcome)) tokens.markRejected(token);
        else if (outcome.kind === 'response') tokens.markAccepted(token);
        return outcome;
      };
      const first = await attempt(preparation);
      return isUnauthorized(first) ? attempt() : first;
    },
    heldUntil,
    share,
  );
}

/** The work, and how long it took so far, in milliseconds. */
function timed(work?: () => Promise<void>): { whenConnected?: () => Promise<void>; tookMs: () => number } {
  let tookMs = 0;
  if (!work) return { tookMs: () => tookMs };
  return {
    async whenConnected() {
      const startedAt = performance.now();
      await work();
      tookMs = performance.now() - startedAt;
    },
    tookMs: () => tookMs,
  };
}

function isUnauthorized(outcome: HttpOutcome): boolean {
  return outcome.kind === 'response' && outcome.status === 401;
}
