import fastify, { type FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Authenticate } from '../../graphql/authentication/authenticate.js';
import type { Services } from '../../graphql/context.js';
import { createDocuments } from '../../graphql/documents.js';
import { createFormatError } from '../../graphql/format-error.js';
import type { RequestObserver } from '../../graphql/layers/metrics.js';
import type { Pressure } from '../../graphql/layers/relieve.js';
import { openSafelist } from '../../graphql/persisted/safelist-file.js';
import { createPipeline } from '../../graphql/pipeline.js';
import { createRepeatedAnswers } from '../../graphql/stored/repeated.js';
import type { FixedWindow } from '../../lib/fixed-window.js';
import { NO_SCHEMAS } from '../../lib/no-schemas.js';
import type { Tracing } from '../../lib/tracing.js';
import { createCrossSitePolicy } from '../cross-site.js';
import { createHosts } from '../hosts.js';
import { REQUEST_ID, requestIdOf } from '../request-id.js';
import { LARGEST_READ_BYTES } from '../size.js';
import { registerSse } from '../sse/sse.js';
import { registerWebSocket } from '../websocket/websocket.js';
import { createClientErrors } from './client-errors.js';
import { endConnectionsWhenClosing } from './closing.js';
import { limitConnections } from './connections.js';
import { registerCors, registerSimulatedHeader } from './cors.js';
import { countConnections } from './count-connections.js';
import { registerEncoding } from './encoding.js';
import { refuseWith, registerErrors } from './errors.js';
import { registerFavicon } from './favicon.js';
import { registerGraphQL } from './graphql.js';
import { answerHalfClosedConnections } from './half-close.js';
import { registerHealth, type HealthOptions } from './health.js';
import { registerHosts } from './hosts.js';
import { registerMetrics, type MeasuredText } from './metrics.js';
import { prepareListening, type Listen } from './listen.js';
import { PLAYGROUND_OPERATIONS } from './playground-operations.js';
import { registerRequestIds } from './request-ids.js';
import { registerSchemaPage } from './schema-page.js';
import { registerSecurityHeaders } from './security-headers.js';
import { serveInTurn } from './turns.js';
import { disconnectPeersThatDoNotRead } from './unread-responses.js';

/** What is measured of the doors, and shown at one of them. */
interface ServerMetrics extends MeasuredText {
  readonly requests: RequestObserver;
  watch(now: { readonly connections: () => Readonly<Record<'all' | 'websocket', number>> }): void;
}

export interface ServerOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly authenticate: Authenticate;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
  /** Null: nothing is traced. */
  readonly tracing: Tracing | null;
  readonly corsOrigins: '*' | readonly string[];
  /** Host names under which requests are served besides local ones; `*` for any. */
  readonly allowedHosts: '*' | readonly string[];
  /** The origin under which browsers see this server, or null. */
  readonly publicOrigin: string | null;
  /** How many proxies in front of this server are believed. */
  readonly trustProxy: number;
  /** What readiness is about, besides the reports. */
  readonly health: Pick<HealthOptions, 'upstream' | 'rowsSetAside'>;
  readonly introspection: boolean;
  /** The manifest of the only operations that are served, or null. */
  readonly safelistFile: string | null;
  /** The directory of the playground's bundle, or null for none. */
  readonly playground: string | null;
  /** The directory of the explorer's bundle, or null for none. */
  readonly explorer: string | null;
  /** Which credentials clients send. */
  readonly authMode: 'none' | 'api-key' | 'jwt';
  /** True: responses carry a header saying that the figures are invented. */
  readonly simulated: boolean;
  /** How many reports one operation may ask for. */
  readonly maxReportsPerOperation: number;
  readonly rate: FixedWindow;
  readonly pressure: Pressure;
  /** Whether operations are answered from memory, without executing them, where that is possible. */
  readonly storedAnswers: boolean;
  /** How many characters of answers are kept, to be repeated. */
  readonly mostAnswers?: number;
  /** The most connections at once, of all doors together. */
  readonly maxConnections: number;
  /** How long a request may take to arrive, in milliseconds; not how long a query may wait for a report. */
  readonly requestTimeoutMs?: number;
}

const REQUEST_TIMEOUT_MS = 30_000;
/** Of that, for the headers. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that take too long. */
const TIMEOUT_CHECKS = 6;

export interface Server {
  readonly listen: Listen;
  /** Waits for requests in progress. */
  close(): Promise<void>;
}

