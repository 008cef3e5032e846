/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The answers that upstream can suggest values for. For locations, use `suggestLocations`. */
export type AnswerKind =
  /** For `AnswersInput.certifications`. */
  | 'CERTIFICATIONS'
  /** For `AnswersInput.employerProductActivity`. Upstream needs at least two characters. */
  | 'EMPLOYER_PRODUCT_ACTIVITY'
  /** For `AnswersInput.highestDegreeEarned`, in upstream's wording; the input itself takes a `Degree`. */
  | 'HIGHEST_DEGREE_EARNED'
  /** For `AnswersInput.jobTitle`. Upstream needs at least four characters. */
  | 'JOB_TITLE'
  /** For `AnswersInput.skills`. Upstream needs at least two characters. */
  | 'SKILLS';

/** Whether upstream has an answer in its taxonomy, as its look-ups tell. */
export type AnswerVerdict =
  /** Upstream has it in another letter case, which is in `spelling`: exactly one of its answers differs in nothing else. */
  | 'CORRECTED'
  /** Upstream has it, spelled as it was given. */
  | 'EXACT'
  /** It could not be told: a number, a term that is too short for upstream, a place without a city, an answer with too many similar ones, or a look-up that failed or took too long. */
  | 'UNCHECKED'
  /** Upstream does not have it and would ignore it: it is not among the few answers that it suggests for it. Of a place that it does not have, the city is. */
  | 'UNKNOWN';

/** The answers that describe a job; they determine the report. The same answers always mean the same report: surrounding, doubled and no-break spaces, line breaks at the ends, invisible characters (such as zero-width characters, direction marks and soft hyphens), the order of lists, duplicates in lists, and null instead of an omitted field make no difference; letter case and letters that look alike do. Strings have at most 200 characters and none that was lost in a conversion (U+FFFD), lists at most 100 entries. An invalid value is rejected with `BAD_USER_INPUT` and a message that says what is allowed. A value that upstream does not recognize is rejected when the report is bought, with `UNCONFIRMED_ANSWER` and, if available, suggestions in the error's extensions. */
export type AnswersInput = {
  /** Average size of the employers competing for the same people, in employees, 0 or more. Null: not given. */
  averageSizeCompetitor?: number | null | undefined;
  /** Certifications required for the job, such as `Notary Public`. `suggestAnswers(kind: CERTIFICATIONS)` lists values that upstream accepts. Null or empty: none given. */
  certifications?: Array<string> | null | undefined;
  /** The city of the job, such as `Seattle`. Null: any. `suggestLocations` lists known places. */
  city?: string | null | undefined;
  /** The employer's estimated sales this year, 0 or more. Upstream documents no currency; the value is passed on unchanged. Null: not given. */
  companySales?: number | null | undefined;
  /** The country of the job: its full name, such as `United States`. */
  country: string;
  /** The industry of the employer, such as `Software Development`. Null: not given. `suggestAnswers(kind: EMPLOYER_PRODUCT_ACTIVITY)` lists values that upstream accepts. */
  employerProductActivity?: string | null | undefined;
  /** The highest degree earned. `ANY`: it does not matter. Null: not given. */
  highestDegreeEarned?: Degree | null | undefined;
  /** The title of the job, such as `Software Developer`. `suggestAnswers(kind: JOB_TITLE)` lists values that upstream accepts. With `autoResolveJobTitle`, upstream tries to match a title it does not recognize. */
  jobTitle: string;
  /** Skills required for the job, such as `Python`. `suggestAnswers(kind: SKILLS)` lists values that upstream accepts. Null or empty: none given. */
  skills?: Array<string> | null | undefined;
  /** The state, province or region of the job: its full name, such as `Washington`. Null: any. */
  state?: string | null | undefined;
  /** Years of experience in the job: whole years, 0 to 80. Null: not given. */
  yearsExperience?: number | null | undefined;
};

/** The highest degree earned. The values correspond one to one to upstream's answers. */
export type Degree =
  /** Upstream's "Any": the degree does not matter. */
  | 'ANY'
  /** Upstream's "Associate's Degree". */
  | 'ASSOCIATES'
  /** Upstream's "Bachelor's Degree". */
  | 'BACHELORS'
  /** Upstream's "Doctorate (PhD)". */
  | 'DOCTORATE'
  /** Upstream's "GED or High School Diploma". */
  | 'HIGH_SCHOOL'
  /** Upstream's "Juris Doctor (JD), Master of Jurisprudence, or Master of Law (LLM)". */
  | 'LAW'
  /** Upstream's "Master's Degree (non-MBA)". */
  | 'MASTERS'
  /** Upstream's "Master of Business Administration (MBA)". */
  | 'MBA'
  /** Upstream's "Doctor of Medicine (MD)". */
  | 'MEDICINE';

