import { z } from 'zod';
import { parseApiKeys } from '../lib/api-keys.js';
import {
  namesWithoutKey,
  unknownNames,
  type Authentication,
  type AuthenticationMode,
  type Roles,
} from '../model/authentication.js';
import { ANONYMOUS } from '../model/client.js';
import { keysUrl, names, text } from './kinds.js';

const MODES = ['none', 'api-key', 'jwt'] as const;
/** Where keys protect money. In a trial with invented figures any will do. */
const LEAST_KEY_LENGTH = 16;

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
    const unknown = unknownNames(namedIn(parsed), (name) => name === ANONYMOUS);
    problems.push(...unknown.map((found) => `${found}; without AUTH_MODE everybody is ${ANONYMOUS}.`));
  }
  return problems;
}

function keyProblems(parsed: AuthenticationSettings, real: boolean): string[] {
  const { API_KEYS: list, API_KEYS_FILE: file } = parsed;
  const { keys, problems } = list === undefined ? NO_KEYS : parseApiKeys(list, leastKeyLength(real));
  if (problems.length > 0) return problems.map((problem) => `API_KEYS ${problem}.`);
  // The file has more names; whoever reads it looks for them.
  return file === undefined ? namesWithoutKey(keys, namedIn(parsed)) : [];
}

function namedIn({ OPERATORS: operators = [], READERS: readers = [] }: AuthenticationSettings): Roles {
  return { operators, readers };
}

const NO_KEYS = { keys: [], problems: [] };

export function authenticationOf(parsed: AuthenticationSettings, real: boolean): Authentication {
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
