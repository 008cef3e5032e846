import type { FastifyReply } from 'fastify';
import type { Lookups } from '../datasources/jobalyzer/lookups.js';
import { createReportLoader } from '../datasources/reports/loader.js';
import type { ReportService } from '../datasources/reports/service.js';
import type { OperationContext } from '../resolvers/context.js';
import { AskerGone } from './format-error.js';

/** What every operation shares. */
export interface Services {
  readonly reports: ReportService;
  readonly lookups: Lookups;
  readonly reportWaitMs: number;
}

export function createOperationContext(services: Services, signal: AbortSignal): OperationContext {
  return { ...services, loader: createReportLoader(services.reports), signal };
}

/** Aborts when the connection closes before its answer has been sent. */
export function hangUpSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new AskerGone('The connection was closed by the asker.'));
  });
  return controller.signal;
}