/** Status of one report, from not bought to collected. Reading it buys nothing. */
export type ReportStatus =
  /** Will not be delivered: upstream rejected the request, repeatedly refused to produce the report or did not deliver it in time, or the outcome of the purchase is unknown. A report that was bought and failed is polled again, at no extra cost, when it is requested. Selecting the report returns an error with `REPORT_FAILED`, `UNCONFIRMED_ANSWER` or `SUBMISSION_UNCERTAIN` in `extensions.code`. In an event it can also mean that the purchase was given up before upstream accepted it, with an `UPSTREAM_…` code; `Report.status` is then `NOT_REQUESTED`, and selecting the report buys it again. */
  | 'FAILED'
  /** Not bought, or the stored report has expired. Selecting the report buys it, unless it turns out to be stored in another spelling of its answers. */
  | 'NOT_REQUESTED'
  /** Accepted and being prepared by upstream. It will be collected whether or not anyone waits for it. */
  | 'PENDING'
  /** Collected and stored. Selecting it returns at once and buys nothing. */
  | 'READY'
  /** The purchase request is in flight; whether upstream accepts it is not known yet. */
  | 'SUBMITTING';

/** The two kinds of report. Each is bought, collected and billed separately. */
export type ReportType =
  /** What the job pays: `Report.pay`. */
  | 'PAY'
  /** How its base pay changes with years of experience: `Report.yoe`. */
  | 'YOE';

export type AuditQueryVariables = Exact<{
  month: string;
  first?: number;
  after?: string | null | undefined;
}>;


export type AuditQuery = { auditUsage: { month: string, theirs: number, ours: number, differences: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, edges: Array<{ cursor: string, node: { at: string, type: ReportType | null, reason: string, theirs: { upstreamReportId: string | null, recordedAt: string | null, type: ReportType | null, successful: boolean | null } | null, ours: { id: string, answers: { jobTitle: string } } | null } }> } } | null };

export type FollowAnswersSubscriptionVariables = Exact<{
  answers: AnswersInput;
  types?: Array<ReportType>;
}>;


export type FollowAnswersSubscription = { reportStatus: StepFragment };

export type FollowIdSubscriptionVariables = Exact<{
  id: string;
  types?: Array<ReportType>;
}>;


export type FollowIdSubscription = { reportStatusById: StepFragment };

export type StepFragment = { reportId: string, type: ReportType, status: ReportStatus, at: string, attempt: number, retryAfterMs: number | null, failure: { code: string, message: string, issues: Array<IssueFragment> } | null, report: { id: string, pay: { basePay: { percentile50: number | null } | null } | null, yoe: { ranges: Array<{ name: string | null, percentile50: number | null }> } | null } };

export type ContextFragment = { submittedJobTitle: string | null, matchedJobTitle: string | null, jobTitleRating: number | null };

export type IssueFragment = { field: string | null, answerId: string | null, answerValue: string | null, message: string | null, code: string | null };

export type StatisticsFragment = { currencyName: string | null, currencyFormat: string | null, count: number | null, percent: number | null, percentile10: number | null, percentile25: number | null, percentile50: number | null, percentile75: number | null, percentile90: number | null, average: number | null, statistics: { count: number | null, percent: number | null, mean: number | null, stdDev: number | null, skewness: number | null, kurtosis: number | null } | null, percentiles: Array<{ percentile: number, value: number }> };

export type FullPayFragment = { totalCompanies: number | null, totalIncumbents: number | null, totalProfilesAnalyzed: number | null, levelUsed: string | null, reportRating: number | null, collectedAt: string, basePay: StatisticsFragment | null, totalPay: StatisticsFragment | null, hourlyPay: StatisticsFragment | null, bonus: StatisticsFragment | null, commission: StatisticsFragment | null, profitShare: StatisticsFragment | null, rankedFactors: Array<{ field: string, score: number | null }>, context: ContextFragment | null, warnings: Array<IssueFragment> };

