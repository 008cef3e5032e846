import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { hostNameOf } from './lib/host-name.js';
import type { Authentication } from './model/authentication.js';
import { authenticationOf, authenticationProblems, authenticationSettings } from './settings/authentication.js';
import { databaseOf, databaseProblems, databaseSettings, type DatabaseConfig } from './settings/database.js';
import { Secret } from './lib/secret.js';
import { parseEnvFile, type EnvFile } from './settings/env-file.js';
import {
  credentialsProblem,
  jobalyzerOf,
  jobalyzerProblems,
  jobalyzerSettings,
  type JobalyzerAccount,
} from './settings/jobalyzer.js';
import { flag, hosts, integer, origins, publicUrl, text } from './settings/kinds.js';
import { absentAfterMsOf, reconcileSettings } from './settings/reconcile.js';
import { odditiesOf } from './settings/oddities.js';

/** The complete configuration, validated and frozen. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** The most connections of clients at once, of all kinds together. */
  readonly maxConnections: number;
  /** Null: the embedded simulator is used instead. */
  readonly jobalyzer: JobalyzerAccount | null;
  readonly apiVersion: 'v1' | 'v2';
  readonly authentication: Authentication;
  readonly dataDir: string;
  /** For this start, the ledger is that of the configured account, whatever it is stamped with. */
  readonly ledgerAdopt: boolean;
  /** Where processes share a ledger. Null: it is in `dataDir`, for this process alone. */
  readonly database: DatabaseConfig | null;
  /** How many reports one operation may ask for. */
  readonly maxReportsPerOperation: number;
  /** How many points each client has in a window of time: one for an operation, or for each report it asks for. */
  readonly rateLimitMax: number;
  readonly rateLimitWindowMs: number;
  /** What is done with the answers of a purchase beforehand. */
  readonly answerCheck: (typeof ANSWER_CHECKS)[number];
  readonly reportWaitMs: number;
  readonly reportTtlMs: number;
  /** After this time without its report a pending one has failed. */
  readonly reportGiveUpMs: number;
  /** After so long, in milliseconds, a doubt that is not in upstream's usage log counts as not made. Null: it never does. */
  readonly absentAfterMs: number | null;
  /** Origins whose pages may read responses; `*` for any. */
  readonly corsOrigins: '*' | readonly string[];
  /** Host names under which requests are served, besides local names and addresses; `*` for any. */
  readonly allowedHosts: '*' | readonly string[];
  /** The origin under which browsers see the server. Null: the one they sent the request to. */
  readonly publicOrigin: string | null;
  /** How many proxies in front of the server are believed. */
  readonly trustProxy: number;
  readonly playground: boolean;
  readonly explorer: boolean;
  readonly introspection: boolean;
  /** The manifest of the only operations that are served; null: clients may send any. */
  readonly safelistFile: string | null;
  /** How many reports a client may buy per UTC day. Null: any number. */
  readonly budgetReportsPerDay: number | null;
  /** Where traces are sent. Null: there are none. */
  readonly otlpEndpoint: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** What is odd about the settings, though they can be used: a sentence each, for the log. */
  readonly warnings: readonly string[];
}

/** One or more settings are invalid. Each line of the message names one, what is wrong and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const ANSWER_CHECKS = ['off', 'correct', 'strict'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** As other programs read them. */
const ALSO_LOWER_CASE: ReadonlySet<string> = new Set(['HTTPS_PROXY', 'NO_PROXY']);

