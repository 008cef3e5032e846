import { jobKey, readJob, type JobProblem } from '../../src/model/job-list/job.ts';
import type { JobColumns } from '../../src/model/job-list/columns.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { Problem } from '../api/problem.ts';
import type { AnswersInput, PayInBriefFragment, ReportStatus } from '../generated/operations.ts';
import type { ListRow } from './parse-list.ts';
import { corrected, inputOf, type Known, type Remark } from './known.ts';

/** A row, and what it asks for. */
export interface PricedRow extends ListRow {
  /** What is wrong with it; empty: nothing. */
  readonly faults: readonly JobProblem[];
  /** The answers as the row has them; null: something is wrong with it. */
  readonly given: Answers | null;
  /** What is to be said of its answers. */
  readonly remarks: readonly Remark[];
  /** Which of the reports; null: something is wrong with it. */
  readonly report: number | null;
  /** The number of the first row that asks for the same report; null: it is this one. */
  readonly sameAs: number | null;
}

/** A report that rows of the list ask for, once for all of them. */
export interface ListedReport {
  /** In upstream's spelling, as far as it is known. */
  readonly answers: AnswersInput;
  /** Null: the server has not told it yet. */
  readonly id: string | null;
  /** Whether upstream does not know one of the answers. It would refuse the report, or ignore that answer. */
  readonly isUnknown: boolean;
  /** Null: it is not known yet. */
  readonly status: ReportStatus | null;
  readonly pay: PayInBriefFragment | null;
  /** Why it has failed, or was not bought; null: it did not, or nobody has tried. */
  readonly problem: Problem | null;
}

export interface Priced {
  readonly rows: readonly PricedRow[];
  readonly reports: readonly ListedReport[];
}

/** `country`: that of rows whose own has no column. */
export function readRows(rows: readonly ListRow[], columns: JobColumns, country = ''): PricedRow[] {
  return rows.map((row) => {
    const cells = columns.map((_, at) => row.cells[at] ?? '');
    const tooMany = row.cells.slice(columns.length);
    const all = country === '' ? row.cells : [...cells, country, ...tooMany];
    const job = readJob(country === '' ? columns : [...columns, 'country'], all);
    return { ...row, faults: job.problems, given: job.answers, remarks: [], report: null, sameAs: null };
  });
}

/** Which reports the rows ask for: the same for rows that differ in spelling alone. */
export function priced(rows: readonly PricedRow[], known: Known): Priced {
  const reports = new Map<string, { at: number; number: number; report: ListedReport }>();
  const pricedRows = rows.map((row): PricedRow => {
    if (!row.given) return row;
    const { answers, remarks } = corrected(row.given, known);
    const key = jobKey(answers);
    const first = reports.get(key);
    if (first) return { ...row, remarks, report: first.at, sameAs: first.number };
    const isUnknown = remarks.some(({ kind }) => kind === 'unknown');
    const report = { answers: inputOf(answers), id: null, isUnknown, status: null, pay: null, problem: null };
    reports.set(key, { at: reports.size, number: row.number, report });
    return { ...row, remarks, report: reports.size - 1 };
  });
  return { rows: pricedRows, reports: [...reports.values()].map(({ report }) => report) };
}

export function isUnderWay({ status }: ListedReport): boolean {
  return status === 'SUBMITTING' || status === 'PENDING';
}

/** Whether it has to be bought to be had. What has failed is no reason to buy. */
export function isAbsent({ status }: ListedReport): boolean {
  return status === 'NOT_REQUESTED';
}
