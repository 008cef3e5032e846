import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

export interface HealthOptions {
  /** Resolves if the ledger is writable, so that reports can be claimed. */
  readonly ready: () => Promise<void>;
  readonly log: Logger;
}

/** Each check writes to the disk, so its result is reused for this long. */
const READY_FOR_MS = 1_000;
const ALWAYS = { config: { anyHost: true, evenIfFull: true } };

/** `/healthz`: the process responds. `/readyz`: it can serve reports. During shutdown Fastify answers every request with 503. */
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

  app.get('/healthz', ALWAYS, async () => ({ status: 'ok' }));

  app.get('/readyz', ALWAYS, async (_request, reply) =>
    (await isReady())
      ? { status: 'ready' }
      : reply.code(503).send({ status: 'not ready', reason: 'the ledger is not writable' }),
  );
}