export type FullYearsExperienceFragment = { reportRating: number | null, collectedAt: string, currency: { name: string | null, id: number | null, format: string | null, abbreviation: string | null } | null, ranges: Array<{ name: string | null, percent: number | null, average: number | null, stdDev: number | null, percentile10: number | null, percentile25: number | null, percentile50: number | null, percentile75: number | null, percentile90: number | null }>, majorShifts: Array<{ experience: number | null, target: number | null, actual: number | null }>, context: ContextFragment | null, warnings: Array<IssueFragment> };

export type GivenAnswersFragment = { jobTitle: string, country: string, state: string | null, city: string | null, yearsExperience: number | null, highestDegreeEarned: Degree | null, skills: Array<string>, certifications: Array<string>, averageSizeCompetitor: number | null, companySales: number | null, employerProductActivity: string | null };

export type ImpactsFragment = { impacts: Array<{ answer: string, profileCount: number | null, percentReporting: number | null, medianBasePay: number | null, payDifferential: number | null, payDifferentialPercentage: number | null }>, context: ContextFragment | null, warnings: Array<IssueFragment> };

export type SkillImpactQueryVariables = Exact<{
  jobTitle: string;
  autoResolveJobTitle?: boolean;
}>;


export type SkillImpactQuery = { skillImpact: ImpactsFragment | null };

export type CertificationImpactQueryVariables = Exact<{
  jobTitle: string;
  autoResolveJobTitle?: boolean;
}>;


export type CertificationImpactQuery = { certificationImpact: ImpactsFragment | null };

export type EducationImpactQueryVariables = Exact<{
  jobTitle: string;
  autoResolveJobTitle?: boolean;
}>;


export type EducationImpactQuery = { educationImpact: ImpactsFragment | null };

export type YoeOnlyQueryVariables = Exact<{
  answers: AnswersInput;
  waitMs?: number | null | undefined;
}>;


export type YoeOnlyQuery = { report: { id: string, yoe: { ranges: Array<{ name: string | null, percentile50: number | null }> } | null } | null };

export type PayAndYoeQueryVariables = Exact<{
  answers: AnswersInput;
  payWaitMs?: number | null | undefined;
  yoeWaitMs?: number | null | undefined;
}>;


export type PayAndYoeQuery = { report: { id: string, status: { pay: ReportStatus, yoe: ReportStatus }, pay: { reportRating: number | null, basePay: { percentile50: number | null } | null } | null, yoe: { ranges: Array<{ name: string | null, percentile50: number | null }> } | null } | null };

export type StandingByIdQueryVariables = Exact<{
  id: string;
}>;


