import { ApiError } from '../../errors.js';
import type { ReportType } from '../../model/report.js';
import { resetsAt } from './charges.js';
import type { PurchaseRefusal } from './ports.js';

/** Whoever asks for reports that may have to be bought. */
export interface Buyer {
  /** The name of the client that purchases are charged to. */
  readonly client: string;
  /** How many reports may be charged to it per UTC day; null: any number. */
  readonly budget: number | null;
  /** Why nothing is bought for it, whatever it asks for; null: something may be. */
  readonly refusal: (() => ApiError) | null;
  /** Called when something was claimed for it. */
  onPurchase(): void;
}

/** What became of the types that were asked for. Those in neither are stored, or under way. */
export interface Ensured {
  /** Those that are bought for this caller. */
  readonly bought: readonly ReportType[];
  /** Those that would have to be bought and are not, with the reason. */
  readonly refused: ReadonlyMap<ReportType, ApiError>;
}

/** The error for what the ledger refused at `now` (epoch ms). */
export function refusalError(refusal: PurchaseRefusal, now: number): ApiError {
  if (refusal.reason === 'stopped') return buyingStopped();
  const { used, limit } = refusal;
  const reset = resetsAt(now).toISOString();
  return new ApiError(
    'BUDGET_EXCEEDED',
    `This report was not bought: ${used} of ${limit} reports of this UTC day have been bought. The next day begins at ${reset}.`,
    { limit, used, resetsAt: reset },
  );
}

export function buyingStopped(): ApiError {
  return new ApiError(
    'BUYING_STOPPED',
    'This report was not bought: an operator has stopped purchases. What is stored or already bought is still served.',
  );
}

/** For a caller that wants all of the types: throws why one was not bought. What was bought stays so, and is named. */
export function throwIfRefused({ bought, refused }: Ensured): void {
  const [refusal] = refused.values();
  if (!refusal) return;
  if (bought.length === 0) throw refusal;
  const { message, ...failure } = refusal.toFailure();
  throw ApiError.of({ ...failure, message: `${message} ${bought.join(' and ')} was bought.` });
}
