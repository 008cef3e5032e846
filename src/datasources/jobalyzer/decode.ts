import { asList, asNumber, asText, Fields } from './fields.js';
import { remarks } from './issues.js';
import type { ImpactReport, JobTitleMatch, LocationSuggestion, Suggestion } from '../../model/lookups.js';
import type {
  MatchContext,
  PayReport,
  PayStatistics,
  Percentile,
  ReportContents,
  YearsExperienceReport,
} from '../../model/report-contents.js';
import type { ReportType } from '../../model/report.js';

/** Reads a collected report of either type. Throws UPSTREAM_BAD_RESPONSE naming the field that cannot be read. */
export function decodeReport<T extends ReportType>(type: T, body: unknown): ReportContents[T] {
  const decoders: { [K in ReportType]: (body: unknown) => ReportContents[K] } = {
    PAY: decodePayReport,
    YOE: decodeYearsExperienceReport,
  };
  return decoders[type](body);
}

/** Whether a body contains a report: a 200 may also contain only errors. */
export function holdsReport(body: Fields): boolean {
  return reportOf(body) !== null;
}

/** The rating only. Null if it is missing or cannot be read; the report is stored as received either way. */
export function ratingOf(body: Fields): number | null {
  try {
    return reportOf(body)?.number('ReportRating') ?? null;
  } catch {
    return null;
  }
}

function decodePayReport(value: unknown): PayReport {
  const body = Fields.of(value);
  const report = reportOf(body) ?? Fields.of(null, 'Report');
  return {
    basePay: payStatistics(report.object('BasePayReport')),
    totalPay: payStatistics(report.object('TotalPayReport')),
    hourlyPay: payStatistics(report.object('HourlyPayReport')),
    bonus: payStatistics(report.object('Bonus')),
    commission: payStatistics(report.object('Commission')),
    profitShare: payStatistics(report.object('ProfitShare')),
    totalCompanies: report.integer('TotalCompanies'),
    totalIncumbents: report.integer('TotalIncumbents'),
    totalProfilesAnalyzed: report.integer('TotalProfilesAnalyzed'),
    rankedFactors: report.objects('RankedFactors').flatMap((factor) => {
      const field = factor.text('Field');
      return field === null ? [] : [{ field, score: factor.integer('Score') }];
    }),
    levelUsed: report.text('LevelUsed'),
    reportRating: report.number('ReportRating'),
    context: matchContext(body.object('Context')),
    warnings: remarks(body),
  };
}

function decodeYearsExperienceReport(value: unknown): YearsExperienceReport {
  const body = Fields.of(value);
  const report = reportOf(body) ?? Fields.of(null, 'Report');
  const currency = report.object('Currency');
  return {
    currency: currency && {
      name: currency.text('Name'),
      id: currency.integer('Id'),
      format: currency.text('Format'),
      abbreviation: currency.text('Abbreviation'),
    },
    ranges: report.objects('Ranges').map((range) => ({
      name: range.text('Name'),
      percent: range.number('Percent'),
      average: range.number('Average'),
      stdDev: range.number('StdDev'),
      percentile10: range.number('Percent10'),
      percentile25: range.number('Percent25'),
      percentile50: range.number('Percent50'),
      percentile75: range.number('Percent75'),
      percentile90: range.number('Percent90'),
    })),
    majorShifts: report.objects('MajorShifts').map((shift) => ({
      experience: shift.integer('Experience'),
      target: shift.number('Target'),
      actual: shift.number('Actual'),
    })),
    reportRating: report.number('ReportRating'),
    context: matchContext(body.object('Context')),
    warnings: remarks(body),
  };
}

