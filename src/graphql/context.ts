import type { Lookups } from '../datasources/jobalyzer/lookups.js';
import { createReportLoader, type ReportLoader } from '../datasources/reports/loader.js';
import type { ReportService } from '../datasources/reports/service.js';
import type { ApiError } from '../errors.js';
import type { Client } from '../model/client.js';
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
export function createOperationContext(
  services: Services,
  client: Client,
  signal: () => AbortSignal,
): OperationContext {
  return new LazyContext(services, client, signal);
}

/** The same context, for an operation that must not buy: whatever would claim a report throws `refusal`. */
export function withoutPurchases(context: OperationContext, refusal: ApiError): OperationContext {
  const refuse = async (): Promise<never> => {
    throw refusal;
  };
  const { lookups, reportWaitMs, client } = context;
  const reports = { ...context.reports, ensure: refuse, follow: refuse };
  return new LazyContext({ reports, lookups, reportWaitMs }, client, () => context.signal);
}

class LazyContext implements OperationContext {
  readonly reports: ReportService;
  readonly lookups: Lookups;
  readonly reportWaitMs: number;
  readonly #openSignal: () => AbortSignal;
  #loader: ReportLoader | undefined;

  constructor(
    { reports, lookups, reportWaitMs }: Services,
    readonly client: Client,
    openSignal: () => AbortSignal,
  ) {
    this.reports = reports;
    this.lookups = lookups;
    this.reportWaitMs = reportWaitMs;
    this.#openSignal = openSignal;
  }

  get signal(): AbortSignal {
    return this.#openSignal();
  }

  get loader(): ReportLoader {
    return (this.#loader ??= createReportLoader(this.reports));
  }
}
