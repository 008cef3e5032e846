import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance } from 'fastify';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { OperationContext } from '../../resolvers/context.js';
import { createOperationContext, type Services } from '../../graphql/context.js';
import { hangUpSignal } from './hang-up.js';
import { validationRules } from '../../graphql/validation-rules.js';
import { createFormatError } from '../../graphql/format-error.js';
import { registerHealth } from './health.js';
import { noSubscriptions, rootDirectives } from './no-subscriptions.js';
import { operationLog } from '../../graphql/layers/log.js';
import { createOperations } from '../../graphql/operations.js';
import { createOriginCheck } from '../cross-site.js';
import { registerPlayground } from './playground.js';
import { registerSse } from '../sse/sse.js';
import { registerWebSocket } from '../websocket/websocket.js';

export interface HttpOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log: Logger;
  readonly corsOrigins: '*' | readonly string[];
  readonly introspection: boolean;
  /** The directory of the playground's bundle, or null for none. */
  readonly playground: string | null;
  /** True: responses carry a header saying that the figures are invented. */
  readonly simulated: boolean;
}

/** During shutdown, connections still open after this are closed. All waits for reports end well before. */
const LAST_CONNECTIONS_MS = 9_000;
const METHODS = ['GET', 'POST'];
const SIMULATED = 'x-jobalyzer-simulator';

/** Fastify with all endpoints, ready but not yet listening. Closing it waits for requests in progress. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { schema, services, log, simulated } = options;
  const app: FastifyInstance = fastify({
    logger: false,
    // Bounds how long a request may take to arrive, not how long a query may wait for a report.
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    // Other upgrade offers may be ignored (Java's HTTP client offers h2c with every request).
    http: { shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' },
  });

  const formatError = createFormatError(log, { hideSuggestions: !options.introspection });
  endConnectionsWhenClosing(app);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    // Errors of Fastify itself, such as a body that is not JSON.
    const known = status < 500 ? new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST' } }) : error;
    const formatted = formatError({ message: error.message, extensions: { code: 'BAD_REQUEST' } }, known);
    return reply.code(status).send({ errors: [formatted] });
  });
  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = url.split('?')[0] ?? '';
    const allow = METHODS.filter((allowed) => app.hasRoute({ method: allowed, url: path })).join(', ');
    const [status, code, message] = allow
      ? [405, 'BAD_REQUEST', `${method} is not allowed here; allowed: ${allow}.`]
      : [404, 'NOT_FOUND', `There is nothing at ${path}.`];
    return reply
      .code(status)
      .headers(allow ? { allow } : {})
      .send({ errors: [{ message, extensions: { code } }] });
  });
  if (simulated) {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header(SIMULATED, 'true');
    });
  }
  await app.register(cors, {
    origin: options.corsOrigins === '*' ? '*' : [...options.corsOrigins],
    methods: METHODS,
    exposedHeaders: [SIMULATED],
    maxAge: 600,
  });

  const apollo = new ApolloServer<OperationContext>({
    schema,
    // Disabled by the shared validation rules instead, so that every transport gives the same error.
    introspection: true,
    validationRules: [...validationRules(options), rootDirectives],
    includeStacktraceInErrorResponses: false,
    // "Did you mean" would reveal the schema to clients that may not read it.
    hideSchemaDetailsFromClientErrors: !options.introspection,
    stopOnTerminationSignals: false,
    logger: log,
    formatError,
    // The streaming transports do not implement persisted queries, so they are off here too.
    persistedQueries: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      operationLog(log),
      noSubscriptions(),
    ],
  });
  await apollo.start();
  app.addHook('onClose', () => apollo.stop());

  app.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler: fastifyApolloHandler(apollo, {
      context: async (_request, reply) => {
        const signal = hangUpSignal(reply);
        return createOperationContext(services, () => signal);
      },
    }),
  });

  const operations = createOperations({ schema, services, introspection: options.introspection, formatError, log });
  const allowsOrigin = createOriginCheck(options.corsOrigins);
  // Closed in this order: streams end at once, WebSockets take a few seconds.
  registerSse(app, { path: '/graphql/stream', operations, allowsOrigin, log });
  registerWebSocket(app, { path: '/graphql', operations, allowsOrigin, log });

  registerHealth(app, { ready: () => services.reports.ping(), log });
  if (options.playground !== null) registerPlayground(app, { simulated, assets: options.playground });
  return app;
}

/**
 * A keep-alive connection would delay shutdown until the client closes it. A request that never ends would delay it
 * forever, since Node no longer enforces `requestTimeout` once the server is closing.
 */
function endConnectionsWhenClosing(app: FastifyInstance): void {
  let closing = false;
  let last: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    closing = true;
    last = setTimeout(() => app.server.closeAllConnections(), LAST_CONNECTIONS_MS);
  });
  app.addHook('onClose', async () => clearTimeout(last));
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}
