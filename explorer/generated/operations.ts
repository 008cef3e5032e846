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

export type CheckQueryVariables = Exact<{
  answers: AnswersInput;
}>;


export type CheckQuery = { checkAnswers: CheckedFragment | null };

export type CheckedFragment = { matchedJobTitle: string | null, jobTitleRating: number | null, answers: Array<{ field: string, value: string, verdict: AnswerVerdict, spelling: string | null, suggestions: Array<{ answer: string }> }> };

export type AskerFragment = { name: string | null, operator: boolean, canBuy: boolean, buying: boolean, budget: { limit: number | null, used: number, resetsAt: string } | null };

export type PayFragment = { totalCompanies: number | null, totalProfilesAnalyzed: number | null, levelUsed: string | null, reportRating: number | null, collectedAt: string, basePay: DistributionFragment | null, totalPay: DistributionFragment | null, hourlyPay: DistributionFragment | null, bonus: DistributionFragment | null, commission: DistributionFragment | null, profitShare: DistributionFragment | null, context: MatchFragment | null, warnings: Array<IssueFragment> };

export type DistributionFragment = { currencyName: string | null, currencyCode: string | null, count: number | null, percentile10: number | null, percentile25: number | null, percentile50: number | null, percentile75: number | null, percentile90: number | null, average: number | null, percentiles: Array<{ percentile: number, value: number }> };

export type ExperienceFragment = { reportRating: number | null, collectedAt: string, currency: { abbreviation: string | null } | null, ranges: Array<{ name: string | null, minYears: number | null, maxYears: number | null, percentile10: number | null, percentile25: number | null, percentile50: number | null, percentile75: number | null, percentile90: number | null, average: number | null }>, context: MatchFragment | null, warnings: Array<IssueFragment> };

export type MatchFragment = { submittedJobTitle: string | null, matchedJobTitle: string | null, jobTitleRating: number | null };

export type IssueFragment = { answerId: string | null, answerValue: string | null, message: string | null, code: string | null };

export type ImpactsQueryVariables = Exact<{
  jobTitle: string;
}>;


export type ImpactsQuery = { skills: ImpactsFragment | null, certifications: ImpactsFragment | null, degrees: ImpactsFragment | null };

export type ImpactsFragment = { impacts: Array<{ answer: string, profileCount: number | null, medianBasePay: number | null, payDifferential: number | null, payDifferentialPercentage: number | null }>, context: MatchFragment | null };

export type LookAtManyQueryVariables = Exact<{
  answers: Array<AnswersInput>;
  pay: boolean;
  yoe: boolean;
}>;


export type LookAtManyQuery = { reports: Array<{ id: string, status: { pay: ReportStatus, yoe: ReportStatus }, failures: Array<{ type: ReportType | null, code: string, message: string, since: string | null }>, pay?: PayInBriefFragment | null, yoe?: ExperienceInBriefFragment | null } | null>, viewer: AskerFragment | null };

export type SuggestAnswersQueryVariables = Exact<{
  kind: AnswerKind;
  term: string;
}>;


export type SuggestAnswersQuery = { suggestAnswers: Array<{ answer: string }> | null };

export type SuggestPlacesQueryVariables = Exact<{
  term: string;
}>;


export type SuggestPlacesQuery = { suggestLocations: Array<{ text: string, city: string | null, state: string | null, country: string | null, frequency: number | null }> | null };

export type MatchTitleQueryVariables = Exact<{
  jobTitle: string;
}>;


export type MatchTitleQuery = { matchJobTitle: { matches: Array<{ answer: string }> } | null };

export type LookQueryVariables = Exact<{
  answers: AnswersInput;
  yoe: boolean;
}>;


export type LookQuery = { report: { id: string, payExpiresAt: string | null, yoeExpiresAt: string | null, status: { pay: ReportStatus, yoe: ReportStatus }, pay: PayFragment | null, yoe?: ExperienceFragment | null } | null };

export type PriceQueryVariables = Exact<{
  answers: Array<AnswersInput>;
}>;


