import type { TableData } from '../charts/table-data.ts';
import type { FiguresFragment, PayInBriefFragment } from '../generated/operations.ts';
import type { ListState } from './store.ts';
import { reportOf, textOf } from './summary.ts';

type Priced = Pick<ListState, 'rows' | 'reports'>;

const FIGURES = [
  ['P10', 'percentile10'],
  ['P25', 'percentile25'],
  ['Median', 'percentile50'],
  ['P75', 'percentile75'],
  ['P90', 'percentile90'],
  ['Average', 'average'],
] as const satisfies readonly (readonly [string, keyof FiguresFragment])[];

/** The figures of a year, or for jobs that are paid by the hour, of an hour. */
export function figuresOf(pay: PayInBriefFragment | null): { figures: FiguresFragment; per: 'year' | 'hour' } | null {
  const { basePay, hourlyPay } = pay ?? { basePay: null, hourlyPay: null };
  if (basePay) return { figures: basePay, per: 'year' };
  return hourlyPay && { figures: hourlyPay, per: 'hour' };
}

/** The list as it was given, each row with its figures or the code of what is wrong. */
export function pricedTable(columns: readonly string[], { rows, reports }: Priced): Omit<TableData, 'caption'> {
  const width = Math.max(columns.length, ...rows.map(({ cells }) => cells.length));
  const names = Array.from({ length: width }, (_, at) => columns[at] ?? '');
  const added = [...FIGURES.map(([name]) => name), 'Currency', 'Per', 'Rating', 'Matched title', 'Error', 'Remarks'];
  return {
    columns: [...names, ...added].map((name) => ({ name })),
    rows: rows.map((row) => {
      const report = reportOf(row, reports);
      const pay = report?.pay ?? null;
      const found = figuresOf(pay);
      return [
        ...names.map((_, at) => row.cells[at] ?? ''),
        ...FIGURES.map(([, field]) => found?.figures[field] ?? null),
        found ? (found.figures.currencyCode ?? found.figures.currencyName) : null,
        found?.per ?? null,
        pay?.reportRating ?? null,
        pay?.context?.matchedJobTitle ?? null,
        row.faults.length > 0 ? 'BAD_ROW' : (report?.problem?.code ?? null),
        textOf(row, report),
      ];
    }),
  };
}
