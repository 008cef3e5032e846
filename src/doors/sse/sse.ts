import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import type { Authenticate, Identity } from '../../graphql/authentication/authenticate.js';
import { isStream, type Asked, type Door, type Receive, type Results } from '../../graphql/operation.js';
import { whenThere, type MaybeAsync } from '../../lib/maybe-async.js';
import { SlowReader } from '../../lib/push-queue.js';
import { credentialsInHeaders, endWithCredentials, identifyOnce } from '../credentials.js';
import { isAskedFor, NOT_ASKED_FOR, saysWhichPage, type CrossSitePolicy } from '../cross-site.js';
import { mutationByGet, parametersOf } from '../graphql-parameters.js';
import { traceparentIn } from '../request-id.js';
import { refusalHeaders } from '../refusal-headers.js';
import { hangUpSignal } from '../http/hang-up.js';
import { refuse, sendResult } from '../http/refuse.js';
import { badRequest, isProblem, type Problem } from '../problem.js';
import { openEventStream, type EventStream } from './event-stream.js';

export interface SseOptions {
  readonly path: string;
  readonly receive: Receive;
  readonly authenticate: Authenticate;
  readonly crossSite: CrossSitePolicy;
  readonly isKnown: (received: string) => boolean;
  readonly log: Logger;
}

/** What belongs to all streams of this door. */
interface Streams {
  /** Those of subscriptions. Those of queries end by themselves, because shutdown ends all waits. */
  readonly following: Map<EventStream, Identity>;
  closing: boolean;
}

/**
 * The GraphQL over Server-Sent Events protocol in "distinct connections" mode, as implemented by graphql-sse and others:
 * one stream per operation, with results in `next` events and one `complete`. Also serves queries and mutations. Closing
 * the server ends every stream, and so do credentials that prove nothing any more.
 */
export function registerSse(app: FastifyInstance, options: SseOptions): void {
  const streams: Streams = { following: new Map(), closing: false };

  app.route({
    url: options.path,
    method: ['GET', 'POST'],
    exposeHeadRoute: false,
    handler: (request, reply) => handle(request, reply, options, streams),
  });

  // Not completed: a client that has new credentials connects again with them.
  const stopLooking = endWithCredentials(
    streams.following,
    ([, identity]) => identity,
    ([stream]) => stream.end(),
  );

  app.addHook('preClose', async () => {
    stopLooking();
    streams.closing = true;
    for (const stream of streams.following.keys()) stream.end();
  });
}

async function handle(
  request: FastifyRequest,
  reply: FastifyReply,
  { receive, authenticate, crossSite, isKnown, log }: SseOptions,
  streams: Streams,
): Promise<unknown> {
  const parameters = problemOf(request, crossSite) ?? parametersOf(request, isKnown);
  if (isProblem(parameters)) return refuse(reply, parameters);
  const get = request.method === 'GET';

  let stream: EventStream | undefined;
  const opened = (): EventStream => (stream ??= open(reply));
  let signal: AbortSignal | undefined;
  const identify = identifyOnce(authenticate, credentialsInHeaders(request.headers));
  const door: Door = {
    name: 'sse',
    identify: () => whenThere(identify(), ({ client }) => client),
    safe: request.method !== 'POST',
    signal: () => (signal ??= hangUpSignal(reply)),
    accept({ operation }) {
      if (get && operation === OperationTypeNode.MUTATION) throw mutationByGet();
      // A query may take long; meanwhile, comments keep the connection open.
      opened();
    },
  };

  try {
    const outcome = await receive({
      door,
      requestId: request.id,
      traceparent: traceparentIn(request.headers),
      ...parameters,
      startedAt: performance.now(),
    });
    const { results, refused } = outcome;
    if (!stream && refused !== null && !(STREAMED.includes(refused) && asksForOperation(parameters.read()))) {
      return await sendResult(reply.headers(refusalHeaders(outcome)), refused, results);
    }
    await sendResults(opened(), results, streams, identify);
  } catch (error) {
    if (!stream) throw error;
    stream.destroy();
    // Logged here, because Fastify no longer handles a hijacked reply.
    if (!(error instanceof SlowReader)) log.error({ err: error }, 'an event stream failed');
  }
  return undefined;
}

function asksForOperation({ query, documentId }: Asked): boolean {
  return query !== '' || documentId !== null;
}

/** The protocol sends errors of the operation itself in the stream; any other refusal is a plain response. */
const STREAMED = [200, 400, 500];

function open(reply: FastifyReply): EventStream {
  reply.hijack();
  return openEventStream(reply.raw, reply.getHeaders() as OutgoingHttpHeaders);
}

/** Takes the next event only after the peer has accepted the last one: a peer that does not read uses no memory here. */
async function sendResults(
  stream: EventStream,
  results: Results,
  { following, closing }: Streams,
  identify: () => MaybeAsync<Identity>,
): Promise<void> {
  if (!isStream(results)) {
    await stream.send('next', results);
    return stream.complete();
  }
  const leave = (): void => {
    following.delete(stream);
    void results.return?.();
  };
  following.set(stream, await identify());
  stream.closed.addEventListener('abort', leave);
  if (stream.closed.aborted) leave();
  // This stream was still being opened when shutdown ended the others.
  else if (closing) stream.end();
  for await (const result of results) await stream.send('next', result);
  await stream.complete();
}

/** Why the request is refused, whatever its parameters; null if nothing is wrong. */
function problemOf({ method, headers, raw }: FastifyRequest, crossSite: CrossSitePolicy): Problem | null {
  if (!headers.accept?.toLowerCase().includes('text/event-stream')) {
    return badRequest('This path serves server-sent events; the accept header must include text/event-stream.', 406);
  }
  const problem = crossSite.problemOf(raw);
  if (problem) return problem;
  return method === 'POST' || isAskedFor(headers) || saysWhichPage(headers) ? null : NOT_ASKED_FOR;
}
