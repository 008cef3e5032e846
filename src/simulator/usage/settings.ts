import { z } from 'zod';

/** The documented columns of the usage log, in their order. */
export const USAGE_COLUMNS = [
  ...(['CLIENTID', 'REPORTID', 'REPORT_DATE', 'REPORT_TYPE', 'REPORTRATING', 'REQUEST'] as const),
  ...(['SUBMITTED_ANSWERS', 'RESPONSE', 'SUCCESSFUL', 'MONTH', 'YEAR', 'JOBTITLERATING'] as const),
] as const;

const every = z.int().min(0).max(1_000_000_000);

/** How the usage log is kept and written. */
export const usageSchema = z.strictObject({
  /** When a row is written: when the report is accepted, or when it is first delivered. */
  recorded: z.enum(['acceptance', 'delivery']),
  /** How long a row takes to appear after that, in milliseconds. */
  delayMs: z.number().min(0).max(86_400_000),
  /** Every so many accepted reports one is not in the log; 0: all are. */
  missingEvery: every,
  /** Every so many accepted reports one was not successful; 0: all were. */
  unsuccessfulEvery: every,
  /** Whether rows have a REPORTID. */
  reportIds: z.boolean(),
  /** The columns as they are spelled, in any letter case; one that is not documented has some text in each row. */
  columns: z.array(z.string().min(1).max(100)).min(1).max(100),
  /** How REPORT_DATE is written: 2026-11-26T12:00:00.123Z, 2026-11-26 12:00:00.123, 11/26/2026 12:00:00 PM, or in seconds since 1970. */
  dates: z.enum(['iso', 'sql', 'us', 'epoch']),
  /** How REPORT_TYPE is written: as in requests (pay, yoe), or as in links (PayReport, YearsExperienceReport). */
  types: z.enum(['key', 'name']),
  lineBreak: z.enum(['\n', '\r\n']),
  byteOrderMark: z.boolean(),
  encoding: z.enum(['utf-8', 'utf-16le', 'latin1']),
  /** What is wrong with the last row: its quote is not closed, it has a cell too few, or it is huge (10 MB). */
  damage: z.enum(['unclosed-quote', 'ragged', 'huge']).nullable(),
  /** At least so many bytes of other clients' rows, from the day before, are in front of the others. */
  padBytes: z.int().min(0).max(4_000_000_000),
});

export type UsageSettings = z.infer<typeof usageSchema>;

export function defaultUsage(): UsageSettings {
  return {
    recorded: 'acceptance',
    delayMs: 0,
    missingEvery: 0,
    unsuccessfulEvery: 0,
    reportIds: true,
    columns: [...USAGE_COLUMNS],
    dates: 'iso',
    types: 'key',
    lineBreak: '\n',
    byteOrderMark: false,
    encoding: 'utf-8',
    damage: null,
    padBytes: 0,
  };
}
