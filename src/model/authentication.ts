import type { ApiKey } from '../lib/api-keys.js';

/** Who may enter, and as what. */
export interface Authentication extends Roles {
  readonly mode: AuthenticationMode;
}

/** Names of clients by what they may do. */
export interface Roles {
  /** Names of clients that see usage and settle what is uncertain; `*` for everybody. */
  readonly operators: '*' | readonly string[];
  /** Names of clients that never buy. */
  readonly readers: readonly string[];
}

export type AuthenticationMode =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'api-key';
      readonly keys: readonly ApiKey[];
      /** More keys, which are read again when the file changes; null: none. */
      readonly keysFile: string | null;
      /** How many characters a key has to have. */
      readonly leastKeyLength: number;
    }
  | { readonly kind: 'jwt'; readonly jwksUrl: string; readonly issuer: string; readonly audience: string };

/** A sentence for each setting that names clients which have no key. */
export function namesWithoutKey(keys: readonly ApiKey[], roles: Roles): string[] {
  const known = new Set(keys.map(({ name }) => name));
  return unknownNames(roles, (name) => known.has(name)).map((found) => `${found}, for whom there is no key.`);
}

/** The beginning of a sentence for each setting that names clients nobody knows. */
export function unknownNames({ operators, readers }: Roles, isKnown: (name: string) => boolean): string[] {
  const named = { OPERATORS: operators === '*' ? [] : operators, READERS: readers };
  return Object.entries(named).flatMap(([setting, names]) => {
    const unknown = names.filter((name) => !isKnown(name));
    return unknown.length === 0 ? [] : [`${setting} has ${unknown.map((name) => JSON.stringify(name)).join(', ')}`];
  });
}
