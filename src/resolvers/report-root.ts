import type { ReportReading, ReportSnapshot } from '../datasources/reports/read.js';
import { issuesOf } from '../errors.js';
import type { ReportKey, StatusEvent, TypeFailure } from '../model/report.js';
import type { FailureShape } from '../schema/report-failure.js';
import type { StatusEventShape } from '../schema/report-status-event.js';

/**
 * The root value of `Report`. Inside an event it has a snapshot, made when it is first asked for: `status`, `pay` and
 * `yoe` return what has been collected by then, all of them consistent, and neither wait nor buy.
 */
export interface ReportRoot extends ReportKey {
  readonly snapshot?: () => Promise<ReportSnapshot>;
}

/** The root value of `ReportStatusEvent`. */
export function statusEventRoot(
  { report, failure, failingSince: since, ...event }: StatusEvent,
  reports: ReportReading,
): StatusEventShape {
  const root: ReportRoot = { ...report, snapshot: once(() => reports.snapshot(report.id)) };
  return {
    ...event,
    reportId: report.id,
    failure: failure && failureShape({ type: event.type, failure, since }),
    report: root,
  };
}

export function failureShape({ type, failure, since }: TypeFailure): FailureShape {
  return { type, code: failure.code, message: failure.message, issues: issuesOf(failure), since };
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
