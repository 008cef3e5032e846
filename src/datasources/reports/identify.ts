import { canonicalAnswers, type GivenAnswers } from '../../model/answers.js';
import { reportId } from '../../model/report-id.js';
import type { ReportKey, ReportsRequest } from '../../model/report.js';

/** The report for these answers. Pure. Throws BAD_USER_INPUT naming the argument below `path`. */
export function identifyReport(answers: GivenAnswers, autoResolveJobTitle: boolean, path: string): ReportKey {
  const request: ReportsRequest = { answers: canonicalAnswers(answers, path), autoResolveJobTitle };
  return { id: reportId(request), request };
}
