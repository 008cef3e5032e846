import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import type { Authenticate } from '../../graphql/authentication/authenticate.js';
import type { AuthenticatedRequest, Door, Outcome, Receive } from '../../graphql/operation.js';
import { refusal } from '../../graphql/refusal.js';
import { credentialsInHeaders, identifyOnce } from '../credentials.js';
import { isAskedFor, NOT_ASKED_FOR, type CrossSitePolicy } from '../cross-site.js';
import { mutationByGet, parametersOf, type Parameters } from '../graphql-parameters.js';
import { traceparentIn } from '../request-id.js';
import { badRequest, isProblem, type Problem } from '../problem.js';
import { refusalHeaders } from '../refusal-headers.js';
import { askApollo, createApollo, type ApolloContext, type ApolloOptions, type Exchange } from './apollo.js';
import { hangUpSignal } from './hang-up.js';
import { acceptedType, asAccepted, refuse, sendResult } from './refuse.js';

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
    exposeHeadRoute: false,
    handler: (request, reply) => {
      const parameters = problemOf(request, crossSite) ?? parametersOf(request);
      if (isProblem(parameters)) return refuse(reply, parameters);
      return handle(apollo, { receive, authenticate }, parameters, request, reply);
    },
  });
}

async function handle(
  apollo: ApolloServer<ApolloContext>,
  { receive, authenticate }: Pick<GraphQLOptions, 'receive' | 'authenticate'>,
  parameters: Parameters,
  { id: requestId, method, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const startedAt = performance.now();
  let signal: AbortSignal | undefined;
  const identify = identifyOnce(authenticate, credentialsInHeaders(headers));

  let written: { readonly outcome: Outcome; readonly body: string } | undefined;
  async function read(asked: AuthenticatedRequest, next: Receive<AuthenticatedRequest>): Promise<Outcome> {
    const exchange: Exchange = { run: (parsed) => next({ ...asked, parsed }) };
    const { status, headers: given, body } = await askApollo(apollo, asked, headers, exchange);
    asAccepted(reply.code(status).headers(given));
    const outcome = exchange.outcome ?? { definition: null, results: {}, refused: status };
    written = { outcome, body };
    return outcome;
  }
  const door: Door = {
    name: 'http',
    identify: async () => (await identify()).client,
    safe: method !== 'POST',
    signal: () => (signal ??= hangUpSignal(reply)),
    read,
    accept: (definition) => refuseKind(definition, method),
  };
  const outcome = await receive({ door, requestId, traceparent: traceparentIn(headers), ...parameters, startedAt });
  reply.headers(refusalHeaders(outcome));
  // A layer before Apollo may have refused the request or made another outcome of it.
  if (written?.outcome === outcome) return written.body;
  return sendResult(reply, outcome.refused ?? 200, outcome.results);
}

/** Why the request is refused, whatever its parameters; null if nothing is wrong. */
function problemOf({ method, headers, raw }: FastifyRequest, crossSite: CrossSitePolicy): Problem | null {
  // Apollo notices it only once the operation has run.
  if (acceptedType(headers.accept) === undefined) {
    return badRequest('The accept header must allow application/json or application/graphql-response+json.', 406);
  }
  const problem = crossSite.problemOf(raw);
  if (problem) return problem;
  return method === 'GET' && !isAskedFor(headers) ? NOT_ASKED_FOR : null;
}

/** Executing a subscription like a query gives a meaningless error. */
function refuseKind({ operation }: { readonly operation: OperationTypeNode }, method: string): void {
  if (operation === OperationTypeNode.MUTATION && method === 'GET') throw mutationByGet();
  if (operation !== OperationTypeNode.SUBSCRIPTION) return;
  throw refusal(
    'BAD_REQUEST',
    'Subscriptions are not served over plain HTTP. Use WebSocket (graphql-transport-ws) on this path, or server-sent events at /graphql/stream.',
  );
}
