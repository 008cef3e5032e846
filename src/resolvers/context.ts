import type { AnswerChecker } from '../datasources/answers/checker.js';
import type { Lookups } from '../datasources/jobalyzer/lookups.js';
import type { Buyer } from '../datasources/reports/buyer.js';
import type { ReportLoader } from '../datasources/reports/loader.js';
import type { ReportService } from '../datasources/reports/service.js';
import type { Client } from '../model/client.js';

/** The context of one operation, created by the pipeline. */
export interface OperationContext {
  /** Who asks. */
  readonly client: Client;
  /** The same, as reports are bought for it. */
  readonly buyer: Buyer;
  /** Whether anything was bought for this operation so far. */
  readonly purchased: boolean;
  readonly reports: ReportService;
  readonly lookups: Lookups;
  readonly checker: AnswerChecker;
  readonly loader: ReportLoader;
  /** Aborts when the client disconnects. It ends waits, never a purchase or a collection. */
  readonly signal: AbortSignal;
  /** The longest wait for a report, in milliseconds. */
  readonly reportWaitMs: number;
}
