import type { DatabaseSync } from 'node:sqlite';
import type { UncertainPage } from '../../datasources/reports/ports.js';
import type { ReportType } from '../../model/report.js';
import type { UncertainPlace } from '../../model/uncertain-report.js';
import type { Entries } from './entries.js';

/** What is uncertain now, in the order in which it became so. Synchronous. */
export interface Uncertain {
  count(): number;
  /** At most `most` after this place; null: from the beginning. */
  page(after: UncertainPlace | null, most: number): UncertainPage;
}

const SINCE = "CAST(coalesce(CASE WHEN json_valid(data) THEN json_extract(data, '$.since') END, at) AS INTEGER)";
const BEGINNING: Omit<UncertainPlace, 'type'> & { readonly type: '' } = {
  since: Number.MIN_SAFE_INTEGER,
  id: '',
  type: '',
};

export function createUncertain(db: DatabaseSync, entries: Pick<Entries, 'readUndamaged'>): Uncertain {
  const selectCount = db.prepare("SELECT count(*) AS reports FROM entries WHERE state = 'UNCERTAIN'");
  const selectPage = db.prepare(`
    SELECT ${SINCE} AS since, report_id AS id, type FROM entries INDEXED BY entries_uncertain
    WHERE state = 'UNCERTAIN' AND ${SINCE} >= ?1 AND (${SINCE}, report_id, type) > (?1, ?2, ?3) ORDER BY 1, 2, 3 LIMIT ?4`);
  const selectEarlier = db.prepare(`
    SELECT 1 FROM entries INDEXED BY entries_uncertain WHERE state = 'UNCERTAIN' AND ${SINCE} <= ?1
      AND (${SINCE}, report_id, type) <= (?1, ?2, ?3) LIMIT 1`);

  const count = (): number => Number(selectCount.get()?.['reports']);

  return {
    count,

    page(after, most) {
      const { since, id, type } = after ?? BEGINNING;
      const places = selectPage.all(since, id, type, most + 1).map((row) => ({
        since: Number(row['since']),
        id: String(row['id']),
        type: row['type'] as ReportType,
      }));
      const records = places.slice(0, most).flatMap((place) => {
        const record = entries.readUndamaged(place.id);
        const entry = record?.entries.find((each) => each.type === place.type);
        return record && entry?.state === 'UNCERTAIN' ? { place, report: record, entry } : [];
      });
      return {
        records,
        total: count(),
        hasEarlier: after !== null && selectEarlier.get(since, id, type) !== undefined,
        hasLater: places.length > most,
      };
    },
  };
}
