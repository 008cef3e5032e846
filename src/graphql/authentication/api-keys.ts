import { timingSafeEqual } from 'node:crypto';
import { sha256Of, type ApiKey } from '../../lib/api-keys.js';
import { bearerToken, unauthenticated, type Authenticate } from './authenticate.js';
import type { ClientNamed } from './roles.js';

export interface ApiKeyOptions {
  /** Those that are accepted at this moment: another array as soon as they are others. */
  readonly keys: () => readonly ApiKey[];
  readonly clientNamed: ClientNamed;
}

/** AUTH_MODE=api-key: a key of a list, as `x-api-key` or as a bearer token. */
export function authenticateByApiKey({ keys, clientNamed }: ApiKeyOptions): Authenticate {
  return (credentials) => {
    const given = credentials.apiKey ?? bearerToken(credentials);
    if (!given) throw unauthenticated('An API key is required: as `x-api-key`, or as `authorization: Bearer <key>`.');
    const sha256 = sha256Of(given);
    let accepted = keys();
    const name = ownerOf(sha256, accepted);
    if (name === null) throw unauthenticated('The API key is not known.');

    return {
      client: clientNamed(name),
      ended() {
        const now = keys();
        if (now === accepted) return null;
        // Whoever has the key now, it is not the client that this one was.
        if (ownerOf(sha256, now) !== name) return unauthenticated('The API key is not known any more.');
        accepted = now;
        return null;
      },
    };
  };
}

/**
 * Compares with every key, so that the time it takes says neither how much of a key was right nor whose it is. The hashes
 * of two keys that differ in one character have nothing in common.
 */
function ownerOf(sha256: Buffer, keys: readonly ApiKey[]): string | null {
  let owner: string | null = null;
  for (const key of keys) {
    if (timingSafeEqual(sha256, key.sha256)) owner = key.name;
  }
  return owner;
}
