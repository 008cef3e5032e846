import type { UncertainPage } from '../../datasources/reports/ports.js';
import type { ReportType } from '../../model/report.js';
import type { UncertainPlace } from '../../model/uncertain-report.js';
import type { Database } from './connections.js';
import type { Reads } from './reads.js';

/** What is uncertain now, in the order in which it became so. */
export interface Uncertain {
  count(): Promise<number>;
  /** At most `most` after this place; null: from the beginning. */
  page(after: UncertainPlace | null, most: number): Promise<UncertainPage>;
}

interface PlaceRow {
  readonly since: string;
  readonly id: string;
  readonly type: ReportType;
}

const BEGINNING = { since: Number.MIN_SAFE_INTEGER, id: '', type: '' };

export function createUncertain(database: Database, reads: Reads): Uncertain {
  const { schema } = database;

  async function count(): Promise<number> {
    const [found] = await database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${schema}.doubts WHERE open`,
    );
    return found?.count ?? 0;
  }

  async function hasEarlier({ since, id, type }: UncertainPlace): Promise<boolean> {
    const found = await database.rows(
      `SELECT FROM ${schema}.doubts WHERE open AND (since, report_id, type) <= ($1, $2, $3) LIMIT 1`,
      [since, id, type],
    );
    return found.length > 0;
  }

  return {
    count,

    async page(after, most) {
      const { since, id, type } = after ?? BEGINNING;
      const [rows, total, earlier] = await Promise.all([
        database.rows<PlaceRow>(
          `SELECT since, report_id AS id, type FROM ${schema}.doubts
           WHERE open AND (since, report_id, type) > ($1, $2, $3) ORDER BY since, report_id, type LIMIT $4`,
          [since, id, type, most + 1],
        ),
        count(),
        after !== null && hasEarlier(after),
      ]);
      const places = rows.slice(0, most).map((row) => ({ ...row, since: Number(row.since) }));
      const reports = new Map((await reads.many(places.map((place) => place.id))).map((report) => [report.id, report]));
      const records = places.flatMap((place) => {
        const report = reports.get(place.id);
        const entry = report?.entries.find((each) => each.type === place.type);
        return report && entry?.state === 'UNCERTAIN' ? { place, report, entry } : [];
      });
      return { records, total, hasEarlier: earlier, hasLater: rows.length > most };
    },
  };
}
