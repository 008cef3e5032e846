import type { Lookups } from '../datasources/jobalyzer/lookups.js';
import { createReportLoader, type ReportLoader } from '../datasources/reports/loader.js';
import type { ReportService } from '../datasources/reports/service.js';
import type { OperationContext } from '../resolvers/context.js';

/** The services shared by all operations. */
export interface Services {
  readonly reports: ReportService;
  readonly lookups: Lookups;
  readonly reportWaitMs: number;
}

/**
 * The context of one operation. The loader and the signal are created on first use: thousands of subscriptions may be
 * open at a time, and most of them need neither.
 */
export function createOperationContext(services: Services, signal: () => AbortSignal): OperationContext {
  return new LazyContext(services, signal);
}

/** No #private fields: Apollo copies the context object, and the copy would lack them. */
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