const settings = {
  HOST: text.default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  MAX_CONNECTIONS: integer(1, 1_000_000).default(10_000),
  NODE_ENV: text.optional(),
  SIMULATOR: flag.optional(),
  ...jobalyzerSettings,
  DATA_DIR: text.default('./data'),
  LEDGER_ADOPT: flag.default(false),
  ...databaseSettings,
  ANSWER_CHECK: z.enum(ANSWER_CHECKS, { error: `must be one of ${ANSWER_CHECKS.join(', ')}` }).default('correct'),
  MAX_REPORTS_PER_OPERATION: integer(1, 1_000).default(25),
  RATE_LIMIT_MAX: integer(1, 1_000_000_000).default(600),
  RATE_LIMIT_WINDOW_MS: integer(1_000, 86_400_000).default(60_000),
  REPORT_WAIT_MS: integer(0, 600_000).default(30_000),
  REPORT_TTL_HOURS: z
    .string()
    .transform(Number)
    .refine((hours) => hours > 0 && hours <= 87_600, 'must be a number of hours above 0, at most 87600')
    .default(168),
  REPORT_GIVE_UP_HOURS: integer(1, 720).default(24),
  ...reconcileSettings,
  ...authenticationSettings,
  CORS_ORIGINS: origins.optional(),
  ALLOWED_HOSTS: hosts.optional(),
  PUBLIC_URL: publicUrl.optional(),
  TRUST_PROXY: integer(0, 10).default(0),
  PLAYGROUND: flag.optional(),
  EXPLORER: flag.optional(),
  INTROSPECTION: flag.optional(),
  SAFELIST_FILE: text.optional(),
  BUDGET_REPORTS_PER_DAY: integer(0, 1_000_000_000).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: publicUrl.optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
};

type Settings = { readonly [K in keyof typeof settings]: z.output<(typeof settings)[K]> };

const NO_FILE: EnvFile = { values: {}, faults: [] };

/** The settings of this process: its environment, completed from `.env` in the working directory. Throws ConfigError. */
export function loadConfig(): Config {
  return readConfig(process.env, readEnvFile());
}

/** The directory of the embedded ledger alone, for commands that need no other setting. */
export function loadDataDir(): string {
  const value = process.env['DATA_DIR'] ?? readEnvFile().values['DATA_DIR'];
  return settings.DATA_DIR.parse(value?.trim() || undefined);
}

/** The key that commands have for a server; null: none. */
export function loadApiKey(): Secret | null {
  const value = process.env['JOBALYZER_API_KEY'] ?? readEnvFile().values['JOBALYZER_API_KEY'];
  return value?.trim() ? new Secret(value.trim()) : null;
}

