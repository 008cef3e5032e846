import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHandler, type RequestParams, type Response } from 'graphql-sse';
import { deadline } from '../lib/deadline.js';
import { hangUpSignal } from './context.js';
import type { Operations } from './operations.js';
import type { AllowsOrigin } from './origin.js';

export interface SseOptions {
  readonly path: string;
  readonly operations: Operations;
  readonly allowsOrigin: AllowsOrigin;
}

/** A peer that takes nothing for this long is cut off. */
const LONGEST_WRITE_MS = 30_000;

const STREAM_HEADERS = {
  'cache-control': 'no-cache, no-transform',
  // nginx and its kin hold answers back until they are full; a stream never is.
  'x-accel-buffering': 'no',
};

/**
 * Server-sent events by graphql-sse, one stream for each operation ("distinct connections"); queries and mutations, too.
 * Comments keep idle streams alive through proxies. Closing the server ends every stream.
 */
export function registerSse(app: FastifyInstance, { path, operations, allowsOrigin }: SseOptions): void {
  const streams = new Set<() => void>();
  const handler = createHandler<FastifyRequest, { reply: FastifyReply }, Record<string, unknown>>({
    // Checked already, by the rules of every door.
    validate: () => [],
    onSubscribe({ context }, params: RequestParams) {
      const prepared = operations.prepare(params, hangUpSignal(context.reply));
      return 'document' in prepared ? prepared : { errors: prepared.map((error) => operations.format(error)) as never };
    },
    execute: (operation) => operations.execute(operation),
    subscribe: (operation) => operations.subscribe(operation),
  });

  app.route({
    url: path,
    method: ['GET', 'POST'],
    async handler(request, reply) {
      const refusal = refusalOf(request, allowsOrigin);
      if (refusal) return reply.code(refusal.status).send({ errors: [{ message: refusal.message }] });
      const answer = await handler({
        method: request.method,
        url: request.url,
        headers: { get: (name) => (name === 'accept' ? 'text/event-stream' : headerOf(request, name)) },
        body: () => request.body as string,
        raw: request,
        context: { reply },
      });
      reply.hijack();
      await write(reply, answer, streams);
    },
  });

  app.addHook('preClose', async () => {
    for (const end of streams) end();
  });
}

/**
 * A page elsewhere can send simple requests without asking first, and a subscription buys: so a body must be JSON, which
 * needs a preflight, and a GET must come from nowhere else than an allowed page.
 */
function refusalOf(request: FastifyRequest, allowsOrigin: AllowsOrigin): { status: number; message: string } | null {
  const { accept, origin, host, 'content-type': contentType, 'sec-fetch-site': site } = request.headers;
  if (!accept?.includes('text/event-stream')) {
    return { status: 406, message: 'This path answers with server-sent events: accept must be text/event-stream.' };
  }
  if (request.method === 'POST' && !contentType?.toLowerCase().startsWith('application/json')) {
    return { status: 415, message: 'The body must be application/json.' };
  }
  const foreign = origin === undefined && (site === 'cross-site' || site === 'same-site');
  if (foreign || !allowsOrigin(origin, host))
    return { status: 403, message: 'Pages of this origin are not allowed here.' };
  return null;
}

function headerOf(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}

async function write(reply: FastifyReply, [body, init]: Response, streams: Set<() => void>): Promise<void> {
  const { raw } = reply;
  raw.writeHead(init.status, { ...(reply.getHeaders() as Record<string, string>), ...init.headers, ...STREAM_HEADERS });
  if (!body || typeof body === 'string') {
    raw.end(body ?? undefined);
    return;
  }
  const end = (): void => void body.return(undefined);
  streams.add(end);
  raw.once('close', end);
  try {
    for await (const event of body) if (!(await sent(raw, event))) break;
  } finally {
    streams.delete(end);
    raw.end();
  }
}

/** Waits until the peer has taken it; false if it is gone, or does not take it in time. */
async function sent(raw: ServerResponse, event: string): Promise<boolean> {
  if (raw.destroyed) return false;
  if (raw.write(event)) return true;
  const signal = deadline(LONGEST_WRITE_MS);
  return new Promise((resolve) => {
    const settle = (taken: boolean) => (): void => {
      raw.off('drain', drained).off('close', gone);
      signal.removeEventListener('abort', late);
      if (!taken) raw.destroy();
      resolve(taken);
    };
    const drained = settle(true);
    const gone = settle(false);
    const late = settle(false);
    raw.once('drain', drained).once('close', gone);
    signal.addEventListener('abort', late);
  });
}
