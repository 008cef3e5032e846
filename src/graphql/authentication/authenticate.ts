import { ApiError } from '../../errors.js';
import { ANONYMOUS, type Client } from '../../model/client.js';
import type { ClientNamed } from './roles.js';

/** What a request has to say who sent it, as received. */
export interface Credentials {
  /** Null: none. */
  readonly apiKey: string | null;
  /** With its scheme, such as `Bearer`. Null: none. */
  readonly authorization: string | null;
}

/** A client, and for how long its credentials prove it. */
export interface Identity {
  readonly client: Client;
  /** Why the credentials prove nothing any more: what stays open by them is to be closed. Null: they still do. */
  ended(): ApiError | null;
}

/** Finds out whose the credentials are. Throws an ApiError with UNAUTHENTICATED if they are nobody's. */
export type Authenticate = (credentials: Credentials) => Identity | Promise<Identity>;

/** AUTH_MODE=none: everybody is one and the same client. */
export function authenticateNobody(clientNamed: ClientNamed): Authenticate {
  const anonymous: Identity = { client: clientNamed(ANONYMOUS), ended: () => null };
  return () => anonymous;
}

/** The token in an `authorization` with the scheme `Bearer`; null if there is none. */
export function bearerToken({ authorization }: Credentials): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}

export function unauthenticated(message: string): ApiError {
  return new ApiError('UNAUTHENTICATED', message);
}
