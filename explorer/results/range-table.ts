import type { Money } from '../charts/money.ts';
import type { Range } from '../charts/ranges.ts';
import type { TableData } from '../charts/table-data.ts';

/** The percentiles of several spreads. */
export function rangeTable(caption: string, head: string, ranges: readonly Range[], money: Money): TableData {
  const names = ['P10', 'P25', 'Median', 'P75', 'P90'];
  return {
    caption,
    columns: [{ name: head }, ...names.map((name) => ({ name, format: money.exact }))],
    rows: ranges.map(({ label, detail, ...range }) => [
      detail ? `${label} (${detail})` : label,
      range.percentile10,
      range.percentile25,
      range.percentile50,
      range.percentile75,
      range.percentile90,
    ]),
  };
}
