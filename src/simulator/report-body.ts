import type { WireContext, WireIssue, WireReportKey } from '../contract/wire.js';
import type { LinkedReport } from './links.js';
import { confirmAnswers } from './model/answers.js';
import { experienceReport } from './model/experience-report.js';
import { payReport } from './model/pay-report.js';
import type { SimulatorSettings } from './settings.js';

export type PreparedReport =
  | { ok: true; warnings: WireIssue[] | null; bodyOf: (type: WireReportKey) => object }
  /** Only possible for a link from a simulator with different data. */
  | { ok: false; errors: WireIssue[] };

/** The body of a report that was accepted, of either type. */
export function prepareReport(
  { answers, autoResolve, ignoreUnknown }: LinkedReport,
  { wrapper }: Pick<SimulatorSettings, 'wrapper'>,
): PreparedReport {
  const confirmed = confirmAnswers(answers, autoResolve, ignoreUnknown);
  if (!confirmed.ok) return confirmed;
  const { factors, context } = confirmed;
  const warnings = confirmed.warnings.length > 0 ? confirmed.warnings : null;
  return { ok: true, warnings, bodyOf: (type) => bodyOf(type) };

  function bodyOf(type: WireReportKey): { Warnings: WireIssue[] | null; Errors: null; Context?: WireContext } {
    const report = type === 'pay' ? payReport(factors) : experienceReport(factors);
    const place = type === 'pay' ? wrapper : 'Report';
    return {
      ...(wrapper === 'none' ? report : { [place]: report }),
      Warnings: warnings,
      Errors: null,
      // The context is only sent to clients that let the title be resolved.
      ...(autoResolve ? { Context: context } : {}),
    };
  }
}
