import type { AnswerIssue } from '../errors.js';
import type { Answers } from './answers.js';

/** What was bought, as this server knows it. Upstream's own shapes stop at `decode.ts` and `encode.ts`. */

export type ReportType = 'PAY' | 'YOE';

/** The variable part of a request for reports. The Jobalyzer client adds the rest (customer, user, token). */
export interface ReportsRequest {
  readonly answers: Answers;
  readonly autoResolveJobTitle: boolean;
}

export interface MatchContext {
  readonly submittedJobTitle: string | null;
  readonly matchedJobTitle: string | null;
  readonly jobTitleRating: number | null;
}

export interface Percentile {
  /** 0 to 100. */
  readonly percentile: number;
  readonly value: number;
}

export interface ReportStatistics {
  readonly count: number | null;
  readonly percent: number | null;
  readonly mean: number | null;
  readonly stdDev: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
}

export interface PayStatistics {
  readonly currencyName: string | null;
  readonly currencyFormat: string | null;
  readonly count: number | null;
  readonly percent: number | null;
  readonly percentile10: number | null;
  readonly percentile25: number | null;
  readonly percentile50: number | null;
  readonly percentile75: number | null;
  readonly percentile90: number | null;
  readonly average: number | null;
  readonly statistics: ReportStatistics | null;
  /** Every percentile given, ascending. */
  readonly percentiles: readonly Percentile[];
}

export interface RankedFactor {
  readonly field: string;
  readonly score: number | null;
}

export interface PayReport {
  readonly basePay: PayStatistics | null;
  readonly totalPay: PayStatistics | null;
  readonly hourlyPay: PayStatistics | null;
  readonly bonus: PayStatistics | null;
  readonly commission: PayStatistics | null;
  readonly profitShare: PayStatistics | null;
  readonly totalCompanies: number | null;
  readonly totalIncumbents: number | null;
  readonly totalProfilesAnalyzed: number | null;
  readonly rankedFactors: readonly RankedFactor[];
  readonly levelUsed: string | null;
  readonly reportRating: number | null;
  readonly context: MatchContext | null;
  readonly warnings: readonly AnswerIssue[];
}

export interface Currency {
  readonly name: string | null;
  readonly id: number | null;
  readonly format: string | null;
  readonly abbreviation: string | null;
}

export interface ExperienceRange {
  readonly name: string | null;
  readonly percent: number | null;
  readonly average: number | null;
  readonly stdDev: number | null;
  readonly percentile10: number | null;
  readonly percentile25: number | null;
  readonly percentile50: number | null;
  readonly percentile75: number | null;
  readonly percentile90: number | null;
}

export interface ExperienceShift {
  readonly experience: number | null;
  readonly target: number | null;
  readonly actual: number | null;
}

export interface YearsExperienceReport {
  readonly currency: Currency | null;
  readonly ranges: readonly ExperienceRange[];
  readonly majorShifts: readonly ExperienceShift[];
  readonly reportRating: number | null;
  readonly context: MatchContext | null;
  readonly warnings: readonly AnswerIssue[];
}

/** The content of a collected report, by type. */
export interface ReportBodies {
  PAY: PayReport;
  YOE: YearsExperienceReport;
}