/** Fastify with all doors and pages, ready but not yet listening. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const {
    schema,
    services,
    authenticate,
    log,
    metrics,
    introspection,
    simulated,
    maxConnections,
    requestTimeoutMs = REQUEST_TIMEOUT_MS,
  } = options;
  const clientErrors = createClientErrors();
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit: LARGEST_READ_BYTES,
    clientErrorHandler: (error, socket) => clientErrors.answer(error, socket),
    frameworkErrors: refuseWith,
    genReqId: ({ headers }) => requestIdOf(headers[REQUEST_ID]),
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    schemaController: NO_SCHEMAS,
    // Other upgrade offers may be ignored (Java's HTTP client offers h2c with every request).
    http: {
      // Checked by `hosts.ts`, which says what is wrong.
      requireHostHeader: false,
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: Math.ceil(requestTimeoutMs / TIMEOUT_CHECKS),
    },
  });

  // "Did you mean" would reveal the schema to clients that may not read it.
  const hideSuggestions = !introspection;
  const formatError = createFormatError(log, { hideSuggestions });
  const documents = createDocuments({ schema, introspection });
  const own = await operationsOfPages(options);
  const safelist = await openSafelist(options.safelistFile, { documents, own, log });
  app.addHook('onClose', async () => safelist.close());
  const repeated = options.storedAnswers
    ? createRepeatedAnswers({ ...(options.mostAnswers !== undefined && { most: options.mostAnswers }) })
    : null;
  const isKnown = (received: string): boolean => repeated?.has(received) ?? false;
  const receive = createPipeline({
    schema,
    documents,
    safelist: safelist.current,
    services,
    hideSuggestions,
    formatError,
    maxReports: options.maxReportsPerOperation,
    rate: options.rate,
    pressure: options.pressure,
    repeated,
    log,
    observer: metrics.requests,
    tracing: options.tracing,
  });
  const { corsOrigins, publicOrigin, allowedHosts: allowed, trustProxy } = options;
  const hosts = createHosts({ allowed, trustProxy });
  const crossSite = createCrossSitePolicy({ corsOrigins, publicOrigin, hosts });

  serveInTurn(app);
  const connections = countConnections(app);
  const admission = limitConnections(app, { most: maxConnections, log });
  answerHalfClosedConnections(app);
  disconnectPeersThatDoNotRead(app);
  clientErrors.watch(app.server);
  endConnectionsWhenClosing(app);
  registerRequestIds(app);
  registerErrors(app, formatError);
  registerSecurityHeaders(app);
  if (simulated) registerSimulatedHeader(app);
  // Before CORS, which answers preflights.
  registerHosts(app, hosts);
  await registerCors(app, corsOrigins);
  registerEncoding(app, { isKnown });
  // Before the streams, whose closing takes a while: it must know as soon as it begins.
  registerMetrics(app, { metrics, authenticate, formatError });
  registerHealth(app, { reports: services.reports, ...options.health, log });
  if (introspection) registerSchemaPage(app, { schema, authenticate, formatError });
  const shared = { receive, authenticate, crossSite, isKnown, log };
  await registerGraphQL(app, { path: '/graphql', ...shared, schema, documents, formatError });
  // Closed in this order: streams end at once, WebSockets take a few seconds.
  registerSse(app, { path: '/graphql/stream', ...shared });
  const sockets = registerWebSocket(app, { path: '/graphql', ...shared, hosts, admission, formatError });
  metrics.watch({ connections: () => ({ all: connections(), websocket: sockets.open() }) });
  registerFavicon(app);
  if (options.playground !== null) {
    const { registerPlayground } = await import('./playground.js');
    registerPlayground(app, { simulated, assets: options.playground });
  }
  if (options.explorer !== null) {
    const { registerExplorer } = await import('./explorer.js');
    const playground = options.playground !== null;
    const { authMode, explorer: assets } = options;
    registerExplorer(app, { simulated, playground, schema: introspection, authMode, assets });
  }
  return { listen: prepareListening(app), close: () => app.close() };
}

/** What the server's own pages send, whatever the safelist has. */
async function operationsOfPages({
  playground,
  introspection,
  explorer,
  safelistFile,
}: ServerOptions): Promise<string[]> {
  const own = playground !== null && introspection ? [...PLAYGROUND_OPERATIONS] : [];
  if (explorer === null || safelistFile === null) return own;
  const { explorerOperations } = await import('./explorer.js');
  return [...own, ...(await explorerOperations(explorer))];
}
