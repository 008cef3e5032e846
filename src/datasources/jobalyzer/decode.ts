import { currencyCode } from '../../model/currency-code.js';
import { experienceYears } from '../../model/experience-years.js';
import { placeNamed } from '../../model/place.js';
import { degreeNamed } from './encode.js';
import { Fields } from './fields.js';
import { remarks } from './issues.js';
import { reportShape, type ReportShape } from './report-shape.js';
import { unreadable } from './unreadable.js';
import type { ImpactReport, JobTitleMatch, LocationSuggestion, Suggestion } from '../../model/lookups.js';
import type { AnswerIssue } from '../../errors.js';
import type {
  ExperienceRange,
  MatchContext,
  PayReport,
  PayStatistics,
  Percentile,
  ReportContents,
  YearsExperienceReport,
} from '../../model/report-contents.js';
import type { ReportType } from '../../model/report.js';
import type { WarningCode } from '../../model/warning-codes.js';

/** What a report is read with beside its body. */
export interface ReportSource {
  /** The country that it was asked for. */
  readonly country: string;
}

/**
 * Reads a collected report of either type. A figure that cannot be read is null, and a part of a list without what it is
 * about is left out; `warnings` say which, and also if it is no report of this type. Throws UPSTREAM_BAD_RESPONSE only if there is no report.
 */
export function decodeReport<T extends ReportType>(type: T, body: unknown, source: ReportSource): ReportContents[T] {
  const decoders: { [K in ReportType]: (body: unknown, source: ReportSource) => ReportContents[K] } = {
    PAY: decodePayReport,
    YOE: decodeYearsExperienceReport,
  };
  return decoders[type](body, source);
}

function decodePayReport(value: unknown, { country }: ReportSource): PayReport {
  const body = Fields.of(value);
  const payStatistics = (part: Fields | null) => part && statisticsOf(part, country);
  const { report, faults } = placeOf(body, 'PAY');
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
      const field = factor.requiredText('Field');
      return field === null ? [] : [{ field, score: factor.integer('Score') }];
    }),
    levelUsed: report.text('LevelUsed'),
    reportRating: report.number('ReportRating'),
    context: matchContext(body.object('Context')),
    warnings: [...faults, ...warningsOf(body)],
  };
}

function decodeYearsExperienceReport(value: unknown): YearsExperienceReport {
  const body = Fields.of(value);
  const { report, faults } = placeOf(body, 'YOE');
  const currency = report.object('Currency');
  return {
    currency: currency && {
      name: currency.text('Name'),
      id: currency.integer('Id'),
      format: currency.text('Format'),
      abbreviation: currency.text('Abbreviation'),
    },
    ranges: report.objects('Ranges').map(experienceRange),
    majorShifts: report.objects('MajorShifts').map((shift) => ({
      experience: shift.integer('Experience'),
      target: shift.number('Target'),
      actual: shift.number('Actual'),
    })),
    reportRating: report.number('ReportRating'),
    context: matchContext(body.object('Context')),
    warnings: [...faults, ...warningsOf(body)],
  };
}

function experienceRange(range: Fields): ExperienceRange {
  const name = range.text('Name');
  return {
    name,
    ...experienceYears(name),
    percent: range.number('Percent'),
    average: range.number('Average'),
    stdDev: range.number('StdDev'),
    percentile10: range.number('Percent10'),
    percentile25: range.number('Percent25'),
    percentile50: range.number('Percent50'),
    percentile75: range.number('Percent75'),
    percentile90: range.number('Percent90'),
  };
}

/** The look-ups. `body` should be parsed with `parseJsonInOrder`. */
export function decodeImpact(body: Fields): ImpactReport {
  return {
    impacts: body.objectsByKey('Answers').map(([answer, figures]) => ({
      answer,
      profileCount: figures.integer('ProfileCount'),
      percentReporting: figures.number('PercentReporting'),
      medianBasePay: figures.number('MedianBasePay'),
      payDifferential: figures.number('PayDifferential'),
      payDifferentialPercentage: figures.number('PayDifferentialPercentage'),
    })),
    context: matchContext(body.object('Context')),
    warnings: body.problems.warnings(),
  };
}

/** An empty list would claim that there is nothing to suggest: this throws if the list itself cannot be read. */
export function decodeSuggestions(body: Fields): Suggestion[] {
  const given = body.raw('Answers');
  if (given !== null && !Array.isArray(given)) throw unreadable('Answers', 'a list', given);
  return body.objects('Answers').flatMap((suggestion) => {
    const answer = suggestion.requiredText('Answer');
    return answer === null ? [] : [{ answer, score: suggestion.integer('Score'), degree: null }];
  });
}

