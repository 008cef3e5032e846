import { Field, ID, Int, ObjectType } from 'type-graphql';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { ReportStatus, ReportType } from './enums.js';
import { Report } from './report.js';

@ObjectType({ description: 'Why a report will not be delivered: the error that a query for it would return.' })
export class ReportFailure {
  @Field(() => String, {
    description:
      'The code a query would have in `extensions.code`, such as `UNCONFIRMED_ANSWER`, `REPORT_FAILED` or one of `UPSTREAM_…`.',
  })
  code!: string;

  @Field(() => String, { description: 'What happened, for the frontend developer.' })
  message!: string;

  @Field(() => [AnswerIssue], { description: 'Issues with individual answers. Empty: none.' })
  issues!: readonly AnswerIssue[];
}

@ObjectType({ description: 'A status change of one report, or its status when the subscription began.' })
export class ReportStatusEvent {
  @Field(() => ID, { description: '`Report.id`.' })
  reportId!: string;

  @Field(() => ReportType, { description: 'Which of the two reports the event is about.' })
  type!: ReportType;

  @Field(() => ReportStatus, {
    description: 'The current status. `READY` and `FAILED` are final: no further event of this type follows.',
  })
  status!: ReportStatus;

  @Field(() => DateTime, { description: 'When it entered this status or was last polled.' })
  at!: Date | number;

  @Field(() => Int, { description: 'Polls made so far; restarts from 0 when the server restarts.' })
  attempt!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'When `PENDING`: how long upstream asked to wait before the next poll, in milliseconds, limited to 100 to 15000. If upstream did not say or the poll failed, how long this server waits. Null before the first poll and for every other status.',
  })
  retryAfterMs!: number | null;

  @Field(() => ReportFailure, { nullable: true, description: 'Why it will not be delivered. Null unless `FAILED`.' })
  failure!: ReportFailure | null;

  @Field(() => Report, {
    description:
      'The report itself. Inside an event, its `pay` and `yoe` neither wait nor buy: each returns what has been collected by now, otherwise null without an error. In a `READY` event the report of that type is available.',
  })
  report!: Report;
}
