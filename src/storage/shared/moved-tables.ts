/** A row of a ledger, by the names of its columns. */
export type MovedRow = Readonly<Record<string, string | number | null>>;

interface MovedTable {
  /** What orders the rows and names one of them. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

/**
 * What moves with a ledger. Sums of usage are made again from the journal, and what was replaced because it was damaged stays
 * where it is.
 */
export const MOVED_TABLES = {
  reports: { key: ['id'], columns: ['id', 'request', 'created_at'] },
  entries: { key: ['report_id', 'type'], columns: ['report_id', 'type', 'version', 'state', 'at', 'data'] },
  bodies: { key: ['report_id', 'type'], columns: ['report_id', 'type', 'body'] },
  journal: { key: ['id'], columns: ['id', 'at', 'kind', 'report_id', 'type', 'client'] },
  settlements: { key: ['id'], columns: ['id', 'at', 'kind', 'report_id', 'type', 'client', 'note'] },
  charges: { key: ['client', 'day'], columns: ['client', 'day', 'reports'] },
  purchases: {
    key: ['purchase_id', 'type'],
    columns: [
      'purchase_id',
      'type',
      'report_id',
      'sent_at',
      'request',
      'client',
      'day',
      'outcome',
      'upstream_report_id',
      'look_at',
      'evidence',
    ],
  },
  saved_by_minute: { key: ['at'], columns: ['at', 'reports'] },
  meta: { key: ['key'], columns: ['key', 'value'] },
} as const satisfies Record<string, MovedTable>;

export type MovedTableName = keyof typeof MOVED_TABLES;
