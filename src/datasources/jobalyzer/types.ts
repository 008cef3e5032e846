/** Our own shapes of what Jobalyzer is asked and answers. Upstream's stop at `decode.ts` and `encode.ts`. */

export type ReportType = 'PAY' | 'YOE';

export type Degree =
  'ANY' | 'HIGH_SCHOOL' | 'ASSOCIATES' | 'BACHELORS' | 'MASTERS' | 'MBA' | 'LAW' | 'DOCTORATE' | 'MEDICINE';

/** Answers in canonical form: trimmed, lists sorted and without repetition, absent ones null. */
export interface Answers {
  readonly jobTitle: string;
  readonly country: string;
  readonly state: string | null;
  readonly city: string | null;
  readonly yearsExperience: number | null;
  readonly highestDegreeEarned: Degree | null;
  readonly skills: readonly string[];
  readonly certifications: readonly string[];
  readonly averageSizeCompetitor: number | null;
  readonly companySales: number | null;
  readonly employerProductActivity: string | null;
}

/** One request for reports, as far as it is ours to choose: the rest (customer, user, token) is the client's. */
export interface ReportsRequest {
  readonly answers: Answers;
  readonly autoResolveJobTitle: boolean;
}

export interface AnswerIssue {
  readonly answerId: string | null;
  readonly answerValue: string | null;
  readonly message: string | null;
  readonly code: string | null;
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

/** What each type of report is when it has been collected. */
export interface ReportBodies {
  PAY: PayReport;
  YOE: YearsExperienceReport;
}

export interface Impact {
  readonly answer: string;
  readonly profileCount: number | null;
  readonly percentReporting: number | null;
  readonly medianBasePay: number | null;
  readonly payDifferential: number | null;
  readonly payDifferentialPercentage: number | null;
}

export interface ImpactReport {
  readonly impacts: readonly Impact[];
  readonly context: MatchContext | null;
}

export type ImpactKind = 'skills' | 'certs' | 'education';

export type AnswerKind =
  'JOB_TITLE' | 'SKILLS' | 'CERTIFICATIONS' | 'EMPLOYER_PRODUCT_ACTIVITY' | 'HIGHEST_DEGREE_EARNED';

export interface Suggestion {
  readonly answer: string;
  readonly score: number | null;
}

export interface JobTitleMatch {
  readonly matches: readonly Suggestion[];
  readonly tasks: readonly { readonly jobTitle: string; readonly tasks: readonly string[] }[];
  readonly yearsExperience: number | null;
}

export interface LocationSuggestion {
  readonly text: string;
  readonly id: number | null;
  readonly frequency: number | null;
}
