import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

export const METHODS = ['GET', 'POST'];
const SIMULATED = 'x-jobalyzer-simulator';

export interface CorsOptions {
  readonly origins: '*' | readonly string[];
  /** True: responses carry a header saying that the figures are invented. */
  readonly simulated: boolean;
}

/** The headers that are on every response. */
export async function registerCors(app: FastifyInstance, { origins, simulated }: CorsOptions): Promise<void> {
  if (simulated) {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header(SIMULATED, 'true');
    });
  }
  await app.register(cors, {
    origin: origins === '*' ? '*' : [...origins],
    methods: METHODS,
    exposedHeaders: [SIMULATED],
    maxAge: 600,
  });
}