export type PriceQuery = { reports: Array<{ id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null>, viewer: AskerFragment | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: AskerFragment | null };

export type BuyMutationVariables = Exact<{
  answers: AnswersInput;
  types: Array<ReportType>;
}>;


export type BuyMutation = { requestReport: { id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null };

export type BuyAgainMutationVariables = Exact<{
  id: string;
  types: Array<ReportType>;
  since: string;
}>;


export type BuyAgainMutation = { buyAgain: { id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null };

export type FollowSubscriptionVariables = Exact<{
  answers: AnswersInput;
  types: Array<ReportType>;
}>;


export type FollowSubscription = { reportStatus: { type: ReportType, status: ReportStatus, attempt: number, retryAfterMs: number | null, failure: { code: string, message: string, since: string | null, issues: Array<IssueFragment> } | null } };

export type UsageOverviewQueryVariables = Exact<{
  since: string;
}>;


export type UsageOverviewQuery = { usageByDay: Array<{ day: string, submitted: number, saved: number, failed: number }> | null, usage: { submitted: number, collected: number, billable: number, saved: number, failed: number, uncertainNow: number } | null, uncertainReports: { totalCount: number, edges: Array<{ node: { type: ReportType, since: string, reason: string, candidates: Array<{ upstreamReportId: string | null, recordedAt: string | null }>, evidence: { readAt: string, accepted: number, inLog: number } | null, report: { id: string, answers: { jobTitle: string, city: string | null, state: string | null, country: string, yearsExperience: number | null, highestDegreeEarned: Degree | null, skills: Array<string>, certifications: Array<string>, employerProductActivity: string | null } } } }> } | null, viewer: AskerFragment | null };

export type CloseUncertainMutationVariables = Exact<{
  id: string;
  types: Array<ReportType>;
  since: string;
  note: string;
}>;


export type CloseUncertainMutation = { closeUncertain: { id: string, status: { pay: ReportStatus, yoe: ReportStatus } } | null };

export type SetBuyingMutationVariables = Exact<{
  enabled: boolean;
}>;


export type SetBuyingMutation = { setBuying: boolean | null };

export type PayInBriefFragment = { reportRating: number | null, basePay: FiguresFragment | null, hourlyPay: FiguresFragment | null, context: { matchedJobTitle: string | null } | null };

export type FiguresFragment = { currencyName: string | null, currencyCode: string | null, percentile10: number | null, percentile25: number | null, percentile50: number | null, percentile75: number | null, percentile90: number | null, average: number | null };

export type ExperienceInBriefFragment = { reportRating: number | null, currency: { name: string | null, abbreviation: string | null } | null, ranges: Array<{ minYears: number | null, maxYears: number | null, percentile50: number | null }>, context: { matchedJobTitle: string | null } | null };

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
export const CheckedFragmentDoc = new TypedDocumentString(`
    fragment Checked on AnswersCheck {
  answers {
    field
    value
    verdict
    spelling
    suggestions {
      answer
    }
  }
  matchedJobTitle
  jobTitleRating
}
    `, {"fragmentName":"Checked"}) as unknown as TypedDocumentString<CheckedFragment, unknown>;
export const AskerFragmentDoc = new TypedDocumentString(`
    fragment Asker on Viewer {
  name
  operator
  canBuy
  buying
  budget {
    limit
    used
    resetsAt
  }
}
    `, {"fragmentName":"Asker"}) as unknown as TypedDocumentString<AskerFragment, unknown>;
export const DistributionFragmentDoc = new TypedDocumentString(`
    fragment Distribution on PayStatistics {
  currencyName
  currencyCode
  count
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
  percentiles {
    percentile
    value
  }
}
    `, {"fragmentName":"Distribution"}) as unknown as TypedDocumentString<DistributionFragment, unknown>;
export const MatchFragmentDoc = new TypedDocumentString(`
    fragment Match on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
    `, {"fragmentName":"Match"}) as unknown as TypedDocumentString<MatchFragment, unknown>;
export const IssueFragmentDoc = new TypedDocumentString(`
    fragment Issue on AnswerIssue {
  answerId
  answerValue
  message
  code
}
    `, {"fragmentName":"Issue"}) as unknown as TypedDocumentString<IssueFragment, unknown>;
export const PayFragmentDoc = new TypedDocumentString(`
    fragment Pay on PayReport {
  basePay {
    ...Distribution
  }
  totalPay {
    ...Distribution
  }
  hourlyPay {
    ...Distribution
  }
  bonus {
    ...Distribution
  }
  commission {
    ...Distribution
  }
  profitShare {
    ...Distribution
  }
  totalCompanies
  totalProfilesAnalyzed
  levelUsed
  reportRating
  context {
    ...Match
  }
  warnings {
    ...Issue
  }
  collectedAt
}
    fragment Distribution on PayStatistics {
  currencyName
  currencyCode
  count
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
  percentiles {
    percentile
    value
  }
}
fragment Match on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  answerId
  answerValue
  message
  code
}`, {"fragmentName":"Pay"}) as unknown as TypedDocumentString<PayFragment, unknown>;
export const ExperienceFragmentDoc = new TypedDocumentString(`
    fragment Experience on YearsExperienceReport {
  currency {
    abbreviation
  }
  ranges {
    name
    minYears
    maxYears
    percentile10
    percentile25
    percentile50
    percentile75
    percentile90
    average
  }
  reportRating
  context {
    ...Match
  }
  warnings {
    ...Issue
  }
  collectedAt
}
    fragment Match on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  answerId
  answerValue
  message
  code
}`, {"fragmentName":"Experience"}) as unknown as TypedDocumentString<ExperienceFragment, unknown>;
export const ImpactsFragmentDoc = new TypedDocumentString(`
    fragment Impacts on ImpactReport {
  impacts {
    answer
    profileCount
    medianBasePay
    payDifferential
    payDifferentialPercentage
  }
  context {
    ...Match
  }
}
    fragment Match on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}`, {"fragmentName":"Impacts"}) as unknown as TypedDocumentString<ImpactsFragment, unknown>;
export const FiguresFragmentDoc = new TypedDocumentString(`
    fragment Figures on PayStatistics {
  currencyName
  currencyCode
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
}
    `, {"fragmentName":"Figures"}) as unknown as TypedDocumentString<FiguresFragment, unknown>;
export const PayInBriefFragmentDoc = new TypedDocumentString(`
    fragment PayInBrief on PayReport {
  basePay {
    ...Figures
  }
  hourlyPay {
    ...Figures
  }
  reportRating
  context {
    matchedJobTitle
  }
}
    fragment Figures on PayStatistics {
  currencyName
  currencyCode
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
}`, {"fragmentName":"PayInBrief"}) as unknown as TypedDocumentString<PayInBriefFragment, unknown>;
export const ExperienceInBriefFragmentDoc = new TypedDocumentString(`
    fragment ExperienceInBrief on YearsExperienceReport {
  currency {
    name
    abbreviation
  }
  ranges {
    minYears
    maxYears
    percentile50
  }
  reportRating
  context {
    matchedJobTitle
  }
}
    `, {"fragmentName":"ExperienceInBrief"}) as unknown as TypedDocumentString<ExperienceInBriefFragment, unknown>;
export const CheckDocument = new TypedDocumentString(`
    query Check($answers: AnswersInput!) {
  checkAnswers(answers: $answers) {
    ...Checked
  }
}
    fragment Checked on AnswersCheck {
  answers {
    field
    value
    verdict
    spelling
    suggestions {
      answer
    }
  }
  matchedJobTitle
  jobTitleRating
}`) as unknown as TypedDocumentString<CheckQuery, CheckQueryVariables>;
export const ImpactsDocument = new TypedDocumentString(`
    query Impacts($jobTitle: String!) {
  skills: skillImpact(jobTitle: $jobTitle) {
    ...Impacts
  }
  certifications: certificationImpact(jobTitle: $jobTitle) {
    ...Impacts
  }
  degrees: educationImpact(jobTitle: $jobTitle) {
    ...Impacts
  }
}
    fragment Match on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Impacts on ImpactReport {
  impacts {
    answer
    profileCount
    medianBasePay
    payDifferential
    payDifferentialPercentage
  }
  context {
    ...Match
  }
}`) as unknown as TypedDocumentString<ImpactsQuery, ImpactsQueryVariables>;
export const LookAtManyDocument = new TypedDocumentString(`
    query LookAtMany($answers: [AnswersInput!]!, $pay: Boolean!, $yoe: Boolean!) {
  reports(answers: $answers) {
    id
    status {
      pay
      yoe
    }
    failures {
      type
      code
      message
      since
    }
    pay(buy: false, waitMs: 0) @include(if: $pay) {
      ...PayInBrief
    }
    yoe(buy: false, waitMs: 0) @include(if: $yoe) {
      ...ExperienceInBrief
    }
  }
  viewer {
    ...Asker
  }
}
    fragment Asker on Viewer {
  name
  operator
  canBuy
  buying
  budget {
    limit
    used
    resetsAt
  }
}
fragment PayInBrief on PayReport {
  basePay {
    ...Figures
  }
  hourlyPay {
    ...Figures
  }
  reportRating
  context {
    matchedJobTitle
  }
}
fragment Figures on PayStatistics {
  currencyName
  currencyCode
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
}
fragment ExperienceInBrief on YearsExperienceReport {
  currency {
    name
    abbreviation
  }
  ranges {
    minYears
    maxYears
    percentile50
  }
  reportRating
  context {
    matchedJobTitle
  }
}`) as unknown as TypedDocumentString<LookAtManyQuery, LookAtManyQueryVariables>;
export const SuggestAnswersDocument = new TypedDocumentString(`
    query SuggestAnswers($kind: AnswerKind!, $term: String!) {
  suggestAnswers(kind: $kind, term: $term) {
    answer
  }
}
    `) as unknown as TypedDocumentString<SuggestAnswersQuery, SuggestAnswersQueryVariables>;
export const SuggestPlacesDocument = new TypedDocumentString(`
    query SuggestPlaces($term: String!) {
  suggestLocations(term: $term) {
    text
    city
    state
    country
    frequency
  }
}
    `) as unknown as TypedDocumentString<SuggestPlacesQuery, SuggestPlacesQueryVariables>;
export const MatchTitleDocument = new TypedDocumentString(`
    query MatchTitle($jobTitle: String!) {
  matchJobTitle(jobTitle: $jobTitle) {
    matches {
      answer
    }
  }
}
    `) as unknown as TypedDocumentString<MatchTitleQuery, MatchTitleQueryVariables>;
export const LookDocument = new TypedDocumentString(`
    query Look($answers: AnswersInput!, $yoe: Boolean!) {
  report(answers: $answers) {
    id
    status {
      pay
      yoe
    }
    pay(buy: false, waitMs: 0) {
      ...Pay
    }
    yoe(buy: false, waitMs: 0) @include(if: $yoe) {
      ...Experience
    }
    payExpiresAt: expiresAt(type: PAY)
    yoeExpiresAt: expiresAt(type: YOE)
  }
}
    fragment Pay on PayReport {
  basePay {
    ...Distribution
  }
  totalPay {
    ...Distribution
  }
  hourlyPay {
    ...Distribution
  }
  bonus {
    ...Distribution
  }
  commission {
    ...Distribution
  }
  profitShare {
    ...Distribution
  }
  totalCompanies
  totalProfilesAnalyzed
  levelUsed
  reportRating
  context {
    ...Match
  }
  warnings {
    ...Issue
  }
  collectedAt
}
fragment Distribution on PayStatistics {
  currencyName
  currencyCode
  count
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
  percentiles {
    percentile
    value
  }
}
fragment Experience on YearsExperienceReport {
  currency {
    abbreviation
  }
  ranges {
    name
    minYears
    maxYears
    percentile10
    percentile25
    percentile50
    percentile75
    percentile90
    average
  }
  reportRating
  context {
    ...Match
  }
  warnings {
    ...Issue
  }
  collectedAt
}
fragment Match on MatchContext {
  submittedJobTitle
  matchedJobTitle
  jobTitleRating
}
fragment Issue on AnswerIssue {
  answerId
  answerValue
  message
  code
}`) as unknown as TypedDocumentString<LookQuery, LookQueryVariables>;
export const PriceDocument = new TypedDocumentString(`
    query Price($answers: [AnswersInput!]!) {
  reports(answers: $answers) {
    id
    status {
      pay
      yoe
    }
  }
  viewer {
    ...Asker
  }
}
    fragment Asker on Viewer {
  name
  operator
  canBuy
  buying
  budget {
    limit
    used
    resetsAt
  }
}`) as unknown as TypedDocumentString<PriceQuery, PriceQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    ...Asker
  }
}
    fragment Asker on Viewer {
  name
  operator
  canBuy
  buying
  budget {
    limit
    used
    resetsAt
  }
}`) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const BuyDocument = new TypedDocumentString(`
    mutation Buy($answers: AnswersInput!, $types: [ReportType!]!) {
  requestReport(answers: $answers, types: $types) {
    id
    status {
      pay
      yoe
    }
  }
}
    `) as unknown as TypedDocumentString<BuyMutation, BuyMutationVariables>;
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
export const FollowDocument = new TypedDocumentString(`
    subscription Follow($answers: AnswersInput!, $types: [ReportType!]!) {
  reportStatus(answers: $answers, types: $types, buy: false) {
    type
    status
    attempt
    retryAfterMs
    failure {
      code
      message
      since
      issues {
        ...Issue
      }
    }
  }
}
    fragment Issue on AnswerIssue {
  answerId
  answerValue
  message
  code
}`) as unknown as TypedDocumentString<FollowSubscription, FollowSubscriptionVariables>;
export const UsageOverviewDocument = new TypedDocumentString(`
    query UsageOverview($since: DateTime!) {
  usageByDay(since: $since) {
    day
    submitted
    saved
    failed
  }
  usage(since: $since) {
    submitted
    collected
    billable
    saved
    failed
    uncertainNow
  }
  uncertainReports(first: 50) {
    totalCount
    edges {
      node {
        type
        since
        reason
        candidates {
          upstreamReportId
          recordedAt
        }
        evidence {
          readAt
          accepted
          inLog
        }
        report {
          id
          answers {
            jobTitle
            city
            state
            country
            yearsExperience
            highestDegreeEarned
            skills
            certifications
            employerProductActivity
          }
        }
      }
    }
  }
  viewer {
    ...Asker
  }
}
    fragment Asker on Viewer {
  name
  operator
  canBuy
  buying
  budget {
    limit
    used
    resetsAt
  }
}`) as unknown as TypedDocumentString<UsageOverviewQuery, UsageOverviewQueryVariables>;
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
export const SetBuyingDocument = new TypedDocumentString(`
    mutation SetBuying($enabled: Boolean!) {
  setBuying(enabled: $enabled)
}
    `) as unknown as TypedDocumentString<SetBuyingMutation, SetBuyingMutationVariables>;