import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { UpstreamCondition } from '../../datasources/jobalyzer/client.js';
import type { ReportService } from '../../datasources/reports/service.js';
import { VERSION } from '../../lib/version.js';
import { readinessOf, SHUTTING_DOWN, type Readiness } from './readiness.js';

export interface HealthOptions {
  readonly reports: Pick<ReportService, 'ping' | 'purchasesPaused'>;
  readonly upstream: () => UpstreamCondition;
  /** How many rows of the ledger could not be read. */
  readonly rowsSetAside: () => number;
  readonly log: Logger;
}

/** The ledger is looked at no more often, however many ask. */
const LOOK_EVERY_MS = 1_000;
const ALWAYS = { config: { anyHost: true, evenIfFull: true } };

/** `/healthz`: the process responds. `/readyz`: whether it should get requests, and why not. */
export function registerHealth(app: FastifyInstance, { reports, upstream, rowsSetAside, log }: HealthOptions): void {
  const startedAt = performance.now();
  let looked = -Infinity;
  let ledger: Promise<unknown> = Promise.resolve(null);
  let closing = false;
  let said = '';
  app.addHook('preClose', async () => void (closing = true));

  function lookAtLedger(): Promise<unknown> {
    if (performance.now() - looked >= LOOK_EVERY_MS) {
      looked = performance.now();
      ledger = reports.ping().then(
        () => null,
        (error: unknown) => {
          log.error({ err: error }, 'the ledger is not ready');
          return error;
        },
      );
    }
    return ledger;
  }

  async function look(): Promise<Readiness> {
    if (closing) return SHUTTING_DOWN;
    return readinessOf({
      ledger: await lookAtLedger(),
      upstream: upstream(),
      purchasesPaused: reports.purchasesPaused(),
      rowsSetAside: rowsSetAside(),
      upForMs: performance.now() - startedAt,
    });
  }

  app.get('/healthz', ALWAYS, async () => ({ status: 'ok', version: VERSION }));

  app.get('/readyz', { config: { ...ALWAYS.config, whileClosing: true } }, async (_request, reply) => {
    const readiness = await look();
    const codes = [...readiness.reasons, ...readiness.degraded].map(({ code }) => code).join(', ');
    if (codes !== said) log[codes === '' ? 'info' : 'warn']({ codes }, readiness.status);
    said = codes;
    return reply
      .code(readiness.status === 'not ready' ? 503 : 200)
      .header('cache-control', 'no-store')
      .send(readiness);
  });
}
