import type { SentPlace, PurchaseRecord, SentPurchases } from '../../datasources/reports/sent-purchases.js';
import { FIRST_PLACE, purchaseRecordOf, type SentRow } from '../shared/sent-rows.js';
import type { Database } from './connections.js';
import type { Membership } from './membership.js';
import { plain } from './step-rows.js';

const READING_THE_LOG = 'usage-log';

export function createPurchases(database: Database, member: Pick<Membership, 'id'>): SentPurchases {
  const { schema } = database;

  async function read(condition: string, values: readonly unknown[], rest: string): Promise<readonly PurchaseRecord[]> {
    const rows = await database.rows<SentRow>(
      `SELECT * FROM ${schema}.purchases WHERE ${condition} ORDER BY sent_at, purchase_id, type ${rest}`,
      values,
    );
    return rows.map(purchaseRecordOf);
  }

  return {
    between: (from, until, after, most) =>
      read(
        'sent_at >= $1 AND sent_at < $2 AND sent_at >= $3 AND (sent_at, purchase_id, type) > ($3, $4, $5)',
        [Math.ceil(from), Math.ceil(until), ...placeOf(after), most],
        'LIMIT $6',
      ),

    sought: (after, most) =>
      read(
        'look_at IS NOT NULL AND (sent_at, purchase_id, type) > ($1, $2, $3)',
        [...placeOf(after), most],
        'LIMIT $4',
      ),

    async nextLook() {
      const [found] = await database.rows<{ at: string | null }>(
        `SELECT min(look_at) AS at FROM ${schema}.purchases WHERE look_at IS NOT NULL`,
      );
      return found?.at == null ? null : Number(found.at);
    },

    withIds: (purchaseIds) => read('purchase_id = ANY ($1)', [purchaseIds.map(plain)], ''),

    async learn(learned) {
      if (learned.length === 0) return;
      await database.rows(`SELECT ${schema}.learn_upstream_ids($1, $2, $3)`, [
        learned.map(({ purchaseId }) => plain(purchaseId)),
        learned.map(({ type }) => type),
        learned.map(({ upstreamReportId }) => plain(upstreamReportId)),
      ]);
    },

    async looked(looks) {
      if (looks.length === 0) return;
      await database.rows(
        `UPDATE ${schema}.purchases p SET look_at = l.look_at, evidence = l.evidence
         FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS l (purchase_id, type, look_at, evidence)
         WHERE p.purchase_id = l.purchase_id AND p.type = l.type AND p.look_at IS NOT NULL`,
        [
          looks.map(({ purchaseId }) => plain(purchaseId)),
          looks.map(({ type }) => type),
          looks.map(({ lookAt }) => lookAt),
          looks.map(({ evidence }) => evidence && plain(JSON.stringify(evidence))),
        ],
      );
    },

    async readsLog() {
      const [found] = await database.rows<{ taken: boolean }>(`SELECT ${schema}.take_duty($1, $2) AS taken`, [
        READING_THE_LOG,
        member.id,
      ]);
      return found?.taken === true;
    },
  };
}

function placeOf(after: SentPlace | null): readonly (string | number)[] {
  const { sentAt, purchaseId, type } = after ?? FIRST_PLACE;
  return [sentAt, purchaseId, type];
}
