import { Secret } from '../lib/secret.js';
import { integer, text } from './kinds.js';

const databaseUrl = text.refine(
  isDatabaseUrl,
  'must be the URL of a PostgreSQL database, such as postgres://user:password@db.example:5432/jobalyzer?sslmode=verify-full',
);

/** The settings of this concern. */
export const databaseSettings = {
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_LISTEN_URL: databaseUrl.optional(),
  DATABASE_PASSWORD_FILE: text.optional(),
  DATABASE_SCHEMA: text
    .regex(/^[a-z_][a-z0-9_]{0,39}$/, 'must be a name of at most 40 small letters, digits and underscores')
    .refine(
      (name) => !name.startsWith('pg_') && name !== 'information_schema',
      'must be neither information_schema nor begin with pg_, which PostgreSQL keeps for itself',
    )
    .optional(),
  DATABASE_POOL: integer(2, 50).default(8),
  LEASE_MS: integer(3_000, 120_000).default(15_000),
};

/** The database that processes share. */
export interface DatabaseConfig {
  readonly url: Secret;
  /** Where notifications are received; null: at `url`. */
  readonly listenUrl: Secret | null;
  /** Where the password of both is. Null: in the URLs, if there is one. */
  readonly passwordFile: string | null;
  readonly schema: string;
  /** Connections for work; there are two more. */
  readonly connections: number;
  /** A process without a sign of life for so long is dead for the others. */
  readonly leaseMs: number;
}

interface Parsed {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_LISTEN_URL?: string | undefined;
  readonly DATABASE_PASSWORD_FILE?: string | undefined;
  readonly DATABASE_SCHEMA?: string | undefined;
  readonly DATABASE_POOL: number;
  readonly LEASE_MS: number;
}

/** Null: the ledger is embedded. Simulated and real reports must never be confused: each kind has its own schema. */
export function databaseOf(parsed: Parsed, simulated: boolean): DatabaseConfig | null {
  if (parsed.DATABASE_URL === undefined) return null;
  return Object.freeze({
    url: new Secret(parsed.DATABASE_URL),
    listenUrl: parsed.DATABASE_LISTEN_URL === undefined ? null : new Secret(parsed.DATABASE_LISTEN_URL),
    passwordFile: parsed.DATABASE_PASSWORD_FILE ?? null,
    schema: parsed.DATABASE_SCHEMA ?? (simulated ? 'jobalyzer_simulated' : 'jobalyzer'),
    connections: parsed.DATABASE_POOL,
    leaseMs: parsed.LEASE_MS,
  });
}

/** Problems of settings that mean nothing without the database. `given`: what is written, valid or not. */
export function databaseProblems(given: (name: string) => string | undefined): readonly string[] {
  if (given('DATABASE_URL') !== undefined) return passwordProblems(given);
  return ['DATABASE_LISTEN_URL', 'DATABASE_PASSWORD_FILE', 'DATABASE_SCHEMA', 'DATABASE_POOL', 'LEASE_MS']
    .filter((name) => given(name) !== undefined)
    .map((name) => `${name} has no effect without DATABASE_URL; set that, or remove it.`);
}

/** A password in a URL would be used for one of two connections, or for none: nobody means that. */
function passwordProblems(given: (name: string) => string | undefined): readonly string[] {
  if (given('DATABASE_PASSWORD_FILE') === undefined) return [];
  return ['DATABASE_URL', 'DATABASE_LISTEN_URL']
    .filter((name) => (URL.parse(given(name) ?? '')?.password ?? '') !== '')
    .map((name) => `DATABASE_PASSWORD_FILE is set, and ${name} has a password too; remove one of them.`);
}

function isDatabaseUrl(value: string): boolean {
  const parsed = URL.parse(value);
  return parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol) && parsed.hostname !== '';
}
