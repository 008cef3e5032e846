import { safeCell } from '../../src/model/job-list/cell.ts';
import type { Cell, TableData } from '../charts/table-data.ts';

/** So that spreadsheets read letters beyond ASCII as they are. */
const BYTE_ORDER_MARK = '\ufeff';

/** As RFC 4180 has it, with the cells escaped that a spreadsheet would run as a formula. */
export function csvOf({ columns, rows }: Pick<TableData, 'columns' | 'rows'>): string {
  const heads = columns.map(({ name, unit }) => (unit ? `${name} (${unit})` : name));
  const lines = [heads, ...rows].map((cells) => cells.map(cellOf).join(','));
  return `${BYTE_ORDER_MARK}${lines.join('\r\n')}\r\n`;
}

function cellOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = safeCell(cell);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
