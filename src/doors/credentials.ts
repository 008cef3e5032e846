import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticate, Credentials, Identity } from '../graphql/authentication/authenticate.js';
import type { MaybeAsync } from '../lib/maybe-async.js';

/** Whose the credentials are, found out on first use and at most once. */
export function identifyOnce(authenticate: Authenticate, credentials: Credentials): () => MaybeAsync<Identity> {
  let identity: MaybeAsync<Identity> | undefined;
  let nobody: { readonly error: unknown } | undefined;
  return () => {
    if (nobody) throw nobody.error;
    try {
      return (identity ??= authenticate(credentials));
    } catch (error) {
      nobody = { error };
      throw error;
    }
  };
}

export function credentialsInHeaders(headers: IncomingHttpHeaders): Credentials {
  return { apiKey: textOrNull(headers['x-api-key']), authorization: textOrNull(headers.authorization) };
}

/** What nobody needs who says nothing, or has said it. */
export const NO_CREDENTIALS: Credentials = { apiKey: null, authorization: null };

/**
 * Those of a `connection_init`, where browsers send what they cannot send as headers: `apiKey`, or either header under its
 * own name in any letter case. Without them, those of the request that opened the socket.
 */
export function credentialsOfSocket(params: unknown, ofRequest: Credentials): Credentials {
  const given = typeof params === 'object' && params !== null ? Object.entries(params) : [];
  const named = new Map(given.map(([name, value]) => [name.toLowerCase(), textOrNull(value)]));
  const apiKey = named.get('apikey') ?? named.get('x-api-key') ?? null;
  const authorization = named.get('authorization') ?? null;
  return apiKey === null && authorization === null ? ofRequest : { apiKey, authorization };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

const LOOK_EVERY_MS = 1_000;

/** Looks every second at what is open by credentials, and has it ended where they prove nothing any more. */
export function endWithCredentials<Open>(
  open: Iterable<Open>,
  identityOf: (each: Open) => Identity | null,
  end: (each: Open, reason: string) => void,
): () => void {
  const looking = setInterval(() => {
    for (const each of open) {
      const ended = identityOf(each)?.ended();
      if (ended) end(each, ended.message);
    }
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(looking);
}
