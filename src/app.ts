import { join } from 'node:path';
import type { Logger } from 'pino';
import { accountOf } from './storage/shared/account.js';
import { openStorage } from './storage/open.js';
import type { Config } from './config.js';
import type { JobalyzerAccount } from './settings/jobalyzer.js';
import { openClientSecret } from './datasources/jobalyzer/client-secret.js';
import { openAuthentication } from './graphql/authentication/open.js';
import { createJobalyzerClient, type JobalyzerSettings, type Timeouts } from './datasources/jobalyzer/client.js';
import { createAnswerChecker } from './datasources/answers/checker.js';
import { createPurchaseCheck } from './datasources/answers/purchase-check.js';
import { createLookups } from './datasources/jobalyzer/lookups.js';
import { createReports } from './datasources/reports/service.js';
import { buildGraphQLSchema } from './resolvers/schema.js';
import type { Simulator, SimulatorOptions } from './simulator/simulator.js';
import { listenErrorText } from './lib/listen-error.js';
import type { Pressure } from './graphql/layers/relieve.js';
import { measureEventLoopLag } from './lib/event-loop-lag.js';
import { FixedWindow } from './lib/fixed-window.js';
import { openLog } from './lib/log.js';
import { openFilesLimit } from './lib/open-files.js';
import { Secret } from './lib/secret.js';
import { createTrustedClock } from './lib/trusted-clock.js';
import { mostConnections } from './doors/http/most-connections.js';
import { createMetrics } from './telemetry/metrics.js';
import { traceClient, traceFields } from './telemetry/traced.js';
import type { OpenTracing } from './telemetry/tracing.js';
import { createServer, type Server } from './doors/http/server.js';
import type { WaitingServer } from './doors/http/waiting.js';
import { delay } from './lib/delay.js';

/** Options that are not settings. Tests use them for their own log and shorter timeouts. */
export interface Overrides {
  readonly log?: Logger;
  readonly timeouts?: Partial<Timeouts>;
  readonly simulator?: SimulatorOptions;
  readonly rejectedTtlMs?: number;
  readonly giveUpMs?: number;
  readonly refusedForMs?: number;
  readonly absentAfterMs?: number | null;
  /** How long a request may take to arrive, in milliseconds. */
  readonly requestTimeoutMs?: number;
  readonly pressure?: Partial<Pressure>;
  /** Ends the start where it waits for its database. */
  readonly signal?: AbortSignal;
  /** Whether the ledger is written on a thread of its own, which only the built server has. Default: true. */
  readonly ledgerThread?: boolean;
  /** False: every operation is executed, also one whose answer is in memory. */
  readonly storedAnswers?: boolean;
  /** How much is kept in memory, in characters. */
  readonly memory?: { readonly reports?: number; readonly answers?: number };
}

export interface App {
  /** Starts listening; resolves to the base URL. */
  listen(): Promise<string>;
  /** Null when the real service is used. */
  readonly simulator: Simulator | null;
  /** Whether there is a page at `/graphiql`. */
  readonly playground: boolean;
  /** Whether there is a page at `/`. */
  readonly explorer: boolean;
  readonly log: Logger;
  /** Shuts down in bounded time: no new requests, purchases in flight finished and stored, then the rest. */
  close(): Promise<void>;
}

const REJECTED_TTL_MS = 5 * 60_000;
/** Jobalyzer's own refusal to produce a report is believed once it has been repeated for a minute. */
const REFUSED_FOR_MS = 60_000;
/** How long shutdown waits for POSTs in flight. Most are answered in a fraction of it. */
const GRACE_MS = 8_000;
/** How often a database that is away is tried. */
const TRY_AGAIN_MS = 500;
const PLAYGROUND_ASSETS = join(import.meta.dirname, '..', 'dist', 'playground');
const EXPLORER_ASSETS = join(import.meta.dirname, '..', 'dist', 'explorer');

