import { expect, it } from 'vitest';
import type { Database } from '../../src/storage/postgres/connections.js';
import { prune } from '../../src/storage/postgres/prune.js';

it('what another process is pruning is left to it, with all that would follow', async () => {
  const asked: string[] = [];
  const batches = [[{ report_id: 'r', type: 'PAY', version: 1 }]];
  const rows = async (sql: string): Promise<readonly object[]> => {
    asked.push(sql);
    if (sql.includes('prunable')) return batches.shift() ?? [];
    return sql.includes('prune_entries') ? [{ pruned: false }] : [];
  };
  const database = { schema: 'jobalyzer', rows } as unknown as Database;
  await prune(database, { expiredBefore: 1, refusedBefore: 1, keeps: () => false });
  expect(asked).toEqual([expect.stringContaining('prunable'), expect.stringContaining('prune_entries')]);
});
