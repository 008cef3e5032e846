import type { AnswerVerdict } from '../../model/answers-check.js';
import type { PricedExperience, PricedPay } from '../../model/job-list/figures.js';
import type { ReportStatus } from '../../model/report.js';

/** The operations of the command, and what they return. Lists are as long as what is asked for, with null where it failed. */

export const VIEWER = `query PriceViewer {
  viewer {
    canBuy
    buying
    budget {
      limit
      used
      resetsAt
    }
  }
}`;

export interface ViewerData {
  readonly viewer: {
    readonly canBuy: boolean;
    readonly buying: boolean;
    readonly budget: { readonly limit: number | null; readonly used: number; readonly resetsAt: string } | null;
  } | null;
}

/** Free of charge; counts as a report towards the limits of an operation and of the rate. */
export const CHECK = `query PriceCheck($answers: AnswersInput!) {
  checkAnswers(answers: $answers) {
    answers {
      field
      value
      verdict
      spelling
    }
    matchedJobTitle
  }
}`;

export interface CheckData {
  readonly checkAnswers: {
    readonly answers: readonly {
      readonly field: string;
      readonly value: string;
      readonly verdict: AnswerVerdict;
      readonly spelling: string | null;
    }[];
    readonly matchedJobTitle: string | null;
  } | null;
}

/** Buys nothing. */
export const STATUS = `query PriceStatus($answers: [AnswersInput!]!) {
  reports(answers: $answers) {
    id
    status {
      pay
      yoe
    }
  }
}`;

interface Statuses {
  readonly pay: ReportStatus;
  readonly yoe: ReportStatus;
}

export interface StatusData {
  readonly reports: readonly ({ readonly id: string; readonly status: Statuses } | null)[];
}

/** Buys what is neither stored nor under way if `buy` is true. */
export const REPORTS = `query PriceReports($answers: [AnswersInput!]!, $pay: Boolean!, $yoe: Boolean!, $buy: Boolean!, $waitMs: Int!) {
  reports(answers: $answers) {
    id
    status {
      pay
      yoe
    }
    pay(buy: $buy, waitMs: $waitMs) @include(if: $pay) {
      basePay {
        ...Distribution
      }
      hourlyPay {
        ...Distribution
      }
      reportRating
      context {
        matchedJobTitle
      }
    }
    yoe(buy: $buy, waitMs: $waitMs) @include(if: $yoe) {
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
  }
}

fragment Distribution on PayStatistics {
  currencyName
  currencyCode
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
}`;

export interface ReportsData {
  readonly reports: readonly ({
    readonly id: string;
    readonly status: Statuses;
    /** Null where there is none, and absent where it was not asked for. */
    readonly pay?: PricedPay | null;
    readonly yoe?: PricedExperience | null;
  } | null)[];
}
