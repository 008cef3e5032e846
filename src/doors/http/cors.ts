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

export async function registerCors(app: FastifyInstance, origins: '*' | readonly string[]): Promise<void> {
  await app.register(cors, {
    origin: origins === '*' ? '*' : [...origins],
    methods: METHODS,
    exposedHeaders: [SIMULATED, REQUEST_ID, 'retry-after', 'www-authenticate'].join(', '),
    maxAge: 600,
    // Any OPTIONS is answered, not only a browser's.
    strictPreflight: false,
  });
}
