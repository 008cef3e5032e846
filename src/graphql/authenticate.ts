import { ANONYMOUS, type Client } from '../model/client.js';

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
  /** False once the credentials have expired or were withdrawn: what stays open by them is to be closed. */
  isValid(): boolean;
}

/** Finds out whose the credentials are. Throws an ApiError with UNAUTHENTICATED if they are nobody's. */
export type Authenticate = (credentials: Credentials) => Identity | Promise<Identity>;

/** Everybody is one and the same client. */
export function authenticateNobody(): Authenticate {
  const anonymous: Identity = {
    client: { name: ANONYMOUS, operator: true, mayBuy: true },
    isValid: () => true,
  };
  return () => anonymous;
}
