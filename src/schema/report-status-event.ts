import { ID, Int } from 'type-graphql';
import type * as model from '../model/report.js';
import { DateTime } from './date-time.js';
import { nullable, objectType, required } from './declare.js';
import { ReportStatus, ReportType } from './enums.js';
import { ReportFailure, type FailureShape } from './report-failure.js';
import { Report } from './report.js';

/** The event with its report's id beside it. */
export interface StatusEventShape extends Omit<model.StatusEvent, 'failure' | 'failingSince'> {
  readonly reportId: string;
  readonly failure: FailureShape | null;
}

export const ReportStatusEvent = objectType<StatusEventShape>(
  'ReportStatusEvent',
  'A status change of one report, or its status when the subscription began.',
  {
    reportId: required(ID, '`Report.id`.'),
    type: required(ReportType, 'Which of the two reports the event is about.'),
    status: required(
      ReportStatus,
      'The current status. `READY` and `FAILED` are final: no further event of this type follows.',
    ),
    at: required(DateTime, 'When it entered this status or was last polled.'),
    attempt: required(Int, 'Polls made so far; restarts from 0 when the server restarts.'),
    retryAfterMs: nullable(
      Int,
      'When `PENDING`: how long this server waits before the next poll, in milliseconds: as long as upstream asked for, limited to 100 to 15000, but never less than a sixtieth of the time since the purchase, at most a minute. After failed polls it can be up to an hour. Null before the first poll and for every other status.',
    ),
    failure: nullable(
      ReportFailure,
      'When `FAILED`: why it will not be delivered. When `PENDING`: why the latest poll failed; it is polled again. Otherwise null.',
    ),
    report: required(
      Report,
      'The report itself. Inside an event, its `pay` and `yoe` neither wait nor buy: each returns what has been collected by now, otherwise null without an error. In a `READY` event the report of that type is available.',
    ),
  },
);
