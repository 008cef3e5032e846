import { figureColumns, figuresOf } from '../../src/model/job-list/figures.ts';
import type { TableData } from '../charts/table-data.ts';
import type { ListState } from './store.ts';
import { jobOf, reportsOf, textOf } from './summary.ts';

/** The list as it was given, each row with its figures or the code of what is wrong: as the command writes it. */
export function pricedTable(
  columns: readonly string[],
  { rows, reports, types }: Pick<ListState, 'rows' | 'reports' | 'types'>,
): Omit<TableData, 'caption'> {
  const width = Math.max(columns.length, ...rows.map(({ cells }) => cells.length));
  const names = Array.from({ length: width }, (_, at) => columns[at] ?? '');
  return {
    columns: [...names, ...figureColumns(types), 'Report id', 'Error', 'Remarks'].map((name) => ({ name })),
    rows: rows.map((row) => {
      const own = reportsOf(row, reports);
      const problem = own.find((report) => report.problem)?.problem;
      return [
        ...names.map((_, at) => row.cells[at] ?? ''),
        ...(row.given ? figuresOf(types, jobOf(own), row.given) : figureColumns(types).map(() => null)),
        own.find(({ id }) => id !== null)?.id ?? null,
        row.faults.length > 0 ? 'BAD_ROW' : (problem?.code ?? null),
        textOf(row, own),
      ];
    }),
  };
}
