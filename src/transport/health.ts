import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

export interface HealthOptions {
  /** Resolves if reports can be claimed and served. */
  readonly ready: () => Promise<void>;
  readonly log: Logger;
}

/** Asking costs a write to the disk: whoever asks more often than this gets the last answer. */
const READY_FOR_MS = 1_000;

/** `/healthz`: the process answers. `/readyz`: it can do its work. While it stops, both are 503. */
export function registerHealth(app: FastifyInstance, { ready, log }: HealthOptions): void {
  let asked = -Infinity;
  let answer = Promise.resolve(true);

  function isReady(): Promise<boolean> {
    if (performance.now() - asked >= READY_FOR_MS) {
      asked = performance.now();
      answer = ready().then(
        () => true,
        (error: unknown) => {
          log.error({ err: error }, 'not ready');
          return false;
        },
      );
    }
    return answer;
  }

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) =>
    (await isReady())
      ? { status: 'ready' }
      : reply.code(503).send({ status: 'not ready', reason: 'the ledger cannot be written' }),
  );
}
