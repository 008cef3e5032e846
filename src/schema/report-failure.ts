import type * as model from '../model/report.js';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { nullable, objectType, required } from './declare.js';
import { ReportType } from './enums.js';

/** A failure without the details that only errors have. */
export interface FailureShape {
  readonly type: model.ReportType | null;
  readonly code: string;
  readonly message: string;
  readonly issues: readonly model.AnswerIssue[];
  readonly since: Date | null;
}

export const ReportFailure = objectType<FailureShape>(
  'ReportFailure',
  'Why a report will not be delivered: the error that a query for it would return.',
  {
    type: nullable(ReportType, 'Which of the two reports it is about. Null: it is about neither alone.'),
    code: required(
      String,
      'The code a query would have in `extensions.code`, such as `UNCONFIRMED_ANSWER`, `REPORT_FAILED` or one of `UPSTREAM_…`.',
    ),
    message: required(String, 'What happened, for the frontend developer.'),
    issues: required([AnswerIssue], 'Issues with individual answers. Empty: none.'),
    since: nullable(
      DateTime,
      'When it began; for an uncertain purchase (`SUBMISSION_UNCERTAIN`) the `since` by which `buyAgain`, `closeUncertain` and `requestReport` name it. Null: not known, as when polls of a pending report fail.',
    ),
  },
);
