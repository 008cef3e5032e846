import { figureColumns, figuresOf, type PricedJob } from '../../src/model/job-list/figures.ts';
import type { TableData } from '../charts/table-data.ts';
import type { ListState } from './store.ts';
import { reportOf, textOf } from './summary.ts';

const TYPES = ['PAY'] as const;
const NOTHING: PricedJob = { pay: null, yoe: null };

/** The list as it was given, each row with its figures or the code of what is wrong: as the command writes it. */
export function pricedTable(
  columns: readonly string[],
  { rows, reports }: Pick<ListState, 'rows' | 'reports'>,
): Omit<TableData, 'caption'> {
  const width = Math.max(columns.length, ...rows.map(({ cells }) => cells.length));
  const names = Array.from({ length: width }, (_, at) => columns[at] ?? '');
  return {
    columns: [...names, ...figureColumns(TYPES), 'Report id', 'Error', 'Remarks'].map((name) => ({ name })),
    rows: rows.map((row) => {
      const report = reportOf(row, reports);
      const job = { ...NOTHING, pay: report?.pay ?? null };
      return [
        ...names.map((_, at) => row.cells[at] ?? ''),
        ...(row.given ? figuresOf(TYPES, job, row.given) : figureColumns(TYPES).map(() => null)),
        report?.id ?? null,
        row.faults.length > 0 ? 'BAD_ROW' : (report?.problem?.code ?? null),
        textOf(row, report),
      ];
    }),
  };
}
