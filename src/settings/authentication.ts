import { z } from 'zod';
import { parseApiKeys, type ApiKey } from '../lib/api-keys.js';
import { keysUrl, names, text } from './kinds.js';

/** Who may enter, and as what. */
export interface AuthenticationConfig {
  readonly mode: AuthenticationMode;
  /** Names of clients that see usage and settle what is uncertain; `*` for everybody. */
  readonly operators: '*' | readonly string[];
  /** Names of clients that never buy. */
  readonly readers: readonly string[];
}

type AuthenticationMode =
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

const MODES = ['none', 'api-key', 'jwt'] as const;
/** Where keys protect money. In a trial with invented figures any will do. */
const LEAST_KEY_LENGTH = 16;
/** Everybody's name without authentication. */
const ANONYMOUS = 'anonymous';

/** The settings of this concern. */
export const authenticationSettings = {
  AUTH_MODE: z.enum(MODES, { error: `must be one of ${MODES.join(', ')}` }).optional(),
  API_KEYS: text.optional(),
  API_KEYS_FILE: text.optional(),
  JWT_JWKS_URL: keysUrl.optional(),
  JWT_ISSUER: text.optional(),
  JWT_AUDIENCE: text.optional(),
  OPERATORS: names.optional(),
  READERS: names.optional(),
};

export type AuthenticationSettings = {
  readonly [K in keyof typeof authenticationSettings]?: z.output<(typeof authenticationSettings)[K]>;
};

type Name = keyof AuthenticationSettings;
const BY_MODE: Readonly<Record<(typeof MODES)[number], readonly Name[]>> = {
  none: [],
  'api-key': ['API_KEYS', 'API_KEYS_FILE'],
  jwt: ['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'],
};
const OF_SOME_MODE: readonly Name[] = Object.values(BY_MODE).flat();

/** What contradicts what. `real`: every client can spend money. */
export function authenticationProblems(parsed: AuthenticationSettings, real: boolean): readonly string[] {
  const mode = parsed.AUTH_MODE ?? 'none';
  const used = BY_MODE[mode];
  const problems = OF_SOME_MODE.filter((name) => parsed[name] !== undefined && !used.includes(name)).map((name) => {
    const owner = MODES.find((each) => BY_MODE[each].includes(name));
    return `${name} has no effect without AUTH_MODE=${owner}; set that, or remove it.`;
  });
  const missing = used.filter((name) => parsed[name] === undefined);
  if (mode === 'jwt' && missing.length > 0) problems.push(`${missing.join(', ')} must be set with AUTH_MODE=jwt.`);
  if (mode === 'api-key') {
    if (missing.length === used.length) problems.push('API_KEYS or API_KEYS_FILE must be set with AUTH_MODE=api-key.');
    else problems.push(...keyProblems(parsed, real));
  }
  if (mode === 'none' && problems.length === 0) {
    const known = (name: string): boolean => name === ANONYMOUS;
    problems.push(
      ...unknownNames(parsed, known).map((found) => `${found}; without AUTH_MODE everybody is ${ANONYMOUS}.`),
    );
  }
  return problems;
}

function keyProblems(parsed: AuthenticationSettings, real: boolean): string[] {
  const { API_KEYS: list, API_KEYS_FILE: file, OPERATORS: operators = [], READERS: readers = [] } = parsed;
  const { keys, problems } = list === undefined ? NO_KEYS : parseApiKeys(list, leastKeyLength(real));
  if (problems.length > 0) return problems.map((problem) => `API_KEYS ${problem}.`);
  // The file has more names; whoever reads it looks for them.
  return file === undefined ? namesWithoutKey(keys, { operators, readers }) : [];
}

const NO_KEYS = { keys: [], problems: [] };

/** A sentence for each setting that names clients which have no key. */
export function namesWithoutKey(
  keys: readonly ApiKey[],
  { operators, readers }: Pick<AuthenticationConfig, 'operators' | 'readers'>,
): string[] {
  const known = new Set(keys.map(({ name }) => name));
  const named = { OPERATORS: operators === '*' ? [] : operators, READERS: readers };
  return unknownNames(named, (name) => known.has(name)).map((found) => `${found}, for whom there is no key.`);
}

/** The beginning of a sentence for each setting that names clients nobody knows. */
function unknownNames(
  named: Pick<AuthenticationSettings, 'OPERATORS' | 'READERS'>,
  isKnown: (name: string) => boolean,
): string[] {
  return (['OPERATORS', 'READERS'] as const).flatMap((setting) => {
    const unknown = (named[setting] ?? []).filter((name) => !isKnown(name));
    return unknown.length === 0 ? [] : [`${setting} has ${unknown.map((name) => JSON.stringify(name)).join(', ')}`];
  });
}

export function authenticationOf(parsed: AuthenticationSettings, real: boolean): AuthenticationConfig {
  return Object.freeze({
    mode: Object.freeze(modeOf(parsed, real)),
    operators: parsed.OPERATORS ?? (real ? Object.freeze([]) : '*'),
    readers: parsed.READERS ?? Object.freeze([]),
  });
}

function modeOf(parsed: AuthenticationSettings, real: boolean): AuthenticationMode {
  switch (parsed.AUTH_MODE ?? 'none') {
    case 'none':
      return { kind: 'none' };
    case 'api-key': {
      const least = leastKeyLength(real);
      const keys = parsed.API_KEYS === undefined ? [] : parseApiKeys(parsed.API_KEYS, least).keys;
      return {
        kind: 'api-key',
        keys: Object.freeze(keys),
        keysFile: parsed.API_KEYS_FILE ?? null,
        leastKeyLength: least,
      };
    }
    case 'jwt': {
      const { JWT_JWKS_URL: url = '', JWT_ISSUER: issuer = '', JWT_AUDIENCE: audience = '' } = parsed;
      return { kind: 'jwt', jwksUrl: url, issuer, audience };
    }
  }
}

function leastKeyLength(real: boolean): number {
  return real ? LEAST_KEY_LENGTH : 1;
}
