import type * as model from '../model/uncertain-report.js';
import { connectionType } from './connection.js';
import { DateTime } from './date-time.js';
import { nullable, objectType, required } from './declare.js';
import { ReportType } from './enums.js';
import { Report } from './report.js';
import { UsageLogEvidence, UsageLogRow } from './usage-log.js';

const UncertainReport = objectType<model.UncertainReport>(
  'UncertainReport',
  'A report that may have been bought, and whose link is lost. `buyAgain` and `closeUncertain` settle it.',
  {
    report: required(Report, 'The report. Its status is `FAILED`; selecting it returns `SUBMISSION_UNCERTAIN`.'),
    type: required(ReportType, 'Which of the two reports it is.'),
    since: required(DateTime, 'Since when it is uncertain, by which `buyAgain` and `closeUncertain` name it.'),
    reason: required(String, 'What happened to the purchase; to the latest, if it was bought again and lost again.'),
    candidates: required(
      [UsageLogRow],
      "Rows of upstream's usage log that may be this purchase, at most ten for each time that it was bought. Empty: there are none, or the log is not read.",
    ),
    evidence: nullable(
      UsageLogEvidence,
      'What that log said of the latest purchase when it was last looked for. Null: it was not looked for yet, or it never is: no log is read, or nothing was kept of what was sent, as by releases before the usage log was read.',
    ),
  },
);

export const UncertainReportConnection = connectionType('UncertainReport', UncertainReport, {
  page: 'A page of uncertain reports.',
  edge: 'An uncertain report and its place in the list.',
  edges: 'Those that have been uncertain longest come first.',
  cursor: 'Its place, for `after`. It stays valid, whatever becomes of the report.',
  node: 'The uncertain report.',
  totalCount: 'How many reports are uncertain now; as many as `Usage.uncertainNow`.',
});
