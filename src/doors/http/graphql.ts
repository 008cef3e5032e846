import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import type { Authenticate, Identity } from '../../graphql/authentication/authenticate.js';
import type { AuthenticatedRequest, Door, Outcome, Receive } from '../../graphql/operation.js';
import { refusal } from '../../graphql/refusal.js';
import { WrittenResult } from '../../graphql/stored/written-result.js';
import { whenThere, type MaybeAsync } from '../../lib/maybe-async.js';
import type { Client } from '../../model/client.js';
import { credentialsInHeaders, identifyOnce } from '../credentials.js';
import { isAskedFor, NOT_ASKED_FOR, type CrossSitePolicy } from '../cross-site.js';
import { mutationByGet, parametersOf } from '../graphql-parameters.js';
import { traceparentIn } from '../request-id.js';
import { badRequest, isProblem, type Problem } from '../problem.js';
import { refusalHeaders } from '../refusal-headers.js';
import { askApollo, createApollo, type ApolloContext, type ApolloOptions, type Exchange } from './apollo.js';
import { hangUpSignal } from './hang-up.js';
import { acceptedType, asAccepted, refuse } from './refuse.js';

export interface GraphQLOptions extends ApolloOptions {
  readonly path: string;
  readonly receive: Receive;
  readonly authenticate: Authenticate;
  readonly crossSite: CrossSitePolicy;
  /** Whether the same was received and read before. */
  readonly isKnown: (received: string) => boolean;
}

/** GraphQL over HTTP: one request, one response, so no subscriptions. */
export async function registerGraphQL(
  app: FastifyInstance,
  { path, receive, authenticate, crossSite, isKnown, ...options }: GraphQLOptions,
): Promise<void> {
  const apollo = createApollo(options);
  await apollo.start();
  app.addHook('onClose', () => apollo.stop());
  app.route({
    url: path,
    method: ['GET', 'POST'],
    exposeHeadRoute: false,
    handler(request, reply) {
      const parameters = problemOf(request, crossSite) ?? parametersOf(request, isKnown);
      if (isProblem(parameters)) return refuse(reply, parameters);
      const startedAt = performance.now();
      const door = new HttpDoor(request, reply, authenticate, apollo);
      const traceparent = traceparentIn(request.headers);
      const outcome = receive({ door, requestId: request.id, traceparent, ...parameters, startedAt });
      if (outcome instanceof Promise) return outcome.then((known) => door.respond(known));
      // Not returned: Fastify would wait for its end like for a promise.
      reply.send(door.respond(outcome));
      return undefined;
    },
  });
}

/** One request and its response. */
class HttpDoor implements Door {
  readonly name = 'http';
  readonly safe: boolean;
  readonly #identify: () => MaybeAsync<Identity>;
  #signal: AbortSignal | undefined;
  /** What Apollo has made of the request. */
  #written: { readonly outcome: Outcome; readonly body: string } | undefined;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    authenticate: Authenticate,
    private readonly apollo: ApolloServer<ApolloContext>,
  ) {
    this.safe = request.method !== 'POST';
    this.#identify = identifyOnce(authenticate, credentialsInHeaders(request.headers));
  }

  identify(): MaybeAsync<Client> {
    return whenThere(this.#identify(), ({ client }) => client);
  }

  signal(): AbortSignal {
    return (this.#signal ??= hangUpSignal(this.reply));
  }

  async read(asked: AuthenticatedRequest, next: Receive<AuthenticatedRequest>): Promise<Outcome> {
    const { apollo, request, reply } = this;
    const exchange: Exchange = { run: async (parsed) => next({ ...asked, parsed }) };
    const { status, headers, body } = await askApollo(apollo, asked, request.headers, exchange);
    asAccepted(reply.code(status).headers(headers));
    const outcome = exchange.outcome ?? { definition: null, results: {}, refused: status };
    this.#written = { outcome, body };
    return outcome;
  }

  /** Executing a subscription like a query gives a meaningless error. */
  accept({ operation }: { readonly operation: OperationTypeNode }): void {
    if (operation === OperationTypeNode.MUTATION && this.request.method === 'GET') throw mutationByGet();
    if (operation !== OperationTypeNode.SUBSCRIPTION) return;
    throw refusal(
      'BAD_REQUEST',
      'Subscriptions are not served over plain HTTP. Use WebSocket (graphql-transport-ws) on this path, or server-sent events at /graphql/stream.',
    );
  }

  /** Sets the status and the headers; returns the body. */
  respond(outcome: Outcome): string | object {
    const { reply } = this;
    const { results, refused } = outcome;
    if (results instanceof WrittenResult) {
      // As Apollo writes it.
      asAccepted(reply.header('cache-control', 'no-store'));
      return `${results.json}\n`;
    }
    reply.headers(refusalHeaders(outcome));
    // A layer before Apollo may have refused the request or made another outcome of it.
    if (this.#written?.outcome === outcome) return this.#written.body;
    asAccepted(reply.code(refused ?? 200));
    return results;
  }
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
