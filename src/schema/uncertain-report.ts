import { Int } from 'type-graphql';
import type * as model from '../model/uncertain-report.js';
import { DateTime } from './date-time.js';
import { nullable, objectType, required } from './declare.js';
import { ReportType } from './enums.js';
import { PageInfo } from './page-info.js';
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
      'What that log said of the latest purchase when it was last looked for. Null: it was not looked for yet, or the log is not read.',
    ),
  },
);

interface UncertainReportEdge {
  readonly cursor: string;
  readonly node: model.UncertainReport;
}

const UncertainReportEdge = objectType<UncertainReportEdge>(
  'UncertainReportEdge',
  'An uncertain report and its place in the list.',
  {
    cursor: required(String, 'Its place, for `after`. It stays valid, whatever becomes of the report.'),
    node: required(UncertainReport, 'The uncertain report.'),
  },
);

export interface UncertainReportConnection {
  readonly edges: readonly UncertainReportEdge[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

export const UncertainReportConnection = objectType<UncertainReportConnection>(
  'UncertainReportConnection',
  'A page of uncertain reports.',
  {
    edges: required([UncertainReportEdge], 'Those that have been uncertain longest come first.'),
    pageInfo: required(PageInfo, 'Where the page lies among all of them.'),
    totalCount: required(Int, 'How many reports are uncertain now; as many as `Usage.uncertainNow`.'),
  },
);