/** The composition root: the only place where components are constructed and wired. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const opened = overrides.log ? { log: overrides.log } : await openLog(config.logLevel);
  const { log } = opened;
  const closers: (() => Promise<void>)[] = 'close' in opened ? [() => opened.close()] : [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => log.error({ err: error }, 'failed to close a component'));
    }
  };

  try {
    for (const warning of config.warnings) log.warn(warning);
    const metrics = createMetrics();
    closers.push(async () => metrics.close());
    const tracing = await openTraces(config);
    if (tracing) closers.push(() => tracing.close());
    const authentication = await openAuthentication(config.authentication, log.child({ part: 'authentication' }));
    closers.push(async () => authentication.close());
    const { simulator, account } = await openUpstream(config, overrides, log);
    if (simulator) closers.push(() => simulator.close());
    for (const [host, proxy] of [
      ['Jobalyzer', account.apiProxy],
      ['its accounts', account.authProxy],
      ['its usage log', account.usageProxy],
    ] as const) {
      if (proxy) log.info({ proxy: proxy.origin }, `${host} will be reached through a proxy`);
    }
    let onNewSecret = (): void => undefined;
    const secret = await openClientSecret(account, () => onNewSecret(), log.child({ part: 'jobalyzer' }));
    closers.push(async () => secret.close());
    const jobalyzer = { ...account, clientSecret: () => secret.current(), ...timeoutsOf(overrides) };

    const signal = overrides.signal ?? new AbortController().signal;
    let waiting = null as WaitingServer | null;
    closers.push(async () => waiting?.close());
    const storage = await openStorage(config, {
      account: accountOf(config.jobalyzer),
      simulated: simulator !== null,
      thread: overrides.ledgerThread ?? true,
      log: log.child({ part: 'ledger' }),
      async onAway(reason) {
        if (!waiting) log.warn({ reason }, 'waiting for the database');
        waiting ??= await (await import('./doors/http/waiting.js')).serveWhileWaiting(config);
        await delay(TRY_AGAIN_MS, signal);
      },
    });
    if (waiting) {
      await waiting.close();
      log.info('the database can be reached');
    }
    closers.push(() => storage.backend.ledger.close());
    const backend = metrics.observed(storage.backend);
    if (config.ledgerAdopt) {
      const from = storage.account?.kind === 'adopted' ? storage.account.from : null;
      log.warn(
        { from },
        from ? 'the ledger was adopted; remove LEDGER_ADOPT now' : 'LEDGER_ADOPT is not needed; remove it',
      );
    }
    const clock = createTrustedClock({
      trustedAt: backend.ledger.trustedAt,
      onChange: (doubt) =>
        doubt === null
          ? log.info('the clock is trusted again')
          : log[doubt === 'unconfirmed' ? 'info' : 'warn'](
              { doubt },
              'the clock is in doubt: until Jobalyzer confirms it, nothing counts as expired and nothing is pruned',
            ),
    });
    const directClient = createJobalyzerClient(jobalyzer, log.child({ part: 'jobalyzer' }), {
      time: (time) => clock.observe(time),
      upstream: metrics.upstream,
      ...(tracing && { headers: () => tracing.headers() }),
    });
    closers.push(() => directClient.close());
    const client = tracing ? traceClient(directClient, tracing) : directClient;
    onNewSecret = () => client.credentialsChanged();
    client.checkCredentials();
    // Before the client is closed: a poll that it aborts would look like an upstream failure.
    closers.push(() => backend.queue.close());
    const lookups = createLookups(client, log.child({ part: 'jobalyzer' }));
    const checker = createAnswerChecker(lookups, log.child({ part: 'answers' }));
    const reports = createReports({
      backend,
      client,
      lookups,
      check: createPurchaseCheck(config.answerCheck, checker),
      clock,
      settings: {
        reportTtlMs: config.reportTtlMs,
        refusedForMs: overrides.refusedForMs ?? REFUSED_FOR_MS,
        giveUpMs: overrides.giveUpMs ?? config.reportGiveUpMs,
        absentAfterMs: overrides.absentAfterMs === undefined ? config.absentAfterMs : overrides.absentAfterMs,
        rejectedTtlMs: overrides.rejectedTtlMs ?? REJECTED_TTL_MS,
      },
      reconcileObserver: metrics.reconciliation,
      ...(overrides.memory?.reports !== undefined && { mostInMemory: overrides.memory.reports }),
      log: log.child({ part: 'reports' }),
    });
    const lag = measureEventLoopLag();
    closers.push(async () => lag.close());
    let http: Server | undefined;
    closers.push(async () => {
      // In parallel: a query that waits for a purchase ends when the purchase does. Both are bounded.
      await Promise.all([http?.close(), reports.close(GRACE_MS)]);
    });
    metrics.watch({ purchasesPaused: () => reports.service.purchasesPaused() });
    await reports.start().catch((error: unknown) => {
      throw new Error(`${storage.place} cannot be used.`, { cause: error });
    });

    const server = (http = await createServer({
      schema: tracing ? traceFields(buildGraphQLSchema(), tracing) : buildGraphQLSchema(),
      services: {
        reports: reports.service,
        lookups,
        checker,
        reportWaitMs: config.reportWaitMs,
        budget: config.budgetReportsPerDay,
      },
      authenticate: authentication.authenticate,
      metrics,
      tracing,
      log: log.child({ part: 'http' }),
      corsOrigins: config.corsOrigins,
      allowedHosts: config.allowedHosts,
      publicOrigin: config.publicOrigin,
      trustProxy: config.trustProxy,
      health: { upstream: () => client.condition(), rowsSetAside: () => storage.rowsSetAside() },
      introspection: config.introspection,
      safelistFile: config.safelistFile,
      playground: config.playground ? PLAYGROUND_ASSETS : null,
      explorer: config.explorer ? EXPLORER_ASSETS : null,
      authMode: config.authentication.mode.kind,
      simulated: simulator !== null,
      // More than a window has would never be admitted.
      maxReportsPerOperation: Math.min(config.maxReportsPerOperation, config.rateLimitMax),
      rate: new FixedWindow(config.rateLimitMax, config.rateLimitWindowMs),
      pressure: { lagMs: () => lag.current(), ...overrides.pressure },
      storedAnswers: overrides.storedAnswers ?? true,
      ...(overrides.memory?.answers !== undefined && { mostAnswers: overrides.memory.answers }),
      maxConnections: connectionsOf(config, log),
      ...(overrides.requestTimeoutMs !== undefined && { requestTimeoutMs: overrides.requestTimeoutMs }),
    }));

    return {
      simulator,
      playground: config.playground,
      explorer: config.explorer,
      log,
      close,
      async listen() {
        const port = await server.listen(config).catch((error: unknown) => {
          throw new Error(listenErrorText(error, config), { cause: error });
        });
        return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Loaded only where traces are wanted. */