/** The same, of degrees. */
export function decodeDegrees(body: Fields): Suggestion[] {
  return decodeSuggestions(body).map((each) => ({ ...each, degree: degreeNamed(each.answer) }));
}

export function decodeJobTitleMatch(body: Fields): JobTitleMatch {
  return {
    matches: decodeSuggestions(body),
    tasks: body.textsByKey('Tasks').map(([jobTitle, tasks]) => ({ jobTitle, tasks })),
    yearsExperience: body.integer('YearsExperience'),
  };
}

/** Throws if the list itself cannot be read. */
export function decodeLocations(body: Fields): LocationSuggestion[] {
  const given = body.raw('Results');
  if (given !== null && !Array.isArray(given)) throw unreadable('Results', 'a list', given);
  return body.objects('Results').flatMap((result) => {
    const text = result.requiredText('Text');
    if (text === null) return [];
    return [{ text, ...placeNamed(text), id: result.integer('Id'), frequency: result.integer('Frequency') }];
  });
}

interface ReportPlace {
  readonly report: Fields;
  /** What is wrong with the report as a whole. Only an earlier release stored such a one. */
  readonly faults: readonly AnswerIssue[];
}

function placeOf(body: Fields, type: ReportType): ReportPlace {
  const shape = reportShape(body.source, type);
  const report = shape.wrapper === null ? body : body.object(shape.wrapper);
  if (!report || (shape.kind === 'nothing' && shape.wrapper === null)) {
    throw unreadable('Report', 'an object', body.raw('Report'));
  }
  return { report, faults: shape.kind === 'report' ? [] : [FAULTS[shape.kind]] };
}

const FAULTS: Record<Exclude<ReportShape['kind'], 'report'>, AnswerIssue> = {
  'other-type': fault(
    'Jobalyzer delivered a report of the other type: it has no figures of this one.',
    'OTHER_REPORT_TYPE',
  ),
  nothing: fault('Jobalyzer delivered a report without a figure.', 'NO_FIGURES'),
};

function fault(message: string, code: WarningCode): AnswerIssue {
  return { answerId: null, answerValue: null, message, code };
}

/** Read last: what could not be read is known then. */
function warningsOf(body: Fields): AnswerIssue[] {
  return [...remarks(body), ...body.problems.warnings()];
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
type NamedPercentiles = Pick<PayStatistics, `percentile${(typeof NAMED_PERCENTILES)[number]}`>;

function statisticsOf(report: Fields, country: string): PayStatistics {
  const currencyName = report.text('CurrencyName');
  const named = {
    percentile10: report.number('Percentile10'),
    percentile25: report.number('Percentile25'),
    percentile50: report.number('Percentile50'),
    percentile75: report.number('Percentile75'),
    percentile90: report.number('Percentile90'),
  };
  const statistics = report.object('Statistics');
  return {
    currencyName,
    currencyCode: currencyCode(currencyName, country),
    currencyFormat: report.text('CurrencyFormat'),
    count: report.integer('Count'),
    percent: report.number('Percent'),
    ...named,
    average: report.number('Average'),
    statistics: statistics && {
      count: statistics.integer('Count'),
      percent: statistics.number('Percent'),
      mean: statistics.number('Mean'),
      stdDev: statistics.number('StdDev'),
      skewness: statistics.number('Skewness'),
      kurtosis: statistics.number('Kurtosis'),
    },
    percentiles: percentiles(report, named),
  };
}

/** The full table, if any, completed with the five named percentiles. Where both give a percentile, the table wins. */
function percentiles(report: Fields, named: NamedPercentiles): Percentile[] {
  const values = new Map<number, number>();
  for (const [key, value, path] of report.numbers('FullPercentiles')) {
    const percentile = /^\s*\d{1,3}(\.\d{1,9})?\s*$/.test(key) ? Number(key) : Number.NaN;
    if (percentile >= 0 && percentile <= 100) values.set(percentile, value);
    else report.problems.add(path(), 'named by a percentile', key);
  }
  // After the table, which is in order mostly: then there is little to sort.
  for (const percentile of NAMED_PERCENTILES) {
    const value = named[`percentile${percentile}`];
    if (value !== null && !values.has(percentile)) values.set(percentile, value);
  }
  return [...values].map(([percentile, value]) => ({ percentile, value })).sort((a, b) => a.percentile - b.percentile);
}
