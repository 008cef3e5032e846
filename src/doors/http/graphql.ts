import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import type { Authenticate } from '../../graphql/authentication/authenticate.js';
import type { AuthenticatedRequest, Door, Outcome, Receive } from '../../graphql/operation.js';
import { refusal } from '../../graphql/refusal.js';
import { credentialsInHeaders, identifyOnce } from '../credentials.js';
import { isAskedFor, type CrossSitePolicy } from '../cross-site.js';
import { responseOf } from '../problem.js';
import { checkParameters, parametersInUrl, type GraphQLParameters } from '../graphql-parameters.js';
import { refusalHeaders } from '../refusal-headers.js';
import { createApollo, type ApolloContext, type ApolloOptions, type Exchange } from './apollo.js';
import { hangUpSignal } from './hang-up.js';

export interface GraphQLOptions extends ApolloOptions {
  readonly path: string;
  readonly receive: Receive;
  readonly authenticate: Authenticate;
  readonly crossSite: CrossSitePolicy;
}

/** GraphQL over HTTP: one request, one response, so no subscriptions. */
export async function registerGraphQL(
  app: FastifyInstance,
  { path, receive, authenticate, crossSite, ...options }: GraphQLOptions,
): Promise<void> {
  const apollo = createApollo(options);
  await apollo.start();
  app.addHook('onClose', () => apollo.stop());
  app.route({
    url: path,
    method: ['GET', 'POST'],
    handler: (request, reply) => {
      const problem = crossSite.problemOf(request.raw);
      return problem
        ? reply.code(problem.status).send(responseOf(problem))
        : handle(apollo, { receive, authenticate }, request, reply);
    },
  });
}

async function handle(
  apollo: ApolloServer<ApolloContext>,
  { receive, authenticate }: Pick<GraphQLOptions, 'receive' | 'authenticate'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const startedAt = performance.now();
  const signal = hangUpSignal(reply);
  const identify = identifyOnce(authenticate, credentialsInHeaders(request.headers));
  const door: Door = {
    name: 'http',
    identify: async () => (await identify()).client,
    signal: () => signal,
    accept: refuseSubscriptions,
  };
  const parameters = parametersOf(request);

  // Apollo responds to what is no GraphQL request; whatever it might still run goes through the pipeline from the start.
  if (!parameters) {
    return askApollo(apollo, { run: (read) => receive({ door, startedAt, ...read }) }, request, reply);
  }

  let written: { readonly outcome: Outcome; readonly body: unknown } | undefined;
  async function read(asked: AuthenticatedRequest, next: Receive<AuthenticatedRequest>): Promise<Outcome> {
    const exchange: Exchange = { run: (read) => next({ ...asked, ...read }) };
    const body = await askApollo(apollo, exchange, request, reply);
    const outcome = exchange.outcome ?? { definition: null, results: {}, refused: reply.statusCode };
    written = { outcome, body };
    return outcome;
  }
  const outcome = await receive({ door: { ...door, read }, ...parameters, startedAt });
  // A layer before Apollo may have refused the request or made another outcome of it.
  if (written?.outcome === outcome) return written.body;
  return reply
    .code(outcome.refused ?? 200)
    .headers(refusalHeaders(outcome))
    .send(outcome.results);
}

/** Apollo sets the status and headers of the reply; resolves to its body. */
async function askApollo(
  apollo: ApolloServer<ApolloContext>,
  exchange: Exchange,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const handler = fastifyApolloHandler(apollo, { context: async () => ({ exchange }) });
  return handler.call(request.server, request, reply);
}

/** Null for what Apollo will refuse before it looks at the operation: no object, ill-typed, or of another site. */
function parametersOf({ method, body, query: search, headers }: FastifyRequest) {
  if (method === 'GET' && !isAskedFor(headers)) return null;
  const sent = method === 'GET' ? parametersInUrl(search) : body;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return null;
  const { query, ...rest } = sent as GraphQLParameters;
  const checked = checkParameters({ ...rest, query: query ?? '' });
  return typeof checked === 'string' ? null : checked;
}

/** Executing one like a query gives a meaningless error. */
function refuseSubscriptions({ operation }: { readonly operation: OperationTypeNode }): void {
  if (operation !== OperationTypeNode.SUBSCRIPTION) return;
  throw refusal(
    'BAD_REQUEST',
    'Subscriptions are not served over plain HTTP. Use WebSocket (graphql-transport-ws) on this path, or server-sent events at /graphql/stream.',
  );
}
