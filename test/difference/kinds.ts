import { ALLOWED_ORIGIN, type ClientName } from './transmissions.ts';

/** A world has clients for so many cases. */
export const MOST_CASES = 100;

/** A way to run servers, and who asks them. */
export interface Kind {
  readonly settings: Readonly<Record<string, string>>;
  /** Whether what is left of a client's points can be found out. */
  readonly pointsLeft: boolean;
  /** The headers of a client in the case with this number. */
  headers(client: ClientName, number: number): Readonly<Record<string, string>>;
  /** The same for a socket. */
  params(client: ClientName, number: number): object | null;
  /** The headers of an operator that sends none of the requests that are compared. */
  operator(number: number): Readonly<Record<string, string>>;
  /** The headers of one that may buy. */
  buyer(number: number): Readonly<Record<string, string>>;
}

/** Everybody may do everything, as often as they like. */
const OPEN: Kind = {
  settings: { CORS_ORIGINS: '*', INTROSPECTION: 'true' },
  pointsLeft: false,
  headers: () => ({}),
  params: () => null,
  operator: () => ({}),
  buyer: () => ({}),
};

const NAMES = ['fresh', 'reader', 'operator', 'buyer', 'steward'] as const;
const NUMBERS = Array.from({ length: MOST_CASES + 1 }, (_, number) => number);

function keyOf(name: string, number: number): string {
  return `a-long-key-of-${name}-${number}`;
}

function headerOf(name: string, number: number): Readonly<Record<string, string>> {
  return { 'x-api-key': keyOf(name, number) };
}

/** Clients have keys, roles, a budget and few points. */
const WITH_KEYS: Kind = {
  settings: {
    AUTH_MODE: 'api-key',
    API_KEYS: NUMBERS.flatMap((number) => NAMES.map((name) => `${name}${number}:${keyOf(name, number)}`)).join(','),
    OPERATORS: NUMBERS.flatMap((number) => [`operator${number}`, `steward${number}`]).join(','),
    READERS: NUMBERS.map((number) => `reader${number}`).join(','),
    BUDGET_REPORTS_PER_DAY: '3',
    RATE_LIMIT_MAX: '10',
    RATE_LIMIT_WINDOW_MS: '86400000',
    CORS_ORIGINS: ALLOWED_ORIGIN,
    INTROSPECTION: 'false',
  },
  pointsLeft: true,
  headers: (client, number) => (client === 'nobody' ? {} : headerOf(client, number)),
  params: (client, number) => (client === 'nobody' ? null : { apiKey: keyOf(client, number) }),
  operator: (number) => headerOf('steward', number),
  buyer: (number) => headerOf('buyer', number),
};

export const KINDS: readonly Kind[] = [OPEN, OPEN, WITH_KEYS];
