import type { FastifyInstance } from 'fastify';

export interface HealthOptions {
  /** Resolves if reports can be claimed and served. */
  readonly ready: () => Promise<void>;
}

/** `/healthz`: the process answers. `/readyz`: it can do its work, and is not about to stop. */
export function registerHealth(app: FastifyInstance, { ready }: HealthOptions): void {
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const reason = stopping
      ? 'stopping'
      : await ready().then(
          () => null,
          () => 'the ledger cannot be written',
        );
    return reason === null ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reason });
  });
}
