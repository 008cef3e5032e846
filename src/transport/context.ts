import type { FastifyReply } from 'fastify';
import type { Lookups } from '../datasources/jobalyzer/lookups.js';
import { createReportLoader, type ReportLoader } from '../datasources/reports/loader.js';
import type { ReportService } from '../datasources/reports/service.js';
import type { OperationContext } from '../resolvers/context.js';
import { AskerGone } from './format-error.js';

/** What every operation shares. */
export interface Services {
  readonly reports: ReportService;
  readonly lookups: Lookups;
  readonly reportWaitMs: number;
}

/**
 * The context of one operation. What an operation may not need (most subscriptions need neither) is made when it is first
 * asked for: ten thousand of them are held at a time.
 */
export function createOperationContext(services: Services, signal: () => AbortSignal): OperationContext {
  return new LazyContext(services, signal);
}

/** Its state is in plain properties: Apollo copies the contexts it is given, and private ones would stay behind. */
class LazyContext implements OperationContext {
  private made: ReportLoader | undefined;

  constructor(
    private readonly services: Services,
    private readonly openSignal: () => AbortSignal,
  ) {}

  get reports(): ReportService {
    return this.services.reports;
  }

  get lookups(): Lookups {
    return this.services.lookups;
  }

  get reportWaitMs(): number {
    return this.services.reportWaitMs;
  }

  get signal(): AbortSignal {
    return this.openSignal();
  }

  get loader(): ReportLoader {
    return (this.made ??= createReportLoader(this.services.reports));
  }
}

/** Aborts when the connection closes before its answer has been sent; at once where it has closed already. */
export function hangUpSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const onClose = (): void => {
    if (!raw.writableFinished) controller.abort(new AskerGone('The connection was closed by the asker.'));
  };
  if (raw.destroyed) onClose();
  else raw.once('close', onClose);
  return controller.signal;
}
