import type { OutgoingHttpHeaders } from 'node:http';
import { OperationTypeNode, type GraphQLError } from 'graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { SlowReader } from '../../lib/push-queue.js';
import { hangUpSignal } from '../http/hang-up.js';
import { openEventStream, type EventStream } from './event-stream.js';
import {
  requestShapeError,
  operationKind,
  type OperationRequest,
  type OperationResult,
  type Operations,
} from '../../graphql/operations.js';
import type { AllowsOrigin } from '../cross-site.js';

export interface SseOptions {
  readonly path: string;
  readonly operations: Operations;
  readonly allowsOrigin: AllowsOrigin;
  readonly log: Logger;
}

interface Refusal {
  readonly status: number;
  readonly code: 'BAD_REQUEST' | 'FORBIDDEN';
  readonly message: string;
}

/**
 * The GraphQL over Server-Sent Events protocol in "distinct connections" mode, as implemented by graphql-sse and others:
 * one stream per operation, with results in `next` events and one `complete`. Also serves queries and mutations. Closing
 * the server ends every stream.
 */
export function registerSse(app: FastifyInstance, { path, operations, allowsOrigin, log }: SseOptions): void {
  /** Streams of subscriptions. Those of queries end by themselves, because shutdown ends all waits. */
  const following = new Set<EventStream>();
  let closing = false;

  app.route({
    url: path,
    method: ['GET', 'POST'],
    async handler(request, reply) {
      const refusal = refusalOf(request, allowsOrigin);
      if (refusal) return refuse(reply, refusal);
      const asked = request.method === 'GET' ? fromQuery(request.query) : (request.body as OperationRequest | null);
      const fault = requestShapeError(asked ?? {});
      if (fault) return refuse(reply, { status: 400, code: 'BAD_REQUEST', message: fault });
      const signal = hangUpSignal(reply);
      const operation = operations.prepare(asked ?? {}, () => signal);
      const prepared = 'document' in operation ? operation : null;
      if (request.method === 'GET' && prepared && operationKind(prepared) === OperationTypeNode.MUTATION) {
        return refuse(reply.header('allow', 'POST'), MUTATION_BY_GET);
      }

      reply.hijack();
      const stream = openEventStream(reply.raw, reply.getHeaders() as OutgoingHttpHeaders);
      try {
        const results = prepared ? await run(operations, prepared) : refusalsOf(operations, operation);
        const sending = sendResults(stream, results, following);
        // This stream was still being opened when shutdown ended the others.
        if (closing && following.has(stream)) stream.end();
        await sending;
      } catch (error) {
        stream.destroy();
        // Logged here, because Fastify no longer handles a hijacked reply.
        if (!(error instanceof SlowReader)) log.error({ err: error }, 'an event stream failed');
      }
    },
  });

  app.addHook('preClose', async () => {
    closing = true;
    for (const stream of following) stream.end();
  });
}

const MUTATION_BY_GET: Refusal = { status: 405, code: 'BAD_REQUEST', message: 'A mutation must be sent by POST.' };

const PREFLIGHTED = ['x-apollo-operation-name', 'apollo-require-preflight'];

type Results = AsyncIterableIterator<OperationResult> | OperationResult;

function run(operations: Operations, operation: Parameters<Operations['execute']>[0]): Promise<Results> {
  return operationKind(operation) === OperationTypeNode.SUBSCRIPTION
    ? operations.subscribe(operation)
    : operations.execute(operation);
}

/** Takes the next event only after the peer has accepted the last one: a peer that does not read uses no memory here. */
async function sendResults(stream: EventStream, results: Results, following: Set<EventStream>): Promise<void> {
  if (!(Symbol.asyncIterator in results)) {
    await stream.send('next', results);
    return stream.complete();
  }
  const leave = (): void => {
    following.delete(stream);
    void results.return?.();
  };
  following.add(stream);
  stream.closed.addEventListener('abort', leave);
  if (stream.closed.aborted) leave();
  for await (const result of results) await stream.send('next', result);
  await stream.complete();
}

/**
 * A page of another origin can send simple requests without a CORS preflight, and a subscription can buy reports. So a
 * body must be JSON, which requires a preflight. A GET requires none, and over plain http a browser may not send the
 * page's origin: so a GET must either come with an allowed origin or with a header that requires a preflight, as GETs of
 * /graphql must.
 */
function refusalOf(request: FastifyRequest, allowsOrigin: AllowsOrigin): Refusal | null {
  const { accept, origin, host, 'content-type': contentType, 'sec-fetch-site': site } = request.headers;
  if (!accept?.toLowerCase().includes('text/event-stream')) {
    const message = 'This path serves server-sent events; the accept header must include text/event-stream.';
    return { status: 406, code: 'BAD_REQUEST', message };
  }
  if (request.method === 'POST' && !contentType?.toLowerCase().startsWith('application/json')) {
    return { status: 415, code: 'BAD_REQUEST', message: 'The content type must be application/json.' };
  }
  const foreign = origin === undefined && (site === 'cross-site' || site === 'same-site');
  if (foreign || !allowsOrigin(origin, host)) {
    return { status: 403, code: 'FORBIDDEN', message: 'Origin not allowed; see CORS_ORIGINS.' };
  }
  const ownPage = site === 'same-origin' || site === 'none';
  if (
    request.method === 'POST' ||
    origin !== undefined ||
    ownPage ||
    PREFLIGHTED.some((name) => request.headers[name])
  ) {
    return null;
  }
  const message = `A GET request that is not from an allowed origin needs one of these headers: ${PREFLIGHTED.join(', ')}.`;
  return { status: 403, code: 'FORBIDDEN', message };
}

/** The operation in a GET's query string, where `variables` are JSON. */
function fromQuery(parameters: unknown): OperationRequest {
  const { query, operationName, variables } = parameters as Record<string, unknown>;
  if (typeof variables !== 'string') return { query, operationName, variables };
  try {
    return { query, operationName, variables: JSON.parse(variables) as unknown };
  } catch {
    // Still a string, so requestShapeError rejects it.
    return { query, operationName, variables };
  }
}

function refusalsOf(operations: Operations, operation: ReturnType<Operations['prepare']>): OperationResult {
  const refusals = operation as readonly GraphQLError[];
  return { errors: refusals.map((error) => operations.format(error)) as unknown as readonly GraphQLError[] };
}

function refuse(reply: FastifyReply, { status, code, message }: Refusal): FastifyReply {
  return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}
