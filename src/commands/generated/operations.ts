/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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
  readonly averageSizeCompetitor?: number | null | undefined;
  /** Certifications required for the job, such as `Notary Public`. `suggestAnswers(kind: CERTIFICATIONS)` lists values that upstream accepts. Null or empty: none given. */
  readonly certifications?: ReadonlyArray<string> | null | undefined;
  /** The city of the job, such as `Seattle`. Null: any. `suggestLocations` lists known places. */
  readonly city?: string | null | undefined;
  /** The employer's estimated sales this year, 0 or more. Upstream documents no currency; the value is passed on unchanged. Null: not given. */
  readonly companySales?: number | null | undefined;
  /** The country of the job: its full name, such as `United States`. */
  readonly country: string;
  /** The industry of the employer, such as `Software Development`. Null: not given. `suggestAnswers(kind: EMPLOYER_PRODUCT_ACTIVITY)` lists values that upstream accepts. */
  readonly employerProductActivity?: string | null | undefined;
  /** The highest degree earned. `ANY`: it does not matter. Null: not given. */
  readonly highestDegreeEarned?: Degree | null | undefined;
  /** The title of the job, such as `Software Developer`. `suggestAnswers(kind: JOB_TITLE)` lists values that upstream accepts. With `autoResolveJobTitle`, upstream tries to match a title it does not recognize. */
  readonly jobTitle: string;
  /** Skills required for the job, such as `Python`. `suggestAnswers(kind: SKILLS)` lists values that upstream accepts. Null or empty: none given. */
  readonly skills?: ReadonlyArray<string> | null | undefined;
  /** The state, province or region of the job: its full name, such as `Washington`. Null: any. */
  readonly state?: string | null | undefined;
  /** Years of experience in the job: whole years, 0 to 80. Null: not given. */
  readonly yearsExperience?: number | null | undefined;
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
  first: number;
  after?: string | null | undefined;
}>;


export type AuditQuery = { readonly auditUsage: { readonly theirs: number, readonly ours: number, readonly differences: { readonly totalCount: number, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly edges: ReadonlyArray<{ readonly node: DifferenceFragment }> } } | null };

export type DifferenceFragment = { readonly at: string, readonly type: ReportType | null, readonly reason: string, readonly theirs: { readonly upstreamReportId: string | null, readonly successful: boolean | null } | null, readonly ours: { readonly id: string, readonly answers: { readonly jobTitle: string, readonly city: string | null, readonly state: string | null, readonly country: string } } | null };

export type PriceViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type PriceViewerQuery = { readonly viewer: { readonly canBuy: boolean, readonly buying: boolean, readonly budget: { readonly limit: number | null, readonly used: number, readonly resetsAt: string } | null } | null };

export type PriceCheckQueryVariables = Exact<{
  answers: AnswersInput;
}>;


export type PriceCheckQuery = { readonly checkAnswers: { readonly matchedJobTitle: string | null, readonly answers: ReadonlyArray<{ readonly field: string, readonly value: string, readonly verdict: AnswerVerdict, readonly spelling: string | null }> } | null };

export type PriceStatusQueryVariables = Exact<{
  answers: ReadonlyArray<AnswersInput>;
}>;


export type PriceStatusQuery = { readonly reports: ReadonlyArray<{ readonly id: string, readonly status: { readonly pay: ReportStatus, readonly yoe: ReportStatus } } | null> };

export type PriceReportsQueryVariables = Exact<{
  answers: ReadonlyArray<AnswersInput>;
  pay: boolean;
  yoe: boolean;
  buy: boolean;
  waitMs: number;
}>;


export type PriceReportsQuery = { readonly reports: ReadonlyArray<{ readonly id: string, readonly pay?: PayInBriefFragment | null, readonly yoe?: ExperienceInBriefFragment | null } | null> };

export type PayInBriefFragment = { readonly reportRating: number | null, readonly basePay: FiguresFragment | null, readonly hourlyPay: FiguresFragment | null, readonly context: { readonly matchedJobTitle: string | null } | null };

export type FiguresFragment = { readonly currencyName: string | null, readonly currencyCode: string | null, readonly percentile10: number | null, readonly percentile25: number | null, readonly percentile50: number | null, readonly percentile75: number | null, readonly percentile90: number | null, readonly average: number | null };

export type ExperienceInBriefFragment = { readonly reportRating: number | null, readonly currency: { readonly name: string | null, readonly abbreviation: string | null } | null, readonly ranges: ReadonlyArray<{ readonly minYears: number | null, readonly maxYears: number | null, readonly percentile50: number | null }>, readonly context: { readonly matchedJobTitle: string | null } | null };

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
export const DifferenceFragmentDoc = new TypedDocumentString(`
    fragment Difference on UsageDifference {
  at
  type
  theirs {
    upstreamReportId
    successful
  }
  ours {
    id
    answers {
      jobTitle
      city
      state
      country
    }
  }
  reason
}
    `, {"fragmentName":"Difference"}) as unknown as TypedDocumentString<DifferenceFragment, unknown>;
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
export const AuditDocument = new TypedDocumentString(`
    query Audit($month: String!, $first: Int!, $after: String) {
  auditUsage(month: $month) {
    theirs
    ours
    differences(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...Difference
        }
      }
    }
  }
}
    fragment Difference on UsageDifference {
  at
  type
  theirs {
    upstreamReportId
    successful
  }
  ours {
    id
    answers {
      jobTitle
      city
      state
      country
    }
  }
  reason
}`) as unknown as TypedDocumentString<AuditQuery, AuditQueryVariables>;
export const PriceViewerDocument = new TypedDocumentString(`
    query PriceViewer {
  viewer {
    canBuy
    buying
    budget {
      limit
      used
      resetsAt
    }
  }
}
    `) as unknown as TypedDocumentString<PriceViewerQuery, PriceViewerQueryVariables>;
export const PriceCheckDocument = new TypedDocumentString(`
    query PriceCheck($answers: AnswersInput!) {
  checkAnswers(answers: $answers) {
    answers {
      field
      value
      verdict
      spelling
    }
    matchedJobTitle
  }
}
    `) as unknown as TypedDocumentString<PriceCheckQuery, PriceCheckQueryVariables>;
export const PriceStatusDocument = new TypedDocumentString(`
    query PriceStatus($answers: [AnswersInput!]!) {
  reports(answers: $answers) {
    id
    status {
      pay
      yoe
    }
  }
}
    `) as unknown as TypedDocumentString<PriceStatusQuery, PriceStatusQueryVariables>;
export const PriceReportsDocument = new TypedDocumentString(`
    query PriceReports($answers: [AnswersInput!]!, $pay: Boolean!, $yoe: Boolean!, $buy: Boolean!, $waitMs: Int!) {
  reports(answers: $answers) {
    id
    pay(buy: $buy, waitMs: $waitMs) @include(if: $pay) {
      ...PayInBrief
    }
    yoe(buy: $buy, waitMs: $waitMs) @include(if: $yoe) {
      ...ExperienceInBrief
    }
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
}`) as unknown as TypedDocumentString<PriceReportsQuery, PriceReportsQueryVariables>;