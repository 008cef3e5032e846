import { ApiError, type AnswerIssue } from '../../errors.js';
import { ReportType, type ReportKey } from '../../model/report.js';
import { throwIfLossy } from '../../model/text.js';
import type { PurchaseCheck } from '../answers/purchase-check.js';
import { refusalError, type Buyer, type Ensured } from './buyer.js';
import type { ReportCache } from './cache.js';
import { chargeAt } from './charges.js';
import type { Expiry } from './expiry.js';
import { hasExpired, isDoubtUntil, type Entry } from './ledger.js';
import { transition, type Transition } from './transition.js';
import { OutcomeUnknown, type Alias, type Committed, type Ledger } from './ports.js';
import { createPurchasePlaces } from './purchase-place.js';
import type { Purchases } from './purchases.js';
import { byReport, neverRequested, seenEntry, seeThrough } from './see-through.js';
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

/** The check of a report, by its id and with the request that was looked up. */
interface Checked extends ReportKey {
  readonly outcome: Awaited<ReturnType<PurchaseCheck>>;
}

/** A younger doubt is bought again only by a client that names it: another may just have done so. */
const YOUNG_DOUBT_MS = 60_000;

/** By then whoever changes the same ids at the same time is done; otherwise the report is bought as it is asked for. */
const MOST_ATTEMPTS = 5;

const NOTHING_BOUGHT: Ensured = { bought: [], refused: new Map() };

export function createClaims({ ledger, cache, watcher, purchases, expiry, check }: Dependencies): ReportClaims {
  const places = createPurchasePlaces({ ledger, watcher, expiry });

  /** Null: the alias cannot be made any more, and nothing is claimed. */
  async function commit(
    report: ReportKey,
    claims: readonly Transition[],
    alias: Alias | null,
  ): Promise<readonly Committed[] | null> {
    try {
      if (!alias) return await ledger.commit(report, claims);
      const { committed, aliases } = await ledger.commitAs(report, claims, alias);
      for (const entry of aliases ?? []) watcher.notice(entry);
      return aliases || committed.some(({ refused }) => refused) ? committed : null;
    } catch (error) {
      if (error instanceof ApiError && error.cause instanceof OutcomeUnknown) purchases.withdraw(report, claims);
      throw error;
    }
  }

  async function ensure(
    report: ReportKey,
    types: readonly ReportType[],
    buyer: Buyer,
    resubmission: Resubmission | null = null,
    attempt = 1,
    earlier: Checked | null = null,
  ): Promise<Ensured> {
    const named = resubmission?.since ?? null;
    const missing = named === null ? types.filter((type) => !cache.has(report.id, type, expiry.time())) : types;
    if (missing.length === 0) return NOTHING_BOUGHT;
    // In this order, so that the first has what is left of a budget.
    const wanted = Object.values(ReportType).filter((type) => missing.includes(type));
    const seen = (await seeThrough(ledger, report.id)) ?? neverRequested(report);
    const entries = wanted.map((type) => seenEntry(seen, type));
    await expiry.confirmFor(entries);
    const now = Date.now();
    if (named !== null && !entries.some((entry) => isDoubtUntil(entry, named)))
      throw purchaseChanged('bought', report.id, entries, expiry);
    const doubtsUntil = resubmission && (named ?? now - YOUNG_DOUBT_MS);
    const charge = { ...chargeAt(buyer.client, now), limit: buyer.budget };
    const claimsOf = (of: readonly Entry[], warnings: readonly AnswerIssue[]): Transition[] =>
      of
        .filter((entry) => !resubmission?.doubtsOnly || entry.state === 'UNCERTAIN')
        .filter((entry) => !('expiresAt' in entry) || hasExpired(entry, expiry.timeFor(entry)))
        .map((entry) => transition(entry, { kind: 'claim', doubtsUntil, charge, warnings }, now))
        .filter((claim) => claim !== null);
    const claimable = claimsOf(entries, []);
    if (claimable.length === 0) return NOTHING_BOUGHT;
    const refusal = buyer.refusal?.();
    if (refusal) return refusedFor(claimable, refusal);
    throwIfCorrupt(report);
    // A doubt is bought again as it was bought.
    const isRepeat = claimable.every(({ before }) => before.state === 'UNCERTAIN');
    const { id, request } = places.isLive(seen) ? seen.stored : report;
    // Looked up once, however many attempts it takes.
    const latest = isRepeat ? null : earlier?.id === id ? earlier : { id, request, outcome: await check(request) };
    const checked = latest?.outcome ?? null;
    if (checked?.refusal) return refusedFor(claimable, checked.refusal);

    const tryAgain = (): Promise<Ensured> => ensure(report, types, buyer, resubmission, attempt + 1, latest);
    const corrected = checked && checked.request !== latest?.request ? checked.request : null;
    const place = checked && attempt < MOST_ATTEMPTS ? await places.find(seen, corrected, now) : { seen, alias: null };
    if (!place) return tryAgain();
    const present = place.seen === seen ? entries : wanted.map((type) => seenEntry(place.seen, type));
    if (present !== entries) await expiry.confirmFor(present);
    const claims = claimsOf(present, checked?.warnings ?? []);
    const committed: Committed[] = [];
    for (const [stored, own] of place.alias ? [[place.seen.stored, claims] as const] : byReport(seen, claims)) {
      const outcome = await commit(stored, own, place.alias);
      if (!outcome) return tryAgain();
      for (const { entry } of outcome) watcher.notice(entry);
      const claimed = outcome.filter(({ won }) => won).map(({ entry }) => entry);
      if (claimed.length > 0) {
        buyer.onPurchase();
        purchases.start(stored, claimed);
      }
      committed.push(...outcome);
    }
    const claimed = committed.filter(({ won }) => won).map(({ entry }) => entry);
    const lost = committed.filter(({ won, refused }) => !won && !refused).map(({ entry }) => entry);
    // Lost, but nobody else is buying it: it was pruned or given up between the read and the claim. Claim it again.
    const free = lost.filter(({ state }) => state === 'ABSENT' && !resubmission?.doubtsOnly).map(({ type }) => type);
    // Where all claims are refused, the id does not stand for the other one. What is there of that is asked for by itself.
    const isApart =
      place.alias !== null && claims.length > 0 && committed.every(({ refused: why }) => why !== undefined);
    const stored = isApart ? wanted.filter((type) => !committed.some(({ entry }) => entry.type === type)) : [];
    const again = await ensure(report, [...free, ...stored], buyer, null, 1, latest);
    const bought = [...claimed.map(({ type }) => type), ...again.bought];
    const refused = new Map([
      ...committed.flatMap(({ entry, refused: why }) => (why ? [[entry.type, refusalError(why, now)] as const] : [])),
      ...again.refused,
    ]);
    if (named !== null && bought.length === 0 && refused.size === 0)
      throw purchaseChanged('bought', report.id, lost, expiry);
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

/** None of these entries is in the doubt that was named. `reportId`: the report that was asked for. */
export function purchaseChanged(
  what: 'bought' | 'closed',
  reportId: string,
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
      reportId,
      type,
      status,
    },
  );
}
