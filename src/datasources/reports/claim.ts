import { ApiError, type AnswerIssue } from '../../errors.js';
import { ReportType, type ReportKey } from '../../model/report.js';
import { throwIfLossy } from '../../model/text.js';
import type { PurchaseCheck } from '../answers/purchase-check.js';
import { refusalError, type Buyer, type Ensured } from './buyer.js';
import type { ReportCache } from './cache.js';
import { chargeAt } from './charges.js';
import type { Expiry } from './expiry.js';
import { entryOf, hasExpired, isDoubtUntil, type Entry } from './ledger.js';
import { transition, type Transition } from './transition.js';
import { OutcomeUnknown, type Ledger } from './ports.js';
import type { Purchases } from './purchases.js';
import { statusOf } from './status.js';
import type { Watcher } from './watch.js';

/** An explicit wish to buy again what is in doubt. */
interface Resubmission {
  /** Doubts not later than this are bought again, epoch ms. Null: those that are at least a minute old. */
  readonly since: number | null;
  /** True: nothing else is bought, also not what was never requested. */
  readonly doubtsOnly?: boolean;
}

/** The only way to a purchase: what is claimed in the ledger is bought by the process that claimed it. */
export interface ReportClaims {
  /**
   * Buys those of the types that are neither stored nor pending, in one POST, without waiting, as far as the buyer may: if
   * its budget is enough for one, that is PAY. With a resubmission, those in doubt as well; of each doubt one call at most
   * wins. Throws PURCHASE_CHANGED if no type is in the doubt that it names, and STORE_UNAVAILABLE if the claim cannot be
   * stored, or may not have been; nothing is bought then.
   */
  ensure(
    report: ReportKey,
    types: readonly ReportType[],
    buyer: Buyer,
    resubmission?: Resubmission | null,
  ): Promise<Ensured>;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly cache: Pick<ReportCache, 'has'>;
  readonly watcher: Watcher;
  readonly purchases: Purchases;
  readonly expiry: Expiry;
  readonly check: PurchaseCheck;
}

/** A younger doubt is bought again only by a client that names it: another may just have done so. */
const YOUNG_DOUBT_MS = 60_000;

const NOTHING_BOUGHT: Ensured = { bought: [], refused: new Map() };

export function createClaims({ ledger, cache, watcher, purchases, expiry, check }: Dependencies): ReportClaims {
  async function ensure(
    report: ReportKey,
    types: readonly ReportType[],
    buyer: Buyer,
    resubmission: Resubmission | null = null,
  ): Promise<Ensured> {
    const named = resubmission?.since ?? null;
    const missing = named === null ? types.filter((type) => !cache.has(report.id, type, expiry.time())) : types;
    if (missing.length === 0) return NOTHING_BOUGHT;
    // In this order, so that the first has what is left of a budget.
    const wanted = Object.values(ReportType).filter((type) => missing.includes(type));
    const record = await ledger.read(report.id);
    const entries = wanted.map((type) => entryOf(record?.entries ?? [], report.id, type));
    await expiry.confirmFor(entries);
    const now = Date.now();
    if (named !== null && !entries.some((entry) => isDoubtUntil(entry, named)))
      throw purchaseChanged('bought', entries, expiry);
    const doubtsUntil = resubmission && (named ?? now - YOUNG_DOUBT_MS);
    const charge = { ...chargeAt(buyer.client, now), limit: buyer.budget };
    const claimsWith = (warnings: readonly AnswerIssue[]): Transition[] =>
      entries
        .filter((entry) => !resubmission?.doubtsOnly || entry.state === 'UNCERTAIN')
        .filter((entry) => !('expiresAt' in entry) || hasExpired(entry, expiry.timeFor(entry)))
        .map((entry) => transition(entry, { kind: 'claim', doubtsUntil, charge, warnings }, now))
        .filter((claim) => claim !== null);
    const claimable = claimsWith([]);
    if (claimable.length === 0) return NOTHING_BOUGHT;
    const refusal = buyer.refusal?.();
    if (refusal) return refusedFor(claimable, refusal);
    throwIfCorrupt(report);
    // A doubt is bought again as it was bought.
    const checked = claimable.every(({ before }) => before.state === 'UNCERTAIN') ? null : await check(report.request);
    if (checked?.refusal) return refusedFor(claimable, checked.refusal);
    const claims = checked ? claimsWith(checked.warnings) : claimable;

    const committed = await ledger.commit(report, claims).catch((error: unknown) => {
      if (error instanceof ApiError && error.cause instanceof OutcomeUnknown) purchases.withdraw(report, claims);
      throw error;
    });
    for (const { entry } of committed) watcher.notice(entry);
    const claimed = committed.filter(({ won }) => won).map(({ entry }) => entry);
    if (claimed.length > 0) {
      buyer.onPurchase();
      purchases.start(report, claimed);
    }
    const lost = committed.filter(({ won, refused }) => !won && !refused).map(({ entry }) => entry);
    // Lost, but nobody else is buying it: it was pruned or given up between the read and the claim. Claim it again.
    const again = await ensure(
      report,
      lost.filter(({ state }) => state === 'ABSENT' && !resubmission?.doubtsOnly).map(({ type }) => type),
      buyer,
    );
    const bought = [...claimed.map(({ type }) => type), ...again.bought];
    const refused = new Map([
      ...committed.flatMap(({ entry, refused: why }) => (why ? [[entry.type, refusalError(why, now)] as const] : [])),
      ...again.refused,
    ]);
    if (named !== null && bought.length === 0 && refused.size === 0) throw purchaseChanged('bought', lost, expiry);
    return { bought, refused };
  }

  return { ensure };
}

function refusedFor(claims: readonly Transition[], refusal: ApiError): Ensured {
  return { bought: [], refused: new Map(claims.map(({ after }) => [after.type, refusal])) };
}

/** What an earlier release accepted with U+FFFD in an answer is served as long as it is stored, and not bought again. */
function throwIfCorrupt({ request: { answers } }: ReportKey): void {
  for (const [name, value] of Object.entries(answers)) {
    for (const text of [value].flat()) if (typeof text === 'string') throwIfLossy(text, `answers.${name}`);
  }
}

/** None of these entries is in the doubt that was named. */
export function purchaseChanged(
  what: 'bought' | 'closed',
  entries: readonly Entry[],
  expiry: Pick<Expiry, 'timeFor'>,
): ApiError {
  const statuses = entries.map((entry) => ({ type: entry.type, status: statusOf(entry, expiry.timeFor(entry)) }));
  const [{ type, status } = { type: 'PAY', status: 'NOT_REQUESTED' } as const] = statuses;
  const said = statuses.map((each) => `${each.type} is ${each.status}`).join(', ');
  return new ApiError(
    'PURCHASE_CHANGED',
    `Nothing was ${what}: there is no doubt of that time any more; now ${said}.`,
    {
      reportId: entries[0]?.reportId ?? '',
      type,
      status,
    },
  );
}
