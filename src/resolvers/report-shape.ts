import { issuesOf } from '../errors.js';
import type { ReportKey, StatusEvent } from '../model/report.js';
import type { Report } from '../schema/report.js';
import type { ReportStatusEvent } from '../schema/report-status-event.js';

/** The GraphQL `Report`. Its `status`, `pay` and `yoe` are resolved when they are selected. */
export function toReport({ id, request }: ReportKey): Report {
  return { id, answers: request.answers, autoResolveJobTitle: request.autoResolveJobTitle };
}

export function toReportKey({ id, answers, autoResolveJobTitle }: Report): ReportKey {
  return { id, request: { answers, autoResolveJobTitle } };
}

export function toStatusEvent({ report, failure, ...event }: StatusEvent): ReportStatusEvent {
  return {
    ...event,
    reportId: report.id,
    failure: failure && { code: failure.code, message: failure.message, issues: issuesOf(failure) },
    report: Object.assign(toReport(report), { asCollected: true as const }),
  };
}
