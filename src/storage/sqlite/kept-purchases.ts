import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type {
  LearnedId,
  Look,
  PurchaseChange,
  SentPlace,
  PurchaseRecord,
} from '../../datasources/reports/sent-purchases.js';
import type { ReportType } from '../../model/report.js';
import { FIRST_PLACE, purchaseRecordOf, type SentRow } from '../shared/sent-rows.js';

/** See `SentPurchases`. Synchronous; whatever writes is called inside a transaction. */
export interface KeptPurchases {
  /** What a transition says. Of a purchase without a record nothing is kept. */
  keep(reportId: string, type: ReportType, change: PurchaseChange): void;
  between(from: number, until: number, after: SentPlace | null, most: number): readonly PurchaseRecord[];
  sought(after: SentPlace | null, most: number): readonly PurchaseRecord[];
  nextLook(): number | null;
  withIds(purchaseIds: readonly string[]): readonly PurchaseRecord[];
  learn(learned: readonly LearnedId[]): void;
  looked(looks: readonly Look[]): void;
  /** Forgets at most `most` that were sent before this time; returns how many. */
  prune(sentBefore: number, most: number): number;
}

export function createKeptPurchases(db: DatabaseSync): KeptPurchases {
  const insert = db.prepare(`
    INSERT INTO purchases (purchase_id, type, report_id, sent_at, request, client, day) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING`);
  const update = db.prepare('UPDATE purchases SET outcome = ?, look_at = ? WHERE purchase_id = ? AND type = ?');
  const updateOutcome = db.prepare('UPDATE purchases SET outcome = ? WHERE purchase_id = ? AND type = ?');
  const selectBetween = db.prepare(`
    SELECT * FROM purchases INDEXED BY purchases_by_time
    WHERE sent_at >= ?1 AND sent_at < ?2 AND sent_at >= ?3 AND (sent_at, purchase_id, type) > (?3, ?4, ?5)
    ORDER BY sent_at, purchase_id, type LIMIT ?6`);
  const selectSought = db.prepare(`
    SELECT * FROM purchases INDEXED BY purchases_sought
    WHERE look_at IS NOT NULL AND (sent_at, purchase_id, type) > (?, ?, ?) ORDER BY sent_at, purchase_id, type LIMIT ?`);
  const selectNextLook = db.prepare('SELECT min(look_at) AS at FROM purchases WHERE look_at IS NOT NULL');
  const selectPurchase = db.prepare('SELECT * FROM purchases WHERE purchase_id = ? ORDER BY type');
  const updateUpstreamId = db.prepare(`
    UPDATE purchases SET upstream_report_id = ?1 WHERE purchase_id = ?2 AND type = ?3 AND upstream_report_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM purchases WHERE upstream_report_id = ?1 AND type = ?3)`);
  const updateLook = db.prepare(
    'UPDATE purchases SET look_at = ?, evidence = ? WHERE purchase_id = ? AND type = ? AND look_at IS NOT NULL',
  );
  const deleteBefore = db.prepare(`
    DELETE FROM purchases WHERE (purchase_id, type) IN (
      SELECT purchase_id, type FROM purchases WHERE sent_at < ? ORDER BY sent_at LIMIT ?)`);

  const read = (rows: unknown): readonly PurchaseRecord[] => (rows as SentRow[]).map(purchaseRecordOf);

  return {
    keep(reportId, type, change) {
      const { purchaseId } = change;
      if (change.kind === 'sent') {
        const { sentAt, request, charge } = change;
        insert.run(purchaseId, type, reportId, Math.ceil(sentAt), request, charge?.client ?? null, charge?.day ?? null);
      } else if (change.lookAt === undefined) updateOutcome.run(change.outcome, purchaseId, type);
      else update.run(change.outcome, change.lookAt, purchaseId, type);
    },

    between: (from, until, after, most) =>
      read(selectBetween.all(Math.ceil(from), Math.ceil(until), ...placeOf(after), most)),

    sought: (after, most) => read(selectSought.all(...placeOf(after), most)),

    nextLook() {
      const at = selectNextLook.get()?.['at'] ?? null;
      return at === null ? null : Number(at);
    },

    withIds: (purchaseIds) => purchaseIds.flatMap((id) => read(selectPurchase.all(id))),

    learn(learned) {
      for (const { upstreamReportId, purchaseId, type } of learned)
        updateUpstreamId.run(upstreamReportId, purchaseId, type);
    },

    looked(looks) {
      for (const { purchaseId, type, lookAt, evidence } of looks)
        updateLook.run(lookAt, evidence && JSON.stringify(evidence), purchaseId, type);
    },

    prune: (sentBefore, most) => Number(deleteBefore.run(sentBefore, most).changes),
  };
}

function placeOf(after: SentPlace | null): SQLInputValue[] {
  const { sentAt, purchaseId, type } = after ?? FIRST_PLACE;
  return [sentAt, purchaseId, type];
}
