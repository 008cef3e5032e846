import type { AnswerIssue, Failure } from '../errors.js';
import type { Answers } from './answers.js';

/** What can be bought, as this server knows it. Upstream's own shapes stop at `decode.ts` and `encode.ts`. */

/** Part of every report; errors carry it too. */
export type { AnswerIssue };

// Constant objects, not TypeScript enums: their types are plain string unions, so no cast is needed anywhere.

/** The two kinds of report: what the job pays, and how that changes with years of experience. */
export const ReportType = { PAY: 'PAY', YOE: 'YOE' } as const;
export type ReportType = (typeof ReportType)[keyof typeof ReportType];

/** Status of one report as clients see it. */
export const ReportStatus = {
  NOT_REQUESTED: 'NOT_REQUESTED',
  SUBMITTING: 'SUBMITTING',
  PENDING: 'PENDING',
  READY: 'READY',
  FAILED: 'FAILED',
} as const;
export type ReportStatus = (typeof ReportStatus)[keyof typeof ReportStatus];

/** The variable part of a request for reports. The Jobalyzer client adds the rest (customer, user, token). */
export interface ReportsRequest {
  readonly answers: Answers;
  readonly autoResolveJobTitle: boolean;
}

/** Identifies a report, regardless of its state: its id and the request to upstream. */
export interface ReportKey {
  readonly id: string;
  readonly request: ReportsRequest;
}

/** Why one type of a report will not come, and since when. */
export interface TypeFailure {
  readonly type: ReportType;
  readonly failure: Failure;
  /** Of an uncertain purchase, the time by which it is named. Null: not known. */
  readonly since: Date | null;
}

/** A status change of one report, as subscribers receive it. */
export interface StatusEvent {
  readonly report: ReportKey;
  readonly type: ReportType;
  readonly status: ReportStatus;
  readonly at: Date;
  /** Polls made so far. */
  readonly attempt: number;
  /** While PENDING, after the first poll: milliseconds from that poll to the next. Otherwise null. */
  readonly retryAfterMs: number | null;
  /** When FAILED, why; when PENDING, why the latest poll failed. Otherwise null. */
  readonly failure: Failure | null;
  /** When that began; of an uncertain purchase, the time by which it is named. Null: no failure, or not known. */
  readonly failingSince: Date | null;
}
