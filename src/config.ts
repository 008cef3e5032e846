import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';
import { hostNameOf } from './lib/host-name.js';

/** The complete configuration, validated and frozen. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** The most connections of clients at once, of all kinds together. */
  readonly maxConnections: number;
  /** Null: the embedded simulator is used instead. */
  readonly jobalyzer: JobalyzerAccount | null;
  readonly apiVersion: 'v1' | 'v2';
  readonly dataDir: string;
  /** For this start, the ledger is that of the configured account, whatever it is stamped with. */
  readonly ledgerAdopt: boolean;
  readonly reportWaitMs: number;
  readonly reportTtlMs: number;
  /** After this time without its report a pending one has failed. */
  readonly reportGiveUpMs: number;
  /** Origins whose pages may read responses; `*` for any. */
  readonly corsOrigins: '*' | readonly string[];
  /** Host names under which requests are served, besides local names and addresses; `*` for any. */
  readonly allowedHosts: '*' | readonly string[];
  /** The origin under which browsers see the server. Null: the one they sent the request to. */
  readonly publicOrigin: string | null;
  /** How many proxies in front of the server are believed. */
  readonly trustProxy: number;
  readonly playground: boolean;
  readonly introspection: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** The real service's URLs and the credentials to use with it. */
export interface JobalyzerAccount {
  readonly apiUrl: string;
  readonly authUrl: string;
  readonly apiVersion: 'v1' | 'v2';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly customerId: string;
}

/** One or more settings are invalid. Each line of the message names one, what is wrong and what is allowed. */
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
  .refine(
    isUpstreamUrl,
    'must be an https URL without user info, query or fragment; http is allowed for loopback only',
  );

const settings = {
  HOST: text.default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  MAX_CONNECTIONS: integer(1, 1_000_000).default(10_000),
  NODE_ENV: text.optional(),
  SIMULATOR: flag.optional(),
  JOBALYZER_CLIENT_ID: text.optional(),
  JOBALYZER_CLIENT_SECRET: text.optional(),
  JOBALYZER_URL: url.optional(),
  JOBALYZER_AUTH_URL: url.optional(),
  JOBALYZER_API_VERSION: z.enum(['v1', 'v2'], { error: 'must be v1 or v2' }).default('v1'),
  JOBALYZER_CUSTOMER_ID: text.optional(),
  DATA_DIR: text.default('./data'),
  LEDGER_ADOPT: flag.default(false),
  REPORT_WAIT_MS: integer(0, 600_000).default(30_000),
  REPORT_TTL_HOURS: z
    .string()
    .transform(Number)
    .refine((hours) => hours > 0 && hours <= 87_600, 'must be a number of hours above 0, at most 87600')
    .default(168),
  REPORT_GIVE_UP_HOURS: integer(1, 720).default(24),
  AUTH_MODE: z.enum(['none'], { error: 'must be none' }).optional(),
  CORS_ORIGINS: text.transform(parseOrigins).optional(),
  ALLOWED_HOSTS: text.transform(parseHosts).optional(),
  PUBLIC_URL: text.refine(isPublicUrl, 'must be an http or https URL without user info, query or fragment').optional(),
  TRUST_PROXY: integer(0, 10).default(0),
  PLAYGROUND: flag.optional(),
  INTROSPECTION: flag.optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
};

type Settings = { readonly [K in keyof typeof settings]: z.output<(typeof settings)[K]> };

/** The environment of this process, completed from `.env` in the working directory if that file exists. */
export function environment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) loadEnvFile('.env');
  return process.env;
}

/** Parses the settings; an empty value counts as unset. Throws ConfigError. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const parsed: Record<string, unknown> = {};
  // Parsed one by one, so that all problems are reported at once, including contradictions between valid values.
  for (const [name, setting] of Object.entries(settings)) {
    const result = setting.safeParse(env[name]?.trim() || undefined);
    if (result.success) parsed[name] = result.data;
    else problems.push(...result.error.issues.map(({ message }) => `${name} ${message}.`));
  }
  problems.push(...contradictions(parsed, env));
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return configOf(parsed as Settings);
}

/** The directory of the embedded ledger alone, for commands that need no other setting. */
export function readDataDir(env: NodeJS.ProcessEnv): string {
  return settings.DATA_DIR.parse(env['DATA_DIR']?.trim() || undefined);
}

function configOf(parsed: Settings): Config {
  const production = parsed.NODE_ENV === 'production';
  const jobalyzer = jobalyzerOf(parsed);
  return Object.freeze({
    host: parsed.HOST,
    port: parsed.PORT,
    maxConnections: parsed.MAX_CONNECTIONS,
    jobalyzer,
    apiVersion: parsed.JOBALYZER_API_VERSION,
    dataDir: parsed.DATA_DIR,
    ledgerAdopt: parsed.LEDGER_ADOPT,
    reportWaitMs: parsed.REPORT_WAIT_MS,
    reportTtlMs: Math.ceil(parsed.REPORT_TTL_HOURS * 3_600_000),
    reportGiveUpMs: parsed.REPORT_GIVE_UP_HOURS * 3_600_000,
    corsOrigins: parsed.CORS_ORIGINS ?? (jobalyzer || production ? Object.freeze([]) : '*'),
    allowedHosts: allowedHostsOf(parsed),
    publicOrigin: parsed.PUBLIC_URL === undefined ? null : new URL(parsed.PUBLIC_URL).origin,
    trustProxy: parsed.TRUST_PROXY,
    playground: parsed.PLAYGROUND ?? !production,
    introspection: parsed.INTROSPECTION ?? !production,
    logLevel: parsed.LOG_LEVEL,
  });
}

