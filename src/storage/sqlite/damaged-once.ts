import type { DamagedRow } from './entries.js';

/** Calls `onDamage` once for each row, however often and by whom it is met. */
export function damagedOnce(onDamage: (row: DamagedRow) => void): (row: DamagedRow) => void {
  const reported = new Set<string>();
  return (row) => {
    const key = `${row.table} ${row.reportId} ${row.type}`;
    if (reported.has(key)) return;
    reported.add(key);
    onDamage(row);
  };
}
