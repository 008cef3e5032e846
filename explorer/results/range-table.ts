import type { Money } from '../charts/money.ts';
import type { Range } from '../charts/ranges.ts';
import type { TableData } from '../charts/table-data.ts';

interface RangeTable {
  readonly caption: string;
  /** What the ranges are. */
  readonly head: string;
  readonly ranges: readonly Range[];
  readonly money: Money;
  /** Of all figures; null: each range has a currency of its own, or it is not known. */
  readonly currency: string | null;
}

/** The percentiles of several spreads of pay per year. */
export function rangeTable({ caption, head, ranges, money, currency }: RangeTable): TableData {
  const unit = currency === null ? 'per year' : `${currency} per year`;
  const names = ['P10', 'P25', 'Median', 'P75', 'P90'];
  const own = ranges.some((range) => range.currency !== undefined);
  return {
    caption,
    columns: [
      { name: head },
      ...(own ? [{ name: 'Currency' }] : []),
      ...names.map((name) => ({ name, format: money.exact, unit })),
    ],
    rows: ranges.map(({ label, detail, ...range }) => [
      detail ? `${label} (${detail})` : label,
      ...(own ? [range.currency ?? null] : []),
      range.percentile10,
      range.percentile25,
      range.percentile50,
      range.percentile75,
      range.percentile90,
    ]),
  };
}
