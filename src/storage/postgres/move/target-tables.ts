import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Entry } from '../../../datasources/reports/ledger.js';
import type { ReportType } from '../../../model/report.js';
import { asUncertain, readState } from '../../shared/damage.js';
import type { MovedRow, MovedTableName } from '../../shared/moved-tables.js';
import { formatOf } from '../entry-rows.js';
import { isDriven, plain, storedColumns } from '../step-rows.js';

/** A value of a column of PostgreSQL. */
export type Value = string | number | boolean | Buffer | null;

/** What a moved row is in one table of PostgreSQL. */
export interface TargetTable {
  readonly source: MovedTableName;
  readonly table: string;
  /** The types of its columns, by name. */
  readonly columns: Readonly<Record<string, string>>;
  /** What orders the rows, of the source as well. */
  readonly key: readonly string[];
  /** In the order of `columns`; null if this row has none in this table. `move`: owns what nobody drives yet. */
  values(row: MovedRow, move: string): readonly Value[] | null;
  /** Of a column that may be written in several ways: what is compared. */
  readonly comparable?: (column: string, value: Value) => Value;
}

const TEXT = 'text';
const BIGINT = 'bigint';
const ENTRY_KEY = { report_id: TEXT, type: TEXT } as const;

/** Every table that rows are copied into, in this order. */
export const TARGET_TABLES: readonly TargetTable[] = [
  {
    source: 'reports',
    table: 'reports',
    columns: { id: TEXT, request: TEXT, created_at: BIGINT },
    key: ['id'],
    values: ({ id, request, created_at }) => [text(id), text(request), number(created_at)],
  },
  {
    source: 'entries',
    table: 'entries',
    columns: {
      ...ENTRY_KEY,
      version: 'integer',
      state: TEXT,
      at: BIGINT,
      bought_until: BIGINT,
      refused_until: BIGINT,
      pending_since: BIGINT,
      owner: 'uuid',
      stamp: 'uuid',
      format: 'smallint',
      data: TEXT,
      stands_for: TEXT,
    },
    key: ['report_id', 'type'],
    values(row, move) {
      const entry = entryOf(row);
      const { bought_until = null, refused_until = null, pending_since = null } = storedColumns(entry);
      const owner = isDriven(entry) ? move : null;
      const { report_id, type, version, state, at, data } = row;
      return [
        text(report_id),
        text(type),
        number(version),
        text(state),
        number(at),
        bought_until,
        refused_until,
        pending_since,
        owner,
        move,
        formatOf(entry),
        text(data),
        entry.state === 'ALIAS' ? entry.standsFor : null,
      ];
    },
  },
  {
    source: 'entries',
    table: 'links',
    columns: { ...ENTRY_KEY, link: TEXT },
    key: ['report_id', 'type'],
    values(row) {
      const link = linkOf(entryOf(row));
      return link === null ? null : [text(row['report_id']), text(row['type']), link];
    },
  },
  {
    source: 'entries',
    table: 'doubts',
    columns: { ...ENTRY_KEY, since: BIGINT, open: 'boolean' },
    key: ['report_id', 'type'],
    values(row) {
      const { doubt_since: since, doubt_open: open } = storedColumns(entryOf(row));
      return since === undefined || open === undefined
        ? null
        : [text(row['report_id']), text(row['type']), since, open];
    },
  },
  {
    source: 'bodies',
    table: 'bodies',
    columns: { ...ENTRY_KEY, body: 'bytea' },
    key: ['report_id', 'type'],
    values: ({ report_id, type, body }) => [text(report_id), text(type), zstdCompressSync(text(body))],
    comparable: (column, value) =>
      column === 'body' && Buffer.isBuffer(value) ? zstdDecompressSync(value).toString() : value,
  },
  {
    source: 'journal',
    table: 'journal',
    columns: { id: BIGINT, at: BIGINT, kind: TEXT, ...ENTRY_KEY, client: TEXT },
    key: ['id'],
    values: ({ id, at, kind, report_id, type, client }) => [
      number(id),
      number(at),
      text(kind),
      text(report_id),
      text(type),
      optional(client),
    ],
  },
  {
    source: 'settlements',
    table: 'settlements',
    columns: { id: BIGINT, at: BIGINT, kind: TEXT, ...ENTRY_KEY, client: TEXT, note: TEXT },
    key: ['id'],
    values: ({ id, at, kind, report_id, type, client, note }) => [
      number(id),
      number(at),
      text(kind),
      text(report_id),
      text(type),
      optional(client),
      optional(note),
    ],
  },
  {
    source: 'charges',
    table: 'charges',
    columns: { client: TEXT, day: TEXT, reports: 'integer' },
    key: ['client', 'day'],
    values: ({ client, day, reports }) => [optional(client), text(day), number(reports)],
  },
  {
    source: 'purchases',
    table: 'purchases',
    columns: {
      purchase_id: TEXT,
      type: TEXT,
      report_id: TEXT,
      sent_at: BIGINT,
      request: TEXT,
      client: TEXT,
      day: TEXT,
      outcome: TEXT,
      upstream_report_id: TEXT,
      look_at: BIGINT,
      evidence: TEXT,
    },
    key: ['purchase_id', 'type'],
    values: (row) => [
      plain(text(row['purchase_id'])),
      text(row['type']),
      text(row['report_id']),
      number(row['sent_at']),
      plain(text(row['request'])),
      optional(row['client']),
      optional(row['day']),
      optional(row['outcome']),
      optional(row['upstream_report_id']),
      row['look_at'] == null ? null : number(row['look_at']),
      optional(row['evidence']),
    ],
  },
  {
    source: 'saved_by_minute',
    table: 'saved_by_minute',
    columns: { at: BIGINT, reports: BIGINT },
    key: ['at'],
    values: ({ at, reports }) => [number(at), number(reports)],
  },
];

/** Also that of what was collected or has failed: by it others find out that theirs is the same. */
function linkOf(entry: Entry): string | null {
  if ('link' in entry && entry.link !== undefined) return plain(entry.link);
  return entry.state === 'FAILED' && entry.followed ? plain(entry.followed.link) : null;
}

/** A row that cannot be read is copied as it is; the columns beside its data are those of what it counts as. */
function entryOf(row: MovedRow): Entry {
  const at = number(row['at']);
  const read = readState(text(row['data']), at);
  const key = {
    reportId: text(row['report_id']),
    type: text(row['type']) as ReportType,
    version: number(row['version']),
    at,
  };
  return { ...key, ...('state' in read ? read.state : asUncertain(at)) };
}

function text(value: string | number | null | undefined): string {
  return String(value);
}

function number(value: string | number | null | undefined): number {
  return Number(value);
}

/** What others have written. */
function optional(value: string | number | null | undefined): string | null {
  return value == null ? null : plain(String(value));
}
