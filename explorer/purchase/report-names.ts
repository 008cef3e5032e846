import type { ReportType } from '../generated/operations.ts';

/** What the reports are called on the page. */
export const REPORT_NAMES: Readonly<Record<ReportType, string>> = { PAY: 'Pay', YOE: 'Pay by experience' };
