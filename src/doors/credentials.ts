import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticate, Credentials } from '../graphql/authenticate.js';
import type { Client } from '../model/client.js';

/** Whose the credentials are, found out on first use and at most once. */
export function identifyOnce(authenticate: Authenticate, credentials: Credentials): () => Promise<Client> {
  let client: Promise<Client> | undefined;
  return () => (client ??= (async () => (await authenticate(credentials)).client)());
}

export function credentialsInHeaders(headers: IncomingHttpHeaders): Credentials {
  const { 'x-api-key': apiKey, authorization } = headers;
  return { apiKey: typeof apiKey === 'string' ? apiKey : null, authorization: authorization ?? null };
}
