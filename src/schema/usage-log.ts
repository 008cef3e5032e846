import type * as model from '../model/usage-log.js';
import { Int } from 'type-graphql';
import { DateTime } from './date-time.js';
import { nullable, objectType, required } from './declare.js';
import { ReportType } from './enums.js';

export const UsageLogRow = objectType<model.UsageLogRow>(
  'UsageLogRow',
  "A row of upstream's usage log: a report that was requested of upstream, as upstream recorded it.",
  {
    upstreamReportId: nullable(
      String,
      "Upstream's `REPORTID`, which is not a `Report.id` of this server. Null: the row has none.",
    ),
    recordedAt: nullable(DateTime, 'When upstream recorded it. Null: the row does not say.'),
    type: nullable(
      ReportType,
      'Which of the two reports it is. Null: the row does not say, or names a type that is not known here.',
    ),
    successful: nullable(Boolean, 'Whether it was delivered; only then is it billed. Null: the row does not say.'),
  },
);

export const UsageLogEvidence = objectType<model.UsageLogEvidence>(
  'UsageLogEvidence',
  "What upstream's usage log says of a purchase that it does not have, or not for certain. If it has all others of that time, the purchase was hardly made.",
  {
    readAt: required(DateTime, 'When the log was read.'),
    newestAt: nullable(
      DateTime,
      "When the newest of this server's purchases of that time in it was recorded. Null: it has none of them.",
    ),
    accepted: required(
      Int,
      'How many other purchases of this server, of the half hours before and after it, upstream is known to have accepted.',
    ),
    inLog: required(Int, 'How many of `accepted` the log has.'),
  },
);
