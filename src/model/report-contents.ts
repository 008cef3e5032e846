import type { AnswerIssue } from '../errors.js';
import type { ExperienceYears } from './experience-years.js';
import type { ReportType } from './report.js';

/**
 * What a report says: upstream's figures, unchanged, under names of our own. Null: upstream gave none. The meaning and
 * the unit of each field are its description in `src/schema`.
 */

/** How upstream matched the job title. */
export interface MatchContext {
  readonly submittedJobTitle: string | null;
  readonly matchedJobTitle: string | null;
  readonly jobTitleRating: number | null;
}

/** One point of a distribution. */
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
  /** ISO 4217. Null: neither the name nor the country tells it. */
  readonly currencyCode: string | null;
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

export interface ExperienceRange extends ExperienceYears {
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

/** The content of a report, by type. */
export interface ReportContents {
  readonly PAY: PayReport;
  readonly YOE: YearsExperienceReport;
}

/** A collected report of one type, with the warnings from its purchase. */
export type CollectedReport<T extends ReportType> = ReportContents[T] & { readonly collectedAt: Date };