function jobalyzerOf(parsed: Settings): JobalyzerAccount | null {
  if (!parsed.JOBALYZER_CLIENT_ID || !parsed.JOBALYZER_CLIENT_SECRET) return null;
  return Object.freeze({
    apiUrl: parsed.JOBALYZER_URL ?? 'https://jobalyzer.payscale.com',
    authUrl: parsed.JOBALYZER_AUTH_URL ?? 'https://accounts.payscale.com',
    apiVersion: parsed.JOBALYZER_API_VERSION,
    clientId: parsed.JOBALYZER_CLIENT_ID,
    clientSecret: parsed.JOBALYZER_CLIENT_SECRET,
    customerId: parsed.JOBALYZER_CUSTOMER_ID ?? parsed.JOBALYZER_CLIENT_ID,
  });
}

/** A page whose name was pointed at this server has no credentials; where everyone is served, the name is all there is. */
function allowedHostsOf({
  AUTH_MODE: mode,
  ALLOWED_HOSTS: listed,
  HOST,
  PUBLIC_URL,
}: Settings): Config['allowedHosts'] {
  if (listed === '*' || (listed === undefined && hasAuthentication(mode))) return '*';
  const own = [HOST, PUBLIC_URL === undefined ? '' : new URL(PUBLIC_URL).host].map(hostNameOf);
  return Object.freeze([...(listed ?? []), ...own.filter((name) => name !== null)]);
}

function hasAuthentication(mode: string | undefined): boolean {
  return mode !== undefined && mode !== 'none';
}

/** Problems with combinations of settings. */
function contradictions(parsed: Partial<Settings>, env: NodeJS.ProcessEnv): string[] {
  const id = parsed.JOBALYZER_CLIENT_ID !== undefined;
  const secret = parsed.JOBALYZER_CLIENT_SECRET !== undefined;
  const problems: string[] = [];
  if (id !== secret) {
    const [present, missing] = id ? ['ID', 'SECRET'] : ['SECRET', 'ID'];
    problems.push(
      `JOBALYZER_CLIENT_${missing} is missing while JOBALYZER_CLIENT_${present} is set; set both for the real service, or neither for the simulator.`,
    );
    return problems;
  }
  if (id && parsed.SIMULATOR)
    problems.push(
      'SIMULATOR cannot be true when JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET are set; use one or the other.',
    );
  if (id && !env['AUTH_MODE']?.trim()) {
    problems.push(
      'AUTH_MODE must be set when real credentials are used, because every client can spend money. Allowed: none (anyone who can reach this server).',
    );
  }
  if (!id && parsed.SIMULATOR === false)
    problems.push('SIMULATOR is false, so JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET must be set.');
  if (!id && parsed.NODE_ENV === 'production' && parsed.SIMULATOR !== true) {
    problems.push(
      'JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET must be set in production, or SIMULATOR=true to serve invented data.',
    );
  }
  for (const name of ['JOBALYZER_URL', 'JOBALYZER_AUTH_URL', 'JOBALYZER_CUSTOMER_ID'] as const) {
    if (!id && parsed[name] !== undefined) {
      problems.push(
        `${name} has no effect without JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET: the simulator is used instead; set both credentials or remove it.`,
      );
    }
  }
  return problems;
}

/** A token must not be sent unencrypted, and a URL that is logged must not contain secrets. */
function isUpstreamUrl(value: string): boolean {
  const parsed = URL.parse(value);
  if (!parsed || parsed.username || parsed.password || parsed.search || parsed.hash) return false;
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(parsed.hostname);
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && loopback);
}

function isPublicUrl(value: string): boolean {
  const parsed = URL.parse(value);
  if (!parsed || parsed.username || parsed.password || parsed.search || parsed.hash) return false;
  return parsed.protocol === 'https:' || parsed.protocol === 'http:';
}

function parseHosts(value: string, context: z.RefinementCtx): '*' | readonly string[] {
  if (value.trim() === '*') return '*';
  const given = value.split(',').map((host) => host.trim());
  const wrong = given.find((host) => host.includes('*') || /:\d*$/.test(host) || hostNameOf(host) === null);
  if (wrong === undefined) return Object.freeze(given.map((host) => hostNameOf(host) ?? ''));
  context.addIssue({
    code: 'custom',
    message: `contains ${JSON.stringify(wrong)}, which is not a host name; allowed are * or a comma-separated list such as api.example.com, without ports`,
  });
  return z.NEVER;
}

function parseOrigins(value: string, context: z.RefinementCtx): '*' | readonly string[] {
  if (value.trim() === '*') return '*';
  const origins = value.split(',').map((origin) => origin.trim());
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong === undefined) return Object.freeze(origins);
  context.addIssue({
    code: 'custom',
    message: `contains ${JSON.stringify(wrong)}, which is not an origin; allowed are * or a comma-separated list such as https://app.example.com`,
  });
  return z.NEVER;
}

/**
 * As a browser writes it. The pages of an installed app have a scheme of their own (`capacitor://localhost`), in which a URL
 * has no origin by itself. `null` is not one: every page can have it, as a frame in a sandbox.
 */
function isOrigin(value: string): boolean {
  const parsed = URL.parse(value);
  if (!parsed || value.includes('*')) return false;
  const own = parsed.origin === 'null' && parsed.protocol !== 'file:' && value === `${parsed.protocol}//${parsed.host}`;
  return parsed.host !== '' && (parsed.origin === value || own);
}