async function openTraces({ otlpEndpoint }: Config): Promise<OpenTracing | null> {
  if (otlpEndpoint === null) return null;
  const { openTracing } = await import('./telemetry/tracing.js');
  return openTracing(otlpEndpoint);
}

function connectionsOf({ maxConnections }: Config, log: Logger): number {
  const openFiles = openFilesLimit();
  const most = mostConnections(maxConnections, openFiles);
  if (most < maxConnections) {
    log.warn({ most, openFiles }, 'MAX_CONNECTIONS is more than the limit of open files (ulimit -n) allows; lowered');
  }
  return most;
}

interface UpstreamParts {
  readonly simulator: Simulator | null;
  readonly account: JobalyzerAccount;
}

/** The real service if credentials are set, otherwise the simulator. */
async function openUpstream(config: Config, overrides: Overrides, log: Logger): Promise<UpstreamParts> {
  if (config.jobalyzer) return { simulator: null, account: config.jobalyzer };
  // Loaded only here, so that a process that serves real figures holds no invented ones.
  const { SIMULATOR_CLIENT_ID, SIMULATOR_CLIENT_SECRET, startSimulator } = await import('./simulator/simulator.js');
  const simulator = await startSimulator(overrides.simulator, log.child({ part: 'simulator' }));
  const account = {
    apiUrl: simulator.origin,
    authUrl: simulator.origin,
    usageUrl: simulator.origin,
    apiVersion: config.apiVersion,
    clientId: SIMULATOR_CLIENT_ID,
    apiProxy: null,
    authProxy: null,
    usageProxy: null,
    clientSecret: new Secret(SIMULATOR_CLIENT_SECRET),
    clientSecretFile: null,
    customerId: SIMULATOR_CLIENT_ID,
  };
  return { simulator, account };
}

function timeoutsOf({ timeouts }: Overrides): Pick<JobalyzerSettings, 'timeouts'> {
  return timeouts ? { timeouts } : {};
}
