import type * as model from '../model/usage-log.js';
import { DateTime } from './date-time.js';
import { nullable, objectType } from './declare.js';
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
