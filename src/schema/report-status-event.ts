import { Field, ID, Int, ObjectType } from 'type-graphql';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { ReportStatus, ReportType } from './enums.js';
import { Report } from './report.js';

@ObjectType({ description: 'Why a report will not come: what a query for it would say as an error.' })
export class ReportFailure {
  @Field(() => String, {
    description:
      'The code a query has in `extensions.code`, such as `UNCONFIRMED_ANSWER`, `REPORT_FAILED` or one of `UPSTREAM_…`.',
  })
  code!: string;

  @Field(() => String, { description: 'What happened, for the developer of a frontend.' })
  message!: string;

  @Field(() => [AnswerIssue], { description: 'What upstream said of single answers. Empty: nothing.' })
  issues!: readonly AnswerIssue[];
}

@ObjectType({ description: 'One step of one report, or where it stood when the subscription began.' })
export class ReportStatusEvent {
  @Field(() => ID, { description: '`Report.id`.' })
  reportId!: string;

  @Field(() => ReportType, { description: 'Which of the two reports this is about.' })
  type!: ReportType;

  @Field(() => ReportStatus, {
    description: 'Where it stands now. `READY` and `FAILED` are the last of their type; nothing follows them.',
  })
  status!: ReportStatus;

  @Field(() => DateTime, { description: 'When it came to stand there, or was last polled.' })
  at!: Date | number;

  @Field(() => Int, { description: 'Polls made so far; counted anew when the server was restarted in between.' })
  attempt!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'When `PENDING`: how long upstream asked to wait before the next poll, in milliseconds, within 100 and 15000; where it said nothing or the poll failed, how long this server waits. Null before the first poll, and for every other status.',
  })
  retryAfterMs!: number | null;

  @Field(() => ReportFailure, { nullable: true, description: 'Why it will not come. Null unless `FAILED`.' })
  failure!: ReportFailure | null;

  @Field(() => Report, {
    description:
      'The report itself. Inside an event its `pay` and `yoe` neither wait nor buy: each is what has been collected by now, else null without an error. With `READY` come the figures.',
  })
  report!: Report;
}
