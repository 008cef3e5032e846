import type { Logger } from 'pino';
import { unknownReport } from '../../errors.js';
import type { TrustedClock } from '../../lib/trusted-clock.js';
import type { ReportKey, ReportType } from '../../model/report.js';
import { cursorOf, type UncertainPlace, type UncertainReport } from '../../model/uncertain-report.js';
import { purchaseChanged } from './claim.js';
import type { Expiry } from './expiry.js';
import { uncertainPurchases } from './doubts.js';
import { isDoubtUntil, type EntryIn } from './ledger.js';
import type { Ledger } from './ports.js';
import type { LogEvidence } from './sent-purchases.js';
import { byReport, seenEntry, seeThrough } from './see-through.js';
import { transitionAll } from './transition.js';
import type { Watcher } from './watch.js';

/** The reports whose purchase is uncertain, for a person to see and to settle. */
export interface UncertainReports {
  /** At most `most` of them, those that have been uncertain longest first, after a place; null: from the beginning. */
  list(after: UncertainPlace | null, most: number): Promise<UncertainList>;
  /**
   * Decides that nothing comes of those of the types that are uncertain, with all their purchases: each has failed with the
   * note until it expires. Throws NOT_FOUND for an id that was never requested, and PURCHASE_CHANGED if none of the types is
   * in a doubt not later than `since`.
   */
  close(id: string, types: readonly ReportType[], closing: Closing): Promise<ReportKey>;
}

interface UncertainList {
  readonly reports: readonly { readonly cursor: string; readonly report: UncertainReport }[];
  /** How many there are in all. */
  readonly total: number;
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

interface Closing {
  /** Epoch ms. */
  readonly since: number;
  /** The reason, as clients read it. */
  readonly note: string;
  /** The name of the client that decides. */
  readonly client: string;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly watcher: Watcher;
  readonly expiry: Pick<Expiry, 'timeFor'>;
  readonly clock: Pick<TrustedClock, 'behindMs'>;
  readonly settings: { readonly reportTtlMs: number };
  readonly log: Logger;
}

export function createUncertainReports({
  ledger,
  watcher,
  expiry,
  clock,
  settings,
  log,
}: Dependencies): UncertainReports {
  async function close(id: string, types: readonly ReportType[], closing: Closing): Promise<ReportKey> {
    const seen = await seeThrough(ledger, id);
    if (!seen) throw unknownReport(id);
    const { report } = seen;
    const { since: doubtsUntil, note, client } = closing;
    const entries = types.map((type) => seenEntry(seen, type));
    const doubts = entries.filter((entry) => isDoubtUntil(entry, doubtsUntil));
    if (entries.length === 0) return report;
    if (doubts.length === 0) throw purchaseChanged('closed', id, entries, expiry);
    const now = Date.now();
    // By a clock that is behind, it would expire too early once that is put right.
    const expiresAt = now + settings.reportTtlMs + clock.behindMs();
    const steps = transitionAll(doubts, { kind: 'close', doubtsUntil, note, client, expiresAt }, now);
    const committed = [];
    for (const [stored, own] of byReport(seen, steps)) committed.push(...(await ledger.commit(stored, own)));
    for (const { entry } of committed) watcher.notice(entry);
    const closed = committed.filter(({ won }) => won).map(({ entry }) => entry.type);
    // All of them have just changed: perhaps only by a response that came late and says nothing.
    if (closed.length === 0) return close(id, types, closing);
    log.info({ reportId: id, types: closed, client, note }, 'uncertain purchases were closed');
    return report;
  }

  /** What the usage log said of each of their purchases, by id and type. */
  async function evidenceOf(entries: readonly EntryIn<'UNCERTAIN'>[]): Promise<ReadonlyMap<string, LogEvidence>> {
    const ids = entries.flatMap((entry) => purchaseIdsOf(entry));
    const kept = ids.length > 0 ? await ledger.purchases.withIds(ids) : [];
    return new Map(
      kept.flatMap(({ purchaseId, type, evidence }) =>
        evidence ? [[`${purchaseId} ${type}`, evidence] as const] : [],
      ),
    );
  }

  return {
    close,

    async list(after, most) {
      const { records, ...page } = await ledger.uncertain(after, most);
      const seen = await evidenceOf(records.map(({ entry }) => entry));
      return {
        ...page,
        reports: records.map(({ place, report: { id, request }, entry }) => ({
          cursor: cursorOf(place),
          report: {
            report: { id, request },
            type: entry.type,
            since: new Date(entry.since),
            reason: entry.failure.message,
            ...seenOf(entry, seen),
          },
        })),
      };
    },
  };
}

/** The latest comes first. */
function purchaseIdsOf(entry: EntryIn<'UNCERTAIN'>): readonly string[] {
  return uncertainPurchases(entry).flatMap(({ purchaseId }) => purchaseId ?? []);
}

function seenOf(
  entry: EntryIn<'UNCERTAIN'>,
  seen: ReadonlyMap<string, LogEvidence>,
): Pick<UncertainReport, 'candidates' | 'evidence'> {
  const all = purchaseIdsOf(entry).map((id) => seen.get(`${id} ${entry.type}`));
  const [latest] = all;
  // A row that may be each of several purchases is shown once.
  const candidates = new Map(all.flatMap((each) => each?.candidates ?? []).map((row) => [JSON.stringify(row), row]));
  return {
    candidates: [...candidates.values()].map((row) => ({
      ...row,
      recordedAt: row.recordedAt === null ? null : new Date(row.recordedAt),
    })),
    evidence: latest
      ? {
          readAt: new Date(latest.readAt),
          newestAt: latest.newestAt === null ? null : new Date(latest.newestAt),
          accepted: latest.accepted,
          inLog: latest.inLog,
        }
      : null,
  };
}
