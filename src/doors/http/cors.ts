import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { REQUEST_ID } from '../request-id.js';

export const METHODS = ['GET', 'POST'];
const SIMULATED = 'x-jobalyzer-simulator';

/** Marks every response, because its figures are invented. */
export function registerSimulatedHeader(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header(SIMULATED, 'true');
    done();
  });
}

/** What a page of another origin may read of a response, besides what it always may. */
const EXPOSED = [SIMULATED, REQUEST_ID, 'retry-after', 'www-authenticate'].join(', ');

export async function registerCors(app: FastifyInstance, origins: '*' | readonly string[]): Promise<void> {
  app.addHook('onRequest', ({ headers }, reply, done) => {
    if (headers.origin !== undefined) reply.header('access-control-expose-headers', EXPOSED);
    done();
  });
  await app.register(cors, {
    origin: origins === '*' ? '*' : [...origins],
    methods: METHODS,
    maxAge: 600,
    // Any OPTIONS is answered, not only a browser's.
    strictPreflight: false,
  });
}
