import { figureColumns, figuresOf, type Figure } from '../../model/job-list/figures.js';
import { isBlankRow } from '../../model/job-list/job.js';
import type { ReportType } from '../../model/report.js';
import { FIELDS, type Fault, type PricedRow } from './rows.js';

/** How the rows of a priced list came out. */
export interface Tally {
  priced: number;
  faulty: number;
}

/** The priced list: what was in it, and behind that the figures of each row, or why it has none. */
export async function* tableOf(
  header: readonly string[],
  rows: AsyncIterable<PricedRow>,
  types: readonly ReportType[],
  { delimiter, tally }: { readonly delimiter: string; readonly tally: Tally },
): AsyncGenerator<readonly Figure[]> {
  yield [...header, ...figureColumns(types), 'Report id', 'Error', 'Remarks'];
  for await (const row of rows) {
    const faults = faultsOf(row, types);
    tally[faults.length === 0 ? 'priced' : 'faulty'] += 1;
    yield [
      ...cellsOf(row.cells, header.length, delimiter),
      ...figuresOfRow(row, types),
      row.outcome?.id ?? '',
      codesOf(faults, types),
      remarksOf(row, faults),
    ];
  }
}

/** As many as there are columns; in the last one stands whatever is written beyond, so that nothing is lost. */
function cellsOf(cells: readonly string[], columns: number, delimiter: string): readonly string[] {
  const isMore = !isBlankRow(cells.slice(columns));
  const last = isMore ? cells.slice(columns - 1).join(delimiter) : (cells[columns - 1] ?? '');
  return [...Array.from({ length: columns - 1 }, (_, at) => cells[at] ?? ''), last];
}

function figuresOfRow({ answers, outcome }: PricedRow, types: readonly ReportType[]): readonly Figure[] {
  return answers && outcome ? figuresOf(types, outcome, answers) : figureColumns(types).map(() => null);
}

type TypedFault = readonly [ReportType | null, Fault];

function faultsOf({ fault, outcome }: PricedRow, types: readonly ReportType[]): readonly TypedFault[] {
  if (fault) return [[null, fault]];
  return types.flatMap((type): TypedFault[] => {
    const found = outcome?.faults[type];
    if (found) return [[type, found]];
    const missing = { code: 'UNKNOWN', message: 'The server has told nothing of this report.' };
    return outcome?.[FIELDS[type]] ? [] : [[type, missing]];
  });
}

/** The code; of two types the code of each, unless it is the same. */
function codesOf(faults: readonly TypedFault[], types: readonly ReportType[]): string {
  const codes = new Set(faults.map(([, { code }]) => code));
  const concernsOne = faults.length < types.length && faults.some(([type]) => type !== null);
  if (codes.size <= 1 && !concernsOne) return [...codes].join();
  return faults.map(([type, { code }]) => `${type ? FIELDS[type] : ''}: ${code}`).join(', ');
}

function remarksOf({ remarks }: PricedRow, faults: readonly TypedFault[]): string {
  return [...new Set([...faults.map(([, { message }]) => message), remarks.text])].filter(Boolean).join(' ');
}