export type StandingByIdQuery = { reportById: { id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null };

export type PayByIdQueryVariables = Exact<{
  id: string;
  waitMs?: number | null | undefined;
}>;


export type PayByIdQuery = { reportById: { id: string, pay: { basePay: { percentile50: number | null } | null } | null } | null };

export type FirstReportQueryVariables = Exact<{ [key: string]: never; }>;


export type FirstReportQuery = { report: { id: string, status: { pay: ReportStatus, yoe: ReportStatus }, pay: { reportRating: number | null, basePay: { currencyName: string | null, percentile25: number | null, percentile50: number | null, percentile75: number | null } | null } | null, yoe: { ranges: Array<{ name: string | null, percentile50: number | null }> } | null } | null };

export type FullReportQueryVariables = Exact<{
  answers: AnswersInput;
  autoResolveJobTitle?: boolean;
  waitMs?: number | null | undefined;
}>;


export type FullReportQuery = { report: { id: string, answers: GivenAnswersFragment, status: { pay: ReportStatus, yoe: ReportStatus }, pay: FullPayFragment | null, yoe: FullYearsExperienceFragment | null } | null };

export type PayOnlyQueryVariables = Exact<{
  answers: AnswersInput;
  waitMs?: number | null | undefined;
}>;


export type PayOnlyQuery = { report: { id: string, pay: { basePay: { percentile50: number | null } | null } | null } | null };

export type ReportStandingQueryVariables = Exact<{
  answers: AnswersInput;
}>;


export type ReportStandingQuery = { report: { id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null };

export type ReportByIdQueryVariables = Exact<{
  id: string;
  waitMs?: number | null | undefined;
}>;


export type ReportByIdQuery = { reportById: { id: string, answers: GivenAnswersFragment, status: { pay: ReportStatus, yoe: ReportStatus }, pay: FullPayFragment | null, yoe: FullYearsExperienceFragment | null } | null };

export type CompareReportsQueryVariables = Exact<{
  answers: Array<AnswersInput>;
}>;


export type CompareReportsQuery = { reports: Array<{ id: string, answers: { jobTitle: string, state: string | null, city: string | null }, pay: { reportRating: number | null, basePay: { currencyName: string | null, percentile50: number | null } | null } | null } | null> };

export type WhereAnAmountFallsQueryVariables = Exact<{
  answers: AnswersInput;
  amount: number;
}>;


export type WhereAnAmountFallsQuery = { report: { pay: { basePay: { percentileRank: number | null } | null } | null } | null };

export type RequestReportMutationVariables = Exact<{
  answers: AnswersInput;
  autoResolveJobTitle?: boolean;
  types?: Array<ReportType>;
  resubmitUncertain?: boolean;
  since?: string | null | undefined;
}>;


export type RequestReportMutation = { requestReport: { id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null };

export type SuggestAnswersQueryVariables = Exact<{
  kind: AnswerKind;
  term: string;
}>;


export type SuggestAnswersQuery = { suggestAnswers: Array<{ answer: string, score: number | null }> | null };

export type MatchJobTitleQueryVariables = Exact<{
  jobTitle: string;
}>;


export type MatchJobTitleQuery = { matchJobTitle: { yearsExperience: number | null, matches: Array<{ answer: string, score: number | null }>, tasks: Array<{ jobTitle: string, tasks: Array<string> }> } | null };

export type CheckAnswersQueryVariables = Exact<{
  answers: AnswersInput;
  autoResolveJobTitle?: boolean;
}>;


export type CheckAnswersQuery = { checkAnswers: { matchedJobTitle: string | null, jobTitleRating: number | null, answers: Array<{ field: string, value: string, verdict: AnswerVerdict, spelling: string | null, suggestions: Array<{ answer: string, score: number | null }> }>, report: { id: string } } | null };

export type SuggestLocationsQueryVariables = Exact<{
  term: string;
}>;


export type SuggestLocationsQuery = { suggestLocations: Array<{ text: string, id: number | null, frequency: number | null }> | null };

export type UncertainQueryVariables = Exact<{
  first?: number;
  after?: string | null | undefined;
}>;


export type UncertainQuery = { uncertainReports: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, edges: Array<{ cursor: string, node: { type: ReportType, since: string, reason: string, candidates: Array<{ upstreamReportId: string | null, recordedAt: string | null, type: ReportType | null, successful: boolean | null }>, evidence: { readAt: string, newestAt: string | null, accepted: number, inLog: number } | null, report: { id: string, answers: { jobTitle: string }, status: { pay: ReportStatus, yoe: ReportStatus } } } }> } | null };

export type BuyAgainMutationVariables = Exact<{
  id: string;
  types: Array<ReportType>;
  since: string;
}>;


export type BuyAgainMutation = { buyAgain: { id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null };

export type CloseUncertainMutationVariables = Exact<{
  id: string;
  types: Array<ReportType>;
  since: string;
  note: string;
}>;


export type CloseUncertainMutation = { closeUncertain: { id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null };

export type UsageByDayQueryVariables = Exact<{
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type UsageByDayQuery = { usageByDay: Array<{ day: string, submitted: number, collected: number, billable: number, failed: number, uncertain: number, recovered: number, saved: number }> | null };

export type UsageQueryVariables = Exact<{
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type UsageQuery = { usage: { since: string, until: string, submitted: number, collected: number, billable: number, failed: number, uncertain: number, uncertainNow: number, recovered: number, saved: number } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const IssueFragmentDoc = new TypedDocumentString(`
    fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}
    `, {"fragmentName":"Issue"}) as unknown as TypedDocumentString<IssueFragment, unknown>;
export const StepFragmentDoc = new TypedDocumentString(`
    fragment Step on ReportStatusEvent {
  reportId
  type
  status
  at
  attempt
  retryAfterMs
  failure {
    code
    message
    issues {
      ...Issue
    }
  }
  report {
    id
    pay {
      basePay {
        percentile50
      }
    }
    yoe {
      ranges {
        name
        percentile50
      }
    }
  }
}
    fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}`, {"fragmentName":"Step"}) as unknown as TypedDocumentString<StepFragment, unknown>;
export const StatisticsFragmentDoc = new TypedDocumentString(`
    fragment Statistics on PayStatistics {
  currencyName
  currencyFormat
  count
  percent
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
  statistics {
    count
    percent
    mean
    stdDev
    skewness
    kurtosis
  }
  percentiles {
    percentile
    value
  }
}
    `, {"fragmentName":"Statistics"}) as unknown as TypedDocumentString<StatisticsFragment, unknown>;
export const ContextFragmentDoc = new TypedDocumentString(`
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
    `, {"fragmentName":"Context"}) as unknown as TypedDocumentString<ContextFragment, unknown>;
export const FullPayFragmentDoc = new TypedDocumentString(`
    fragment FullPay on PayReport {
  basePay {
    ...Statistics
  }
  totalPay {
    ...Statistics
  }
  hourlyPay {
    ...Statistics
  }
  bonus {
    ...Statistics
  }
  commission {
    ...Statistics
  }
  profitShare {
    ...Statistics
  }
  totalCompanies
  totalIncumbents
  totalProfilesAnalyzed
  rankedFactors {
    field
    score
  }
  levelUsed
  reportRating
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
  collectedAt
}
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}
fragment Statistics on PayStatistics {
  currencyName
  currencyFormat
  count
  percent
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
  statistics {
    count
    percent
    mean
    stdDev
    skewness
    kurtosis
  }
  percentiles {
    percentile
    value
  }
}`, {"fragmentName":"FullPay"}) as unknown as TypedDocumentString<FullPayFragment, unknown>;
export const FullYearsExperienceFragmentDoc = new TypedDocumentString(`
    fragment FullYearsExperience on YearsExperienceReport {
  currency {
    name
    id
    format
    abbreviation
  }
  ranges {
    name
    percent
    average
    stdDev
    percentile10
    percentile25
    percentile50
    percentile75
    percentile90
  }
  majorShifts {
    experience
    target
    actual
  }
  reportRating
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
  collectedAt
}
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}`, {"fragmentName":"FullYearsExperience"}) as unknown as TypedDocumentString<FullYearsExperienceFragment, unknown>;
export const GivenAnswersFragmentDoc = new TypedDocumentString(`
    fragment GivenAnswers on Answers {
  jobTitle
  country
  state
  city
  yearsExperience
  highestDegreeEarned
  skills
  certifications
  averageSizeCompetitor
  companySales
  employerProductActivity
}
    `, {"fragmentName":"GivenAnswers"}) as unknown as TypedDocumentString<GivenAnswersFragment, unknown>;
export const ImpactsFragmentDoc = new TypedDocumentString(`
    fragment Impacts on ImpactReport {
  impacts {
    answer
    profileCount
    percentReporting
    medianBasePay
    payDifferential
    payDifferentialPercentage
  }
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
}
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}`, {"fragmentName":"Impacts"}) as unknown as TypedDocumentString<ImpactsFragment, unknown>;
export const AuditDocument = new TypedDocumentString(`
    query Audit($month: String!, $first: Int! = 50, $after: String) {
  auditUsage(month: $month) {
    month
    theirs
    ours
    differences(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      edges {
        cursor
        node {
          at
          type
          reason
          theirs {
            upstreamReportId
            recordedAt
            type
            successful
          }
          ours {
            id
            answers {
              jobTitle
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AuditQuery, AuditQueryVariables>;
export const FollowAnswersDocument = new TypedDocumentString(`
    subscription FollowAnswers($answers: AnswersInput!, $types: [ReportType!]! = [PAY, YOE]) {
  reportStatus(answers: $answers, types: $types) {
    ...Step
  }
}
    fragment Step on ReportStatusEvent {
  reportId
  type
  status
  at
  attempt
  retryAfterMs
  failure {
    code
    message
    issues {
      ...Issue
    }
  }
  report {
    id
    pay {
      basePay {
        percentile50
      }
    }
    yoe {
      ranges {
        name
        percentile50
      }
    }
  }
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}`) as unknown as TypedDocumentString<FollowAnswersSubscription, FollowAnswersSubscriptionVariables>;
export const FollowIdDocument = new TypedDocumentString(`
    subscription FollowId($id: ID!, $types: [ReportType!]! = [PAY, YOE]) {
  reportStatusById(id: $id, types: $types) {
    ...Step
  }
}
    fragment Step on ReportStatusEvent {
  reportId
  type
  status
  at
  attempt
  retryAfterMs
  failure {
    code
    message
    issues {
      ...Issue
    }
  }
  report {
    id
    pay {
      basePay {
        percentile50
      }
    }
    yoe {
      ranges {
        name
        percentile50
      }
    }
  }
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}`) as unknown as TypedDocumentString<FollowIdSubscription, FollowIdSubscriptionVariables>;
export const SkillImpactDocument = new TypedDocumentString(`
    query SkillImpact($jobTitle: String!, $autoResolveJobTitle: Boolean! = true) {
  skillImpact(jobTitle: $jobTitle, autoResolveJobTitle: $autoResolveJobTitle) {
    ...Impacts
  }
}
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}
fragment Impacts on ImpactReport {
  impacts {
    answer
    profileCount
    percentReporting
    medianBasePay
    payDifferential
    payDifferentialPercentage
  }
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
}`) as unknown as TypedDocumentString<SkillImpactQuery, SkillImpactQueryVariables>;
export const CertificationImpactDocument = new TypedDocumentString(`
    query CertificationImpact($jobTitle: String!, $autoResolveJobTitle: Boolean! = true) {
  certificationImpact(
    jobTitle: $jobTitle
    autoResolveJobTitle: $autoResolveJobTitle
  ) {
    ...Impacts
  }
}
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}
fragment Impacts on ImpactReport {
  impacts {
    answer
    profileCount
    percentReporting
    medianBasePay
    payDifferential
    payDifferentialPercentage
  }
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
}`) as unknown as TypedDocumentString<CertificationImpactQuery, CertificationImpactQueryVariables>;
export const EducationImpactDocument = new TypedDocumentString(`
    query EducationImpact($jobTitle: String!, $autoResolveJobTitle: Boolean! = true) {
  educationImpact(jobTitle: $jobTitle, autoResolveJobTitle: $autoResolveJobTitle) {
    ...Impacts
  }
}
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}
fragment Impacts on ImpactReport {
  impacts {
    answer
    profileCount
    percentReporting
    medianBasePay
    payDifferential
    payDifferentialPercentage
  }
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
}`) as unknown as TypedDocumentString<EducationImpactQuery, EducationImpactQueryVariables>;
export const YoeOnlyDocument = new TypedDocumentString(`
    query YoeOnly($answers: AnswersInput!, $waitMs: Int) {
  report(answers: $answers) {
    id
    yoe(waitMs: $waitMs) {
      ranges {
        name
        percentile50
      }
    }
  }
}
    `) as unknown as TypedDocumentString<YoeOnlyQuery, YoeOnlyQueryVariables>;
export const PayAndYoeDocument = new TypedDocumentString(`
    query PayAndYoe($answers: AnswersInput!, $payWaitMs: Int, $yoeWaitMs: Int) {
  report(answers: $answers) {
    id
    status {
      pay
      yoe
    }
    pay(waitMs: $payWaitMs) {
      basePay {
        percentile50
      }
      reportRating
    }
    yoe(waitMs: $yoeWaitMs) {
      ranges {
        name
        percentile50
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PayAndYoeQuery, PayAndYoeQueryVariables>;
export const StandingByIdDocument = new TypedDocumentString(`
    query StandingById($id: ID!) {
  reportById(id: $id) {
    id
    status {
      pay
      yoe
    }
  }
}
    `) as unknown as TypedDocumentString<StandingByIdQuery, StandingByIdQueryVariables>;
export const PayByIdDocument = new TypedDocumentString(`
    query PayById($id: ID!, $waitMs: Int) {
  reportById(id: $id) {
    id
    pay(waitMs: $waitMs) {
      basePay {
        percentile50
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PayByIdQuery, PayByIdQueryVariables>;
export const FirstReportDocument = new TypedDocumentString(`
    query FirstReport {
  report(
    answers: {jobTitle: "Software Developer", country: "United States", state: "Washington", city: "Seattle"}
  ) {
    id
    status {
      pay
      yoe
    }
    pay {
      basePay {
        currencyName
        percentile25
        percentile50
        percentile75
      }
      reportRating
    }
    yoe {
      ranges {
        name
        percentile50
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FirstReportQuery, FirstReportQueryVariables>;
export const FullReportDocument = new TypedDocumentString(`
    query FullReport($answers: AnswersInput!, $autoResolveJobTitle: Boolean! = true, $waitMs: Int) {
  report(answers: $answers, autoResolveJobTitle: $autoResolveJobTitle) {
    id
    answers {
      ...GivenAnswers
    }
    status {
      pay
      yoe
    }
    pay(waitMs: $waitMs) {
      ...FullPay
    }
    yoe(waitMs: $waitMs) {
      ...FullYearsExperience
    }
  }
}
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}
fragment Statistics on PayStatistics {
  currencyName
  currencyFormat
  count
  percent
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
  statistics {
    count
    percent
    mean
    stdDev
    skewness
    kurtosis
  }
  percentiles {
    percentile
    value
  }
}
fragment FullPay on PayReport {
  basePay {
    ...Statistics
  }
  totalPay {
    ...Statistics
  }
  hourlyPay {
    ...Statistics
  }
  bonus {
    ...Statistics
  }
  commission {
    ...Statistics
  }
  profitShare {
    ...Statistics
  }
  totalCompanies
  totalIncumbents
  totalProfilesAnalyzed
  rankedFactors {
    field
    score
  }
  levelUsed
  reportRating
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
  collectedAt
}
fragment FullYearsExperience on YearsExperienceReport {
  currency {
    name
    id
    format
    abbreviation
  }
  ranges {
    name
    percent
    average
    stdDev
    percentile10
    percentile25
    percentile50
    percentile75
    percentile90
  }
  majorShifts {
    experience
    target
    actual
  }
  reportRating
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
  collectedAt
}
fragment GivenAnswers on Answers {
  jobTitle
  country
  state
  city
  yearsExperience
  highestDegreeEarned
  skills
  certifications
  averageSizeCompetitor
  companySales
  employerProductActivity
}`) as unknown as TypedDocumentString<FullReportQuery, FullReportQueryVariables>;
export const PayOnlyDocument = new TypedDocumentString(`
    query PayOnly($answers: AnswersInput!, $waitMs: Int) {
  report(answers: $answers) {
    id
    pay(waitMs: $waitMs) {
      basePay {
        percentile50
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PayOnlyQuery, PayOnlyQueryVariables>;
export const ReportStandingDocument = new TypedDocumentString(`
    query ReportStanding($answers: AnswersInput!) {
  report(answers: $answers) {
    id
    status {
      pay
      yoe
    }
  }
}
    `) as unknown as TypedDocumentString<ReportStandingQuery, ReportStandingQueryVariables>;
export const ReportByIdDocument = new TypedDocumentString(`
    query ReportById($id: ID!, $waitMs: Int) {
  reportById(id: $id) {
    id
    answers {
      ...GivenAnswers
    }
    status {
      pay
      yoe
    }
    pay(waitMs: $waitMs) {
      ...FullPay
    }
    yoe(waitMs: $waitMs) {
      ...FullYearsExperience
    }
  }
}
    fragment Context on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  field
  answerId
  answerValue
  message
  code
}
fragment Statistics on PayStatistics {
  currencyName
  currencyFormat
  count
  percent
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
  statistics {
    count
    percent
    mean
    stdDev
    skewness
    kurtosis
  }
  percentiles {
    percentile
    value
  }
}
fragment FullPay on PayReport {
  basePay {
    ...Statistics
  }
  totalPay {
    ...Statistics
  }
  hourlyPay {
    ...Statistics
  }
  bonus {
    ...Statistics
  }
  commission {
    ...Statistics
  }
  profitShare {
    ...Statistics
  }
  totalCompanies
  totalIncumbents
  totalProfilesAnalyzed
  rankedFactors {
    field
    score
  }
  levelUsed
  reportRating
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
  collectedAt
}
fragment FullYearsExperience on YearsExperienceReport {
  currency {
    name
    id
    format
    abbreviation
  }
  ranges {
    name
    percent
    average
    stdDev
    percentile10
    percentile25
    percentile50
    percentile75
    percentile90
  }
  majorShifts {
    experience
    target
    actual
  }
  reportRating
  context {
    ...Context
  }
  warnings {
    ...Issue
  }
  collectedAt
}
fragment GivenAnswers on Answers {
  jobTitle
  country
  state
  city
  yearsExperience
  highestDegreeEarned
  skills
  certifications
  averageSizeCompetitor
  companySales
  employerProductActivity
}`) as unknown as TypedDocumentString<ReportByIdQuery, ReportByIdQueryVariables>;
export const CompareReportsDocument = new TypedDocumentString(`
    query CompareReports($answers: [AnswersInput!]!) {
  reports(answers: $answers) {
    id
    answers {
      jobTitle
      state
      city
    }
    pay {
      basePay {
        currencyName
        percentile50
      }
      reportRating
    }
  }
}
    `) as unknown as TypedDocumentString<CompareReportsQuery, CompareReportsQueryVariables>;
export const WhereAnAmountFallsDocument = new TypedDocumentString(`
    query WhereAnAmountFalls($answers: AnswersInput!, $amount: Float!) {
  report(answers: $answers) {
    pay {
      basePay {
        percentileRank(amount: $amount)
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WhereAnAmountFallsQuery, WhereAnAmountFallsQueryVariables>;
export const RequestReportDocument = new TypedDocumentString(`
    mutation RequestReport($answers: AnswersInput!, $autoResolveJobTitle: Boolean! = true, $types: [ReportType!]! = [PAY, YOE], $resubmitUncertain: Boolean! = false, $since: DateTime) {
  requestReport(
    answers: $answers
    autoResolveJobTitle: $autoResolveJobTitle
    types: $types
    resubmitUncertain: $resubmitUncertain
    since: $since
  ) {
    id
    status {
      pay
      yoe
    }
  }
}
    `) as unknown as TypedDocumentString<RequestReportMutation, RequestReportMutationVariables>;
export const SuggestAnswersDocument = new TypedDocumentString(`
    query SuggestAnswers($kind: AnswerKind!, $term: String!) {
  suggestAnswers(kind: $kind, term: $term) {
    answer
    score
  }
}
    `) as unknown as TypedDocumentString<SuggestAnswersQuery, SuggestAnswersQueryVariables>;
export const MatchJobTitleDocument = new TypedDocumentString(`
    query MatchJobTitle($jobTitle: String!) {
  matchJobTitle(jobTitle: $jobTitle) {
    matches {
      answer
      score
    }
    tasks {
      jobTitle
      tasks
    }
    yearsExperience
  }
}
    `) as unknown as TypedDocumentString<MatchJobTitleQuery, MatchJobTitleQueryVariables>;
export const CheckAnswersDocument = new TypedDocumentString(`
    query CheckAnswers($answers: AnswersInput!, $autoResolveJobTitle: Boolean! = true) {
  checkAnswers(answers: $answers, autoResolveJobTitle: $autoResolveJobTitle) {
    answers {
      field
      value
      verdict
      spelling
      suggestions {
        answer
        score
      }
    }
    matchedJobTitle
    jobTitleRating
    report {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<CheckAnswersQuery, CheckAnswersQueryVariables>;
export const SuggestLocationsDocument = new TypedDocumentString(`
    query SuggestLocations($term: String!) {
  suggestLocations(term: $term) {
    text
    id
    frequency
  }
}
    `) as unknown as TypedDocumentString<SuggestLocationsQuery, SuggestLocationsQueryVariables>;
export const UncertainDocument = new TypedDocumentString(`
    query Uncertain($first: Int! = 50, $after: String) {
  uncertainReports(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    edges {
      cursor
      node {
        type
        since
        reason
        candidates {
          upstreamReportId
          recordedAt
          type
          successful
        }
        evidence {
          readAt
          newestAt
          accepted
          inLog
        }
        report {
          id
          answers {
            jobTitle
          }
          status {
            pay
            yoe
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UncertainQuery, UncertainQueryVariables>;
export const BuyAgainDocument = new TypedDocumentString(`
    mutation BuyAgain($id: ID!, $types: [ReportType!]!, $since: DateTime!) {
  buyAgain(id: $id, types: $types, since: $since) {
    id
    status {
      pay
      yoe
    }
  }
}
    `) as unknown as TypedDocumentString<BuyAgainMutation, BuyAgainMutationVariables>;
export const CloseUncertainDocument = new TypedDocumentString(`
    mutation CloseUncertain($id: ID!, $types: [ReportType!]!, $since: DateTime!, $note: String!) {
  closeUncertain(id: $id, types: $types, since: $since, note: $note) {
    id
    status {
      pay
      yoe
    }
  }
}
    `) as unknown as TypedDocumentString<CloseUncertainMutation, CloseUncertainMutationVariables>;
export const UsageByDayDocument = new TypedDocumentString(`
    query UsageByDay($since: DateTime, $until: DateTime) {
  usageByDay(since: $since, until: $until) {
    day
    submitted
    collected
    billable
    failed
    uncertain
    recovered
    saved
  }
}
    `) as unknown as TypedDocumentString<UsageByDayQuery, UsageByDayQueryVariables>;
export const UsageDocument = new TypedDocumentString(`
    query Usage($since: DateTime, $until: DateTime) {
  usage(since: $since, until: $until) {
    since
    until
    submitted
    collected
    billable
    failed
    uncertain
    uncertainNow
    recovered
    saved
  }
}
    `) as unknown as TypedDocumentString<UsageQuery, UsageQueryVariables>;