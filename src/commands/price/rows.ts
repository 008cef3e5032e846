import type { Answers } from '../../model/answers.js';
import type { Remarks } from '../../model/job-list/checked.js';
import type { PricedJob } from '../../model/job-list/figures.js';
import type { ReportType } from '../../model/report.js';

/** What is known of a row of the list, as it is kept on disk. */
export interface PlannedRow {
  readonly cells: readonly string[];
  /** In upstream's spelling. Null: the row cannot be priced. */
  readonly answers: Answers | null;
  /** What to know of its answers. */
  readonly remarks: Remarks;
  /** Why it cannot be priced; null: it can. */
  readonly fault: Fault | null;
}

export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** A row with what has become of it. */
export interface PricedRow extends PlannedRow {
  readonly outcome: Outcome | null;
}

/** What has become of the reports of a job. */
export interface Outcome extends PricedJob {
  /** Null: the server did not tell. */
  readonly id: string | null;
  readonly faults: Partial<Readonly<Record<ReportType, Fault>>>;
}

/** The names of both types where GraphQL has fields for them. */
export const FIELDS = { PAY: 'pay', YOE: 'yoe' } as const satisfies Record<ReportType, string>;
