import { zstdDecompressSync } from 'node:zlib';
import type { Entry } from '../../datasources/reports/ledger.js';
import type { Alias, AliasedCommit, Ledger } from '../../datasources/reports/ports.js';
import { leadsToPurchase, type Transition } from '../../datasources/reports/transition.js';
import { storeUnavailable } from '../../errors.js';
import type { ReportKey } from '../../model/report.js';
import { readRequest } from '../shared/damage.js';
import { includes } from '../shared/formats.js';
import type { PollingProgress } from '../shared/polling-progress.js';
import type { Adopt } from './adoption.js';
import type { BuyingSwitch } from './buying-switch.js';
import type { Database } from './connections.js';
import type { Membership } from './membership.js';
import type { Notifications } from './notifications.js';
import { NOBODY, type Owned } from './owned.js';
import { prune } from './prune.js';
import { createPurchases } from './purchases.js';
import type { Reads } from './reads.js';
import { createSavedCount } from './saved-count.js';
import { createStanding } from './standing.js';
import { plain } from './step-rows.js';
import { storeTrustedTime, type Times } from './times.js';
import { createUncertain } from './uncertain.js';
import { createUsage } from './usage.js';
import { messageOf, progressMessage, type Watching } from './watching.js';
import type { Writer } from './writer.js';

export interface LedgerParts extends Times {
  readonly database: Database;
  readonly member: Membership;
  readonly owned: Owned;
  readonly adopt: Adopt;
  readonly buying: BuyingSwitch;
  readonly notifications: Notifications;
  readonly polling: PollingProgress;
  readonly reads: Reads;
  readonly watching: Watching;
  readonly writer: Writer;
  /** Called when this process stops polling. */
  readonly onHandOver: () => void;
}

/** A ledger that was written so long ago is still writable, as far as a ping has to know. */
const WRITABLE_FOR_MS = 5_000;
/** An upstream that gives every report the same link must not make each purchase read all of them. */
const MOST_WITH_ONE_LINK = 10;
/** At the start there may be many of them. */
const LONGEST_START_MS = 60_000;

/** The ledger on PostgreSQL, which other processes share. */
export function createPostgresLedger(parts: LedgerParts): Ledger {
  const { database, member, owned, buying, notifications, polling, reads, watching, writer } = parts;
  const { schema } = database;
  const saved = createSavedCount(database);
  const usage = createUsage(database, saved);
  const uncertain = createUncertain(database, reads);
  const standing = createStanding(database, uncertain);
  let writtenAt = -Infinity;

  /** What was stored before may be finished, but this process sees no more what others have bought. */
  function requireReadable(): void {
    const refusal = member.refusal();
    if (refusal) throw storeUnavailable(refusal);
  }

  async function stored(
    report: ReportKey,
    transitions: readonly Transition[],
    alias: Alias | null,
  ): Promise<AliasedCommit> {
    if (alias || transitions.some(leadsToPurchase)) requireReadable();
    const { id } = member;
    const outcome = await writer.write(report, transitions, alias).catch((error: unknown) => {
      owned.unlearned(report.id);
      throw error;
    });
    writtenAt = performance.now();
    for (const { won, entry } of outcome.committed) {
      if (!won) continue;
      owned.stored(entry, member.id !== id);
      polling.entered(entry);
      announce(entry);
    }
    // Whoever follows the asked id finds the claims there.
    for (const entry of outcome.aliases ?? []) announce(entry);
    return outcome;
  }

  function announce(entry: Entry): void {
    watching.changed(entry);
    notifications.send(messageOf(entry));
  }

  return {
    purchases: createPurchases(database, member),
    since: parts.since,
    trustedAt: parts.trustedAt,

    async read(id) {
      requireReadable();
      return reads.one(id);
    },

    async commit(report, transitions) {
      return (await stored(report, transitions, null)).committed;
    },

    commitAs: (report, claims, alias) => stored(report, claims, alias),

    async progress(entry) {
      polling.set(entry);
      watching.changed(entry);
      notifications.send(progressMessage(entry));
    },

    async body({ reportId, type }) {
      const [found] = await database.rows<{ body: Buffer }>(
        `SELECT body FROM ${schema}.bodies WHERE report_id = $1 AND type = $2`,
        [reportId, type],
      );
      return found ? zstdDecompressSync(found.body).toString() : null;
    },

    adopt: (limit, driven) => parts.adopt(limit, driven),

    async handOver() {
      owned.handOver();
      parts.onHandOver();
      await database.rows(
        `UPDATE ${schema}.entries SET owner = $2 WHERE owner = $1 AND state IN ('INTENT', 'LINKED')`,
        [member.id, NOBODY],
      );
    },

    mayBuy: (sending) =>
      member.isValid() && buying.isKnownToBeOn() && sending.every((entry) => owned.hasVersion(entry)),

    canWrite: (format) => includes(member.format(), format),

    async unusualRequests() {
      const rows = await database.rows<{ id: string; request: string }>(
        `SELECT id, request FROM ${schema}.reports WHERE request ~ '[^ -~]' OR request LIKE '%  %'`,
        [],
        LONGEST_START_MS,
      );
      return rows.flatMap(({ id, request }): ReportKey[] => {
        const read = readRequest(request);
        return read ? [{ id, request: read }] : [];
      });
    },

    othersWithLink: (link, { id, type }) =>
      database.rows(
        `SELECT report_id AS id, type FROM ${schema}.links
         WHERE link = $1 AND (report_id, type) <> ($2, $3) LIMIT ${MOST_WITH_ONE_LINK}`,
        [plain(link), id, type],
      ),

    subscribe: (id, listener) => watching.add(id, listener),

    async charged({ client, day }) {
      const [found] = await database.rows<{ reports: number }>(
        `SELECT reports FROM ${schema}.charges WHERE client = $1 AND day = $2`,
        [plain(client), day],
      );
      return found?.reports ?? 0;
    },

    buying: () => buying.isOn(),
    setBuying: (enabled) => buying.set(enabled),
    countSaved: (reports) => saved.add(reports),
    usage: (from, until) => usage.count(from, until),
    usageByDay: (days) => usage.countDays(days),
    latest: () => usage.latest(),
    standing: (ages) => standing(ages, Date.now()),
    uncertainCount: () => uncertain.count(),
    uncertain: (after, most) => uncertain.page(after, most),
    trust: (now) => storeTrustedTime(database, now),

    prune: (expiredBefore, refusedBefore = expiredBefore, keeps = () => false) =>
      prune(database, { expiredBefore, refusedBefore, keeps }),

    async ping() {
      requireReadable();
      if (performance.now() - writtenAt < WRITABLE_FOR_MS) return void (await database.rows('SELECT 1'));
      await database.rows(
        `INSERT INTO ${schema}.meta VALUES ('ping', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        [Date.now()],
      );
      writtenAt = performance.now();
    },

    async close() {
      usage.close();
      await saved.close();
      await writer.drain();
      buying.close();
      watching.close();
      await notifications.close();
      await member.leave();
      await database.close();
    },
  };
}