export function decodeImpact(value: unknown): ImpactReport {
  const body = Fields.of(value);
  return {
    impacts: body.entries('Answers').flatMap(([answer, impact, path]) => {
      if (impact === null) return [];
      const figures = Fields.of(impact, path);
      return [
        {
          answer,
          profileCount: figures.integer('ProfileCount'),
          percentReporting: figures.number('PercentReporting'),
          medianBasePay: figures.number('MedianBasePay'),
          payDifferential: figures.number('PayDifferential'),
          payDifferentialPercentage: figures.number('PayDifferentialPercentage'),
        },
      ];
    }),
    context: matchContext(body.object('Context')),
  };
}

export function decodeSuggestions(value: unknown): Suggestion[] {
  return suggestions(Fields.of(value));
}

export function decodeJobTitleMatch(value: unknown): JobTitleMatch {
  const body = Fields.of(value);
  return {
    matches: suggestions(body),
    tasks: body.entries('Tasks').map(([jobTitle, tasks, path]) => ({
      jobTitle,
      tasks: asList(tasks, path).map(([task, at]) => asText(task, at)),
    })),
    yearsExperience: body.integer('YearsExperience'),
  };
}

export function decodeLocations(value: unknown): LocationSuggestion[] {
  return Fields.of(value)
    .objects('Results')
    .flatMap((result) => {
      const text = result.text('Text');
      return text === null ? [] : [{ text, id: result.integer('Id'), frequency: result.integer('Frequency') }];
    });
}

const WRAPPERS = ['Report', 'Reports'] as const;

/** The samples say `Report`, one place in the specification `Reports`. If both are present, the one that is not empty. */
function reportOf(body: Fields): Fields | null {
  const reports = WRAPPERS.filter((name) => body.holdsObject(name)).map((name) => body.object(name));
  return reports.find((report) => !report?.isEmpty) ?? reports[0] ?? body.object('Report') ?? body.object('Reports');
}

function suggestions(body: Fields): Suggestion[] {
  return body.objects('Answers').flatMap((suggestion) => {
    const answer = suggestion.text('Answer');
    return answer === null ? [] : [{ answer, score: suggestion.integer('Score') }];
  });
}

function matchContext(context: Fields | null): MatchContext | null {
  return (
    context && {
      submittedJobTitle: context.text('SubmittedJobTitle'),
      matchedJobTitle: context.text('MatchedJobTitle'),
      jobTitleRating: context.integer('JobTitleRating'),
    }
  );
}

const NAMED_PERCENTILES = [10, 25, 50, 75, 90] as const;

function payStatistics(report: Fields | null): PayStatistics | null {
  if (!report) return null;
  const statistics = report.object('Statistics');
  return {
    currencyName: report.text('CurrencyName'),
    currencyFormat: report.text('CurrencyFormat'),
    count: report.integer('Count'),
    percent: report.number('Percent'),
    percentile10: report.number('Percentile10'),
    percentile25: report.number('Percentile25'),
    percentile50: report.number('Percentile50'),
    percentile75: report.number('Percentile75'),
    percentile90: report.number('Percentile90'),
    average: report.number('Average'),
    statistics: statistics && {
      count: statistics.integer('Count'),
      percent: statistics.number('Percent'),
      mean: statistics.number('Mean'),
      stdDev: statistics.number('StdDev'),
      skewness: statistics.number('Skewness'),
      kurtosis: statistics.number('Kurtosis'),
    },
    percentiles: percentiles(report),
  };
}

/** The full table, if any, completed with the five named percentiles. Where both give a percentile, the table wins. */
function percentiles(report: Fields): Percentile[] {
  const values = new Map<number, number>();
  for (const percentile of NAMED_PERCENTILES) {
    const value = report.number(`Percentile${percentile}`);
    if (value !== null) values.set(percentile, value);
  }
  for (const [key, value, path] of report.entries('FullPercentiles')) {
    if (value === null) continue;
    const percentile = key.trim() === '' ? Number.NaN : Number(key);
    if (percentile >= 0 && percentile <= 100) values.set(percentile, asNumber(value, path));
  }
  return [...values].map(([percentile, value]) => ({ percentile, value })).sort((a, b) => a.percentile - b.percentile);
}
