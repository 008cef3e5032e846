import type { Entry } from '../../datasources/reports/ledger.js';
import type { CollectionKey, ReportRecord } from '../../datasources/reports/ports.js';
import type { Database } from './connections.js';
import type { Membership } from './membership.js';
import type { Owned } from './owned.js';
import type { Reads } from './reads.js';

/** Finds what nobody drives: see `Ledger.adopt`. */
export type Adopt = (limit: number, driven: readonly string[]) => Promise<readonly ReportRecord[]>;

interface TakenRow {
  readonly report_id: string;
  readonly type: Entry['type'];
  readonly version: number;
  readonly state: Entry['state'];
}

/** What is owned for so long without being known here is taken up: its commit was stored although that was not learned. */
const STRAY_AFTER_MS = 60_000;
const LOOK_FOR_STRAYS_EVERY_MS = 60_000;

export function createAdopt(database: Database, member: Membership, owned: Owned, reads: Reads): Adopt {
  const { schema } = database;
  let hasReadDoubts = false;
  let lookedForStrays = performance.now();

  async function recordsOf(keys: readonly CollectionKey[]): Promise<readonly ReportRecord[]> {
    if (keys.length === 0) return [];
    const byId = Map.groupBy(keys, ({ id }) => id);
    const records = await reads.many([...byId.keys()]);
    return records.map((record) => ({
      ...record,
      entries: record.entries.filter((entry) => byId.get(record.id)?.some(({ type }) => type === entry.type)),
    }));
  }

  function take(rows: readonly TakenRow[]): Promise<readonly ReportRecord[]> {
    for (const { report_id: reportId, ...row } of rows) owned.add({ ...row, reportId });
    return recordsOf(rows.map(({ report_id: id, type }) => ({ id, type })));
  }

  async function takeOver(limit: number): Promise<readonly ReportRecord[]> {
    return take(await database.rows<TakenRow>(`SELECT * FROM ${schema}.take_over($1, $2)`, [member.id, limit]));
  }

  /** Responses that a former release could not read, or that came late. Nobody owns them: the first to find a link wins. */
  async function doubts(): Promise<readonly ReportRecord[]> {
    const found = await recordsOf(
      await database.rows<CollectionKey>(`SELECT report_id AS id, type FROM ${schema}.doubts`),
    );
    hasReadDoubts = true;
    return found;
  }

  /** What this process owns and does not drive: everything now and then, and at once what it may have stored without learning so. */
  async function strays(driven: readonly string[]): Promise<readonly ReportRecord[]> {
    const isDue = performance.now() - lookedForStrays >= LOOK_FOR_STRAYS_EVERY_MS;
    const unlearned = [...owned.toBeLearned].filter((id) => !driven.includes(id));
    if (!isDue && unlearned.length === 0) return [];
    const before = isDue ? Math.floor(Date.now() - STRAY_AFTER_MS) : -1;
    const mine = await database.rows<TakenRow>(
      `SELECT report_id, type, version, state FROM ${schema}.entries
       WHERE owner = $1 AND (at < $2 OR report_id = ANY ($3)) AND NOT report_id = ANY ($4)`,
      [member.id, before, unlearned, driven],
    );
    if (isDue) lookedForStrays = performance.now();
    for (const id of unlearned) owned.toBeLearned.delete(id);
    // What is about to be sent is driven, or it is forgotten.
    const found = mine.filter(({ report_id: id, type, state }) => state !== 'LINKED' || !owned.isPolled({ id, type }));
    if (found.length === 0) return [];
    return take(
      await database.rows<TakenRow>(
        `UPDATE ${schema}.entries e SET version = e.version + 1, stamp = gen_random_uuid()
         FROM unnest($2::text[], $3::text[], $4::int[]) AS s (report_id, type, version)
         WHERE e.owner = $1 AND e.report_id = s.report_id AND e.type = s.type AND e.version = s.version
         RETURNING e.report_id, e.type, e.version, e.state`,
        [member.id, found.map((row) => row.report_id), found.map(({ type }) => type), found.map((row) => row.version)],
      ),
    );
  }

  return async (limit, driven) => {
    if (owned.isHandedOver() || !member.isValid()) return [];
    await member.retireOthers();
    const taken = await takeOver(limit);
    if (taken.length > 0) return taken;
    return hasReadDoubts ? strays(driven) : doubts();
  };
}
