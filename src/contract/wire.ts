/**
 * The JSON that Jobalyzer sends and accepts, in the PascalCase of its documentation samples. The same fields also arrive
 * in camelCase (its v2 specification), and any of them may be null or missing, so responses are never cast to these
 * types: `decode.ts` reads them field by field. The simulator writes them.
 */

type Maybe<T> = T | null | undefined;

export type WireReportKey = 'pay' | 'yoe';

export interface WireAnswers {
  JobTitle: string;
  Country: string;
  State?: string;
  City?: string;
  YearsExperience?: number;
  HighestDegreeEarned?: string;
  Skills?: string[];
  Certifications?: string[];
  AverageSizeCompetitor?: number;
  CompanySales?: number;
  EmployerProductActivity?: string;
}

/** The body of `POST /jobalyzer/v1/reports`. Its keys are spelled as documented, in mixed letter case. */
export interface WireReportsRequest {
  customerId: string;
  user: string;
  AutoResolveJobTitle?: boolean;
  requestedReports: WireReportKey[];
  answers: WireAnswers;
}

export interface WireIssue {
  AnswerId?: Maybe<string>;
  AnswerValue?: Maybe<string>;
  Message?: Maybe<string>;
  Code?: Maybe<string>;
}

interface WireNotices {
  Warnings?: Maybe<WireIssue[]>;
  Errors?: Maybe<WireIssue[]>;
}

export interface WireReportsResponse extends WireNotices {
  Links?: Maybe<{ Self?: Maybe<string>; PayReport?: Maybe<string>; YearsExperienceReport?: Maybe<string> }>;
}

export interface WireContext {
  MatchedFactors?: Maybe<Record<string, unknown>>;
  JobTitleRating?: Maybe<number>;
  MatchedJobTitle?: Maybe<string>;
  SubmittedJobTitle?: Maybe<string>;
}

interface WireStatistics {
  Count?: Maybe<number>;
  Percent?: Maybe<number>;
  Mean?: Maybe<number>;
  StdDev?: Maybe<number>;
  Skewness?: Maybe<number>;
  Kurtosis?: Maybe<number>;
}

export interface WirePayStatistics {
  CurrencyName?: Maybe<string>;
  CurrencyFormat?: Maybe<string>;
  Count?: Maybe<number>;
  Percent?: Maybe<number>;
  Percentile10?: Maybe<number>;
  Percentile25?: Maybe<number>;
  Percentile50?: Maybe<number>;
  Percentile75?: Maybe<number>;
  Percentile90?: Maybe<number>;
  Average?: Maybe<number>;
  Statistics?: Maybe<WireStatistics>;
  /** From the percentile ("1" … "99") to its value. */
  FullPercentiles?: Maybe<Record<string, number | null>>;
}

export interface WirePayReport {
  BasePayReport?: Maybe<WirePayStatistics>;
  TotalPayReport?: Maybe<WirePayStatistics>;
  HourlyPayReport?: Maybe<WirePayStatistics>;
  Bonus?: Maybe<WirePayStatistics>;
  Commission?: Maybe<WirePayStatistics>;
  ProfitShare?: Maybe<WirePayStatistics>;
  TotalCompanies?: Maybe<number>;
  TotalIncumbents?: Maybe<number>;
  TotalProfilesAnalyzed?: Maybe<number>;
  RankedFactors?: Maybe<{ Field?: Maybe<string>; Score?: Maybe<number> }[]>;
  LevelUsed?: Maybe<string>;
  ReportRating?: Maybe<number>;
}

export interface WireExperienceRange {
  Name?: Maybe<string>;
  Percent?: Maybe<number>;
  Average?: Maybe<number>;
  StdDev?: Maybe<number>;
  Percent10?: Maybe<number>;
  Percent25?: Maybe<number>;
  Percent50?: Maybe<number>;
  Percent75?: Maybe<number>;
  Percent90?: Maybe<number>;
}

export interface WireYearsExperienceReport {
  Currency?: Maybe<{
    Name?: Maybe<string>;
    Id?: Maybe<number>;
    Format?: Maybe<string>;
    Abbreviation?: Maybe<string>;
  }>;
  Ranges?: Maybe<WireExperienceRange[]>;
  MajorShifts?: Maybe<{ Experience?: Maybe<number>; Target?: Maybe<number>; Actual?: Maybe<number> }[]>;
  ReportRating?: Maybe<number>;
}

/** The body of a collected report: `Report` in the samples, `Reports` for pay in one place of the specification. */
export interface WireReport<R> extends WireNotices {
  Report?: Maybe<R>;
  Reports?: Maybe<R>;
  Context?: Maybe<WireContext>;
}

export interface WireImpact {
  ProfileCount?: Maybe<number>;
  PercentReporting?: Maybe<number>;
  MedianBasePay?: Maybe<number>;
  PayDifferential?: Maybe<number>;
  PayDifferentialPercentage?: Maybe<number>;
}

export interface WireImpactReport {
  Answers?: Maybe<Record<string, WireImpact>>;
  Context?: Maybe<WireContext>;
  /** On 404 and 500, with only Context beside it. */
  ErrorMessage?: Maybe<string>;
}

export interface WireSuggestions {
  Answers?: Maybe<{ Answer?: Maybe<string>; Score?: Maybe<number> }[]>;
}

export interface WireJobTitleMatch extends WireSuggestions {
  Tasks?: Maybe<Record<string, string[]>>;
  YearsExperience?: Maybe<number>;
}

export interface WireLocations {
  Name?: Maybe<string>;
  Results?: Maybe<{ Text?: Maybe<string>; Id?: Maybe<number>; Frequency?: Maybe<number> }[]>;
}
