import type { ReportKey } from '../datasources/reports/ports.js';
import type { Report } from '../schema/report.js';

/** The served part of a report. Its `status`, `pay` and `yoe` are resolved when they are selected. */
export function toReport({ id, request }: ReportKey): Report {
  return { id, answers: request.answers, autoResolveJobTitle: request.autoResolveJobTitle };
}

export function toReportKey({ id, answers, autoResolveJobTitle }: Report): ReportKey {
  return { id, request: { answers, autoResolveJobTitle } };
}
