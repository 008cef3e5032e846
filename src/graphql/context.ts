import type { AnswerChecker } from '../datasources/answers/checker.js';
import type { Lookups } from '../datasources/jobalyzer/lookups.js';
import type { Buyer } from '../datasources/reports/buyer.js';
import { createReportLoader, type ReportLoader } from '../datasources/reports/loader.js';
import type { ReportService } from '../datasources/reports/service.js';
import { ApiError } from '../errors.js';
import type { Client } from '../model/client.js';
import type { OperationContext } from '../resolvers/context.js';
import type { Door } from './operation.js';

/** The services shared by all operations. */
export interface Services {
  readonly reports: ReportService;
  readonly lookups: Lookups;
  readonly checker: AnswerChecker;
  readonly reportWaitMs: number;
  /** How many reports each client may buy per UTC day; null: any number. */
  readonly budget: number | null;
}

/**
 * The context of one operation. Most parts are created on first use: thousands of subscriptions may be open at a time, and
 * most of them need none.
 */
export function createOperationContext(
  services: Services,
  client: Client,
  door: Pick<Door, 'safe' | 'signal'>,
): OperationContext {
  return new LazyContext(services, client, door);
}

/** The same context, for an operation that must not buy: whatever would claim a report throws `refusal`. */
export function withoutPurchases(context: OperationContext, refusal: ApiError): OperationContext {
  const refuse = async (): Promise<never> => {
    throw refusal;
  };
  const { client, reports, lookups, checker, reportWaitMs, buyer } = context;
  const withoutPurchases: ReportService = {
    ...reports,
    ensure: refuse,
    follow: (report, types, asker) => (asker ? refuse() : reports.follow(report, types, null)),
  };
  const services = { reports: withoutPurchases, lookups, checker, reportWaitMs, budget: buyer.budget };
  return new LazyContext(services, client, { safe: true, signal: () => context.signal });
}

class LazyContext implements OperationContext {
  readonly reports: ReportService;
  readonly lookups: Lookups;
  readonly checker: AnswerChecker;
  readonly reportWaitMs: number;
  purchased = false;
  readonly #budget: number | null;
  readonly #door: Pick<Door, 'safe' | 'signal'>;
  #buyer: Buyer | undefined;
  #loader: ReportLoader | undefined;

  constructor(
    { reports, lookups, checker, reportWaitMs, budget }: Services,
    readonly client: Client,
    door: Pick<Door, 'safe' | 'signal'>,
  ) {
    this.reports = reports;
    this.lookups = lookups;
    this.checker = checker;
    this.reportWaitMs = reportWaitMs;
    this.#budget = budget;
    this.#door = door;
  }

  get signal(): AbortSignal {
    return this.#door.signal();
  }

  get buyer(): Buyer {
    return (this.#buyer ??= new OperationBuyer(this, this.#budget, refusalOf(this.client, this.#door)));
  }

  get loader(): ReportLoader {
    return (this.#loader ??= createReportLoader(this.reports, this.buyer, () => this.signal));
  }
}

class OperationBuyer implements Buyer {
  constructor(
    private readonly operation: LazyContext,
    readonly budget: number | null,
    readonly refusal: Buyer['refusal'],
  ) {}

  get client(): string {
    return this.operation.client.name;
  }

  onPurchase(): void {
    this.operation.purchased = true;
  }
}

function refusalOf({ mayBuy }: Client, { safe }: Pick<Door, 'safe'>): Buyer['refusal'] {
  if (!mayBuy) return readsOnly;
  return safe ? requiresPost : null;
}

function readsOnly(): ApiError {
  return new ApiError(
    'FORBIDDEN',
    'This report would have to be bought, and this client may only read what is stored or already bought. Ask with buy: false.',
  );
}

function requiresPost(): ApiError {
  return new ApiError(
    'PURCHASE_REQUIRES_POST',
    'This report would have to be bought, and a GET request buys nothing. Send the operation by POST, or ask with buy: false.',
  );
}