function readEnvFile(): EnvFile {
  try {
    return parseEnvFile(readFileSync('.env'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return NO_FILE;
    throw new ConfigError(`.env cannot be read: ${error instanceof TypeError ? 'it is not text in UTF-8.' : code}`);
  }
}

/** Whether npm runs the package's program: by `npx`, or as the script of a project. */
export function isRunByNpm(): boolean {
  return process.env['npm_lifecycle_script']?.includes('jobalyzer-graphql') ?? false;
}

/** Parses the settings; an empty value counts as unset. Those of `file` count where `environment` has none. Throws ConfigError. */
export function readConfig(environment: NodeJS.ProcessEnv, file: EnvFile = NO_FILE): Config {
  const given = (name: string): string | undefined => (environment[name] ?? file.values[name])?.trim() || undefined;
  const problems: string[] = [];
  const parsed: Record<string, unknown> = {};
  // Parsed one by one, so that all problems are reported at once, including contradictions between valid values.
  for (const [name, setting] of Object.entries(settings)) {
    const value = (ALSO_LOWER_CASE.has(name) ? given(name.toLowerCase()) : undefined) ?? given(name);
    const result = setting.safeParse(value);
    if (result.success) parsed[name] = result.data;
    else problems.push(...result.error.issues.map(({ message }) => `${name} ${message}.`));
  }
  const simulated = given('JOBALYZER_CLIENT_ID') === undefined;
  const oddities = odditiesOf({ environment, file, names: Object.keys(settings), simulated });
  problems.push(...contradictions(parsed, given));
  problems.push(...oddities.problems, ...databaseProblems(given));
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return configOf(parsed as Settings, oddities.warnings);
}

function configOf(parsed: Settings, warnings: readonly string[]): Config {
  const production = parsed.NODE_ENV === 'production';
  const jobalyzer = jobalyzerOf(parsed);
  // Where nothing is real and nobody else is served, everything may be looked at.
  const open = jobalyzer === null && !production;
  return Object.freeze({
    host: parsed.HOST,
    port: parsed.PORT,
    maxConnections: parsed.MAX_CONNECTIONS,
    jobalyzer,
    apiVersion: parsed.JOBALYZER_API_VERSION,
    authentication: authenticationOf(parsed, jobalyzer !== null),
    dataDir: parsed.DATA_DIR,
    ledgerAdopt: parsed.LEDGER_ADOPT,
    database: databaseOf(parsed, jobalyzer === null),
    maxReportsPerOperation: parsed.MAX_REPORTS_PER_OPERATION,
    rateLimitMax: parsed.RATE_LIMIT_MAX,
    rateLimitWindowMs: parsed.RATE_LIMIT_WINDOW_MS,
    answerCheck: parsed.ANSWER_CHECK,
    reportWaitMs: parsed.REPORT_WAIT_MS,
    reportTtlMs: Math.ceil(parsed.REPORT_TTL_HOURS * 3_600_000),
    reportGiveUpMs: parsed.REPORT_GIVE_UP_HOURS * 3_600_000,
    absentAfterMs: absentAfterMsOf(parsed),
    corsOrigins: parsed.CORS_ORIGINS ?? (open ? '*' : Object.freeze([])),
    allowedHosts: allowedHostsOf(parsed),
    publicOrigin: parsed.PUBLIC_URL === undefined ? null : new URL(parsed.PUBLIC_URL).origin,
    trustProxy: parsed.TRUST_PROXY,
    playground: parsed.PLAYGROUND ?? open,
    explorer: parsed.EXPLORER ?? !production,
    introspection: parsed.INTROSPECTION ?? open,
    safelistFile: parsed.SAFELIST_FILE ?? null,
    budgetReportsPerDay: parsed.BUDGET_REPORTS_PER_DAY ?? null,
    otlpEndpoint: parsed.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    logLevel: parsed.LOG_LEVEL,
    warnings: Object.freeze(warnings),
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

/** Problems with combinations of settings. `given`: what is written, valid or not. */
function contradictions(parsed: Partial<Settings>, given: (name: string) => string | undefined): string[] {
  const problems: string[] = [];
  if (parsed.JOBALYZER_CLIENT_SECRET !== undefined && parsed.JOBALYZER_CLIENT_SECRET_FILE !== undefined) {
    problems.push('JOBALYZER_CLIENT_SECRET and JOBALYZER_CLIENT_SECRET_FILE are both set; remove one of them.');
  }
  const doubtful = credentialsProblem(parsed);
  if (doubtful !== null) return [...problems, doubtful];
  const id = parsed.JOBALYZER_CLIENT_ID !== undefined;
  if (id && parsed.SIMULATOR)
    problems.push(
      'SIMULATOR cannot be true when JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET are set; use one or the other.',
    );
  if (id && given('AUTH_MODE') === undefined) {
    problems.push(
      'AUTH_MODE must be set when real credentials are used, because every client can spend money. Allowed: api-key, jwt, or none (anyone who can reach this server).',
    );
  }
  problems.push(...authenticationProblems(parsed, id));
  if (!id && parsed.SIMULATOR === false)
    problems.push('SIMULATOR is false, so JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET must be set.');
  if (!id && parsed.NODE_ENV === 'production' && parsed.SIMULATOR !== true) {
    problems.push(
      'JOBALYZER_CLIENT_ID and JOBALYZER_CLIENT_SECRET must be set in production, or SIMULATOR=true to serve invented data.',
    );
  }
  problems.push(...jobalyzerProblems(parsed));
  return problems;
}
