import { jobKey, readJob, type JobProblem } from '../../src/model/job-list/job.ts';
import type { JobColumns } from '../../src/model/job-list/columns.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { Problem } from '../api/problem.ts';
import type {
  AnswersInput,
  ExperienceInBriefFragment,
  PayInBriefFragment,
  ReportStatus,
  ReportType,
} from '../generated/operations.ts';
import type { ListRow } from './parse-list.ts';
import { corrected, inputOf, type Choices, type Known, type Remark } from './known.ts';

/** A row, and what it asks for. */
export interface PricedRow extends ListRow {
  /** What is wrong with it; empty: nothing. */
  readonly faults: readonly JobProblem[];
  /** The answers as the row has them; null: something is wrong with it. */
  readonly given: Answers | null;
  /** What is to be said of its answers. */
  readonly remarks: readonly Remark[];
  /** Its job, which is part of the keys of its reports; null: it is not known yet, or something is wrong with the row. */
  readonly job: string | null;
  /** The number of the first row that asks for the same reports; null: it is this one. */
  readonly sameAs: number | null;
}

/** A report that rows of the list ask for, once for all of them. */
export interface ListedReport {
  readonly type: ReportType;
  /** In upstream's spelling, as far as it is known: the same object for all reports of one job. */
  readonly answers: AnswersInput;
  /** Null: the server has not told it yet. */
  readonly id: string | null;
  /** Whether upstream does not know one of the answers. It would refuse the report, or ignore that answer. */
  readonly isUnknown: boolean;
  /** Whether it is about to be bought: others are first. */
  readonly isQueued: boolean;
  /** Null: it is not known yet. */
  readonly status: ReportStatus | null;
  /** Its figures, of which those of its type may be there. */
  readonly pay: PayInBriefFragment | null;
  readonly yoe: ExperienceInBriefFragment | null;
  /** Why it has failed, or was not bought; null: it did not, or nobody has tried. */
  readonly problem: Problem | null;
}

/** By their keys, in the order of the list. */
export type Reports = ReadonlyMap<string, ListedReport>;

export interface Priced {
  readonly rows: readonly PricedRow[];
  readonly reports: Reports;
}

export function keyOf(job: string, type: ReportType): string {
  return `${type} ${job}`;
}

/** `country`: that of rows whose own has no column. */
export function readRows(rows: readonly ListRow[], columns: JobColumns, country = ''): PricedRow[] {
  return rows.map((row) => {
    const cells = columns.map((_, at) => row.cells[at] ?? '');
    const tooMany = row.cells.slice(columns.length);
    const all = country === '' ? row.cells : [...cells, country, ...tooMany];
    const job = readJob(country === '' ? columns : [...columns, 'country'], all);
    return { ...row, faults: job.problems, given: job.answers, remarks: [], job: null, sameAs: null };
  });
}

/** Which reports the rows ask for: the same for rows that differ in spelling alone. */
export function priced(
  rows: readonly PricedRow[],
  types: readonly ReportType[],
  known: Known,
  choices: Choices = new Map(),
): Priced {
  const firsts = new Map<string, number>();
  const reports = new Map<string, ListedReport>();
  const pricedRows = rows.map((row): PricedRow => {
    if (!row.given) return row;
    const { answers, remarks } = corrected(row.given, known, choices);
    const job = jobKey(answers);
    const sameAs = firsts.get(job) ?? null;
    if (sameAs !== null) return { ...row, remarks, job, sameAs };
    firsts.set(job, row.number);
    const isUnknown = remarks.some(({ kind }) => kind === 'unknown');
    const input = inputOf(answers);
    for (const type of types) reports.set(keyOf(job, type), { ...UNSEEN, type, answers: input, isUnknown });
    return { ...row, remarks, job, sameAs };
  });
  return { rows: pricedRows, reports };
}

const UNSEEN = { id: null, isQueued: false, status: null, pay: null, yoe: null, problem: null } as const;

export function isHere({ pay, yoe }: ListedReport): boolean {
  return pay !== null || yoe !== null;
}

export function isUnderWay({ status }: ListedReport): boolean {
  return status === 'SUBMITTING' || status === 'PENDING';
}

/** Whether it has to be bought to be had. What has failed is no reason to buy. */
export function isAbsent({ status }: ListedReport): boolean {
  return status === 'NOT_REQUESTED';
}
