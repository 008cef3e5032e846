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
import type { OperationContext } from '../resolvers/context.js';
import { createOperationContext, hangUpSignal, type Services } from './context.js';
import { doorRules } from './door-rules.js';
import { createFormatError } from './format-error.js';
import { registerHealth } from './health.js';
import { noSubscriptions } from './no-subscriptions.js';
import { operationLog } from './operation-log.js';
import { createOperations } from './operations.js';
import { createOriginCheck } from './origin.js';
import { registerPlayground } from './playground.js';
import { registerSse } from './sse.js';
import { registerWebSocket } from './websocket.js';

export interface HttpOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log: Logger;
  readonly corsOrigins: '*' | readonly string[];
  readonly introspection: boolean;
  /** The directory of the playground's bundle, or null for none. */
  readonly playground: string | null;
  /** Said in a header of every answer: these figures are invented. */
  readonly simulated: boolean;
}

/** At the end, what is still connected after this time is cut off: waits for reports are over well before. */
const LAST_CONNECTIONS_MS = 9_000;

/** The doors of HTTP, open for requests but not listening. Closing it waits for the requests that are in. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { schema, services, log, simulated } = options;
  const app: FastifyInstance = fastify({
    logger: false,
    // A query may wait for a report; a request that arrives byte by byte may not take forever.
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
  });

  const formatError = createFormatError(log, { hideSuggestions: !options.introspection });
  endConnectionsWhenClosing(app);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    // What Fastify itself objects to, such as a body that is no JSON.
    const known = status < 500 ? new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST' } }) : error;
    const formatted = formatError({ message: error.message, extensions: { code: 'BAD_REQUEST' } }, known);
    return reply.code(status).send({ errors: [formatted] });
  });
  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = url.split('?')[0] ?? '';
    const known = app.hasRoute({ method: 'GET', url: path });
    const message = known ? `${method} is not allowed here; GET and POST may be.` : `There is nothing at ${path}.`;
    return reply
      .code(known ? 405 : 404)
      .headers(known ? { allow: 'GET, POST' } : {})
      .send({ errors: [{ message, extensions: { code: known ? 'BAD_REQUEST' : 'NOT_FOUND' } }] });
  });
  if (simulated) {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('x-jobalyzer-simulator', 'true');
    });
  }
  await app.register(cors, {
    origin: options.corsOrigins === '*' ? '*' : [...options.corsOrigins],
    methods: ['GET', 'POST'],
    exposedHeaders: ['x-jobalyzer-simulator'],
    maxAge: 600,
  });

  const apollo = new ApolloServer<OperationContext>({
    schema,
    // Refused by the rules of every door instead, so that it is refused in the same words.
    introspection: true,
    validationRules: doorRules(options),
    includeStacktraceInErrorResponses: false,
    // "Did you mean" tells the schema to those who may not read it.
    hideSchemaDetailsFromClientErrors: !options.introspection,
    stopOnTerminationSignals: false,
    logger: log,
    formatError,
    // At every door or at none: streams have no place for them.
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
  // Closed in this order: streams end at once, sockets take a while.
  registerSse(app, { path: '/graphql/stream', operations, allowsOrigin, log });
  registerWebSocket(app, { path: '/graphql', operations, allowsOrigin, log });

  registerHealth(app, { ready: () => services.reports.ping(), log });
  if (options.playground !== null) registerPlayground(app, { simulated, assets: options.playground });
  return app;
}

/**
 * A kept connection would hold up the end of the server until the client lets go of it, and a request that never comes to
 * its end (Node stops minding `requestTimeout` once it closes) for ever.
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
