import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';

/** All the process is told from outside, checked and frozen. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Null: the embedded simulator stands in. */
  readonly jobalyzer: JobalyzerAccount | null;
  readonly apiVersion: 'v1' | 'v2';
  readonly dataDir: string;
  readonly reportWaitMs: number;
  readonly reportTtlMs: number;
  /** Origins whose pages may read answers; `*` for any. */
  readonly corsOrigins: '*' | readonly string[];
  readonly playground: boolean;
  readonly introspection: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Where the real service is, and as whom to ask it. */
export interface JobalyzerAccount {
  readonly apiUrl: string;
  readonly authUrl: string;
  readonly apiVersion: 'v1' | 'v2';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly customerId: string;
}

/** One or more settings are wrong; each line of the message names one, what is wrong with it, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const integer = (least: number, most: number) =>
  z
    .string()
    .transform((value) => (/^\d{1,15}$/.test(value.trim()) ? Number(value) : Number.NaN))
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);

const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((value) => value === 'true');

const text = z.string();

const url = z
  .string()
  .refine(isUpstreamUrl, 'must be an https URL without user info, query or fragment; http is allowed to loopback only');

const settings = {
  HOST: text.default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  NODE_ENV: text.optional(),
  SIMULATOR: flag.optional(),
  JOBALYZER_CLIENT_ID: text.optional(),
  JOBALYZER_CLIENT_SECRET: text.optional(),
  JOBALYZER_URL: url.optional(),
  JOBALYZER_AUTH_URL: url.optional(),
  JOBALYZER_API_VERSION: z.enum(['v1', 'v2'], { error: 'must be v1 or v2' }).default('v1'),
  JOBALYZER_CUSTOMER_ID: text.optional(),
  DATA_DIR: text.default('./data'),
  REPORT_WAIT_MS: integer(0, 600_000).default(30_000),
  REPORT_TTL_HOURS: z
    .string()
    .transform(Number)
    .refine((hours) => hours > 0 && hours <= 87_600, 'must be a number of hours above 0, at most 87600')
    .default(168),
  AUTH_MODE: z.enum(['none'], { error: 'must be none' }).optional(),
  CORS_ORIGINS: text.transform(parseOrigins).optional(),
  PLAYGROUND: flag.optional(),
  INTROSPECTION: flag.optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
};

type Settings = { readonly [K in keyof typeof settings]: z.output<(typeof settings)[K]> };

/** The environment of this process, completed by a file `.env` in its directory where there is one. */
export function environment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) loadEnvFile('.env');
  return process.env;
}

/** Reads the settings; an empty value counts as none. Throws ConfigError. */
export function readConfig(given: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const set: Record<string, unknown> = {};
  // One by one, so that all that is wrong is told at once, contradictions among the right ones included.
  for (const [name, setting] of Object.entries(settings)) {
    const parsed = setting.safeParse(given[name]?.trim() || undefined);
    if (parsed.success) set[name] = parsed.data;
    else faults.push(...parsed.error.issues.map(({ message }) => `${name} ${message}.`));
  }
  faults.push(...contradictions(set, given));
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return configOf(set as Settings);
}

function configOf(set: Settings): Config {
  const production = set.NODE_ENV === 'production';
  const jobalyzer = jobalyzerOf(set);
  return Object.freeze({
    host: set.HOST,
    port: set.PORT,
    jobalyzer,
    apiVersion: set.JOBALYZER_API_VERSION,
    dataDir: set.DATA_DIR,
    reportWaitMs: set.REPORT_WAIT_MS,
    reportTtlMs: Math.ceil(set.REPORT_TTL_HOURS * 3_600_000),
    corsOrigins: set.CORS_ORIGINS ?? (jobalyzer || production ? Object.freeze([]) : '*'),
    playground: set.PLAYGROUND ?? !production,
    introspection: set.INTROSPECTION ?? !production,
    logLevel: set.LOG_LEVEL,
  });
}

function jobalyzerOf(set: Settings): JobalyzerAccount | null {
  if (!set.JOBALYZER_CLIENT_ID || !set.JOBALYZER_CLIENT_SECRET) return null;
  return Object.freeze({
    apiUrl: set.JOBALYZER_URL ?? 'https://jobalyzer.payscale.com',
    authUrl: set.JOBALYZER_AUTH_URL ?? 'https://accounts.payscale.com',
    apiVersion: set.JOBALYZER_API_VERSION,
    clientId: set.JOBALYZER_CLIENT_ID,
    clientSecret: set.JOBALYZER_CLIENT_SECRET,
    customerId: set.JOBALYZER_CUSTOMER_ID ?? set.JOBALYZER_CLIENT_ID,
  });
}

/** What no single setting shows. */
function contradictions(set: Partial<Settings>, given: NodeJS.ProcessEnv): string[] {
  const id = set.JOBALYZER_CLIENT_ID !== undefined;
  const secret = set.JOBALYZER_CLIENT_SECRET !== undefined;
  const faults: string[] = [];
  if (id !== secret) {
    const [present, missing] = id ? ['ID', 'SECRET'] : ['SECRET', 'ID'];
    faults.push(
      `JOBALYZER_CLIENT_${missing} is missing while JOBALYZER_CLIENT_${present} is set; give both for the real service, neither for the simulator.`,
    );
    return faults;
  }
  if (id && set.SIMULATOR)
    faults.push('SIMULATOR cannot be true together with JOBALYZER_CLIENT_ID and _SECRET; give one or the other.');
  if (id && !given['AUTH_MODE']?.trim()) {
    faults.push(
      'AUTH_MODE must be said with real credentials, since whoever may ask here spends money; allowed is none (anyone who reaches this server).',
    );
  }
  if (!id && set.SIMULATOR === false)
    faults.push('SIMULATOR is false, so JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET must be set.');
  if (!id && set.NODE_ENV === 'production' && set.SIMULATOR !== true) {
    faults.push(
      'JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET must be set in production, or SIMULATOR=true for invented data.',
    );
  }
  for (const name of ['JOBALYZER_URL', 'JOBALYZER_AUTH_URL', 'JOBALYZER_CUSTOMER_ID'] as const) {
    if (!id && set[name] !== undefined) {
      faults.push(
        `${name} has no effect without JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET: the simulator would answer; set them or leave it out.`,
      );
    }
  }
  return faults;
}

/** A token must not travel in the clear, nor secrets stand in a URL that is logged. */
function isUpstreamUrl(value: string): boolean {
  const parsed = URL.parse(value);
  if (!parsed || parsed.username || parsed.password || parsed.search || parsed.hash) return false;
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(parsed.hostname);
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && loopback);
}

function parseOrigins(value: string, context: z.RefinementCtx): '*' | readonly string[] {
  if (value.trim() === '*') return '*';
  const origins = value.split(',').map((origin) => origin.trim());
  const wrong = origins.find((origin) => origin.includes('*') || URL.parse(origin)?.origin !== origin);
  if (wrong === undefined) return Object.freeze(origins);
  context.addIssue({
    code: 'custom',
    message: `has ${JSON.stringify(wrong)}, which is not an origin; allowed are * or a comma-separated list such as https://app.example.com`,
  });
  return z.NEVER;
}
