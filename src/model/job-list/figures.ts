import type { Answers } from '../answers.js';
import type {
  Currency,
  ExperienceRange,
  MatchContext,
  PayReport,
  PayStatistics,
  YearsExperienceReport,
} from '../report-contents.js';
import type { ReportType } from '../report.js';

/** The figures of a report that a list has, by the fields of GraphQL. */
export interface PricedJob {
  readonly pay: PricedPay | null;
  readonly yoe: PricedExperience | null;
}

const PERCENTILES = [
  ['P10', 'percentile10'],
  ['P25', 'percentile25'],
  ['Median', 'percentile50'],
  ['P75', 'percentile75'],
  ['P90', 'percentile90'],
  ['Average', 'average'],
] as const;

type Distribution = Pick<PayStatistics, (typeof PERCENTILES)[number][1] | 'currencyCode' | 'currencyName'>;

export interface PricedPay extends Pick<PayReport, 'reportRating'> {
  readonly basePay: Distribution | null;
  readonly hourlyPay: Distribution | null;
  readonly context: Pick<MatchContext, 'matchedJobTitle'> | null;
}

export interface PricedExperience extends Pick<YearsExperienceReport, 'reportRating'> {
  readonly currency: Pick<Currency, 'name' | 'abbreviation'> | null;
  readonly ranges: readonly Pick<ExperienceRange, 'minYears' | 'maxYears' | 'percentile50'>[];
  readonly context: Pick<MatchContext, 'matchedJobTitle'> | null;
}

/** What stands in a cell. Null: nothing. */
export type Figure = number | string | null;

interface Column {
  readonly name: string;
  readonly figure: (job: PricedJob, answers: Answers) => Figure;
}

/** The years of experience that the figures over a career are given for; every usual range has one of them. */
const CAREER = [0, 2, 5, 10, 20];

const PAY: readonly Column[] = [
  ...PERCENTILES.map(([name, field]) => ({ name, figure: ({ pay }: PricedJob) => payOf(pay)?.[field] ?? null })),
  { name: 'Per', figure: ({ pay }) => (pay?.basePay ? 'year' : pay?.hourlyPay ? 'hour' : null) },
  { name: 'Rating', figure: ({ pay }) => pay?.reportRating ?? null },
];

const YOE: readonly Column[] = [
  {
    name: 'Median at own years',
    figure: ({ yoe }, { yearsExperience }) => (yearsExperience === null ? null : medianAt(yoe, yearsExperience)),
  },
  ...CAREER.map((years) => ({
    name: `Median at ${years} years`,
    figure: ({ yoe }: PricedJob) => medianAt(yoe, years),
  })),
  { name: 'Rating by years', figure: ({ yoe }) => yoe?.reportRating ?? null },
];

const BOTH: readonly Column[] = [
  { name: 'Currency', figure: currencyOf },
  {
    name: 'Matched title',
    figure: ({ pay, yoe }) => pay?.context?.matchedJobTitle ?? yoe?.context?.matchedJobTitle ?? null,
  },
];

/** The names of the columns with the figures of these types of reports. */
export function figureColumns(types: readonly ReportType[]): readonly string[] {
  return columnsOf(types).map(({ name }) => name);
}

/** The figures of a job, one for each column. What upstream gave none for is null. */
export function figuresOf(types: readonly ReportType[], job: PricedJob, answers: Answers): readonly Figure[] {
  return columnsOf(types).map(({ figure }) => figure(job, answers));
}

function columnsOf(types: readonly ReportType[]): readonly Column[] {
  return [...(types.includes('PAY') ? PAY : []), ...(types.includes('YOE') ? YOE : []), ...BOTH];
}

/** Of a year; of jobs that are paid by the hour, of an hour. */
function payOf(pay: PricedPay | null): Distribution | null {
  return pay?.basePay ?? pay?.hourlyPay ?? null;
}

function currencyOf({ pay, yoe }: PricedJob): string | null {
  const found = payOf(pay);
  return found?.currencyCode ?? found?.currencyName ?? yoe?.currency?.abbreviation ?? yoe?.currency?.name ?? null;
}

/** Of the range that these years are in: where one ends and the next begins, of the next. */
function medianAt(yoe: PricedExperience | null, years: number): number | null {
  const ranges = (yoe?.ranges ?? []).filter(
    ({ minYears, maxYears }) => minYears !== null && minYears <= years && (maxYears === null || years <= maxYears),
  );
  return ranges.sort((a, b) => (b.minYears ?? 0) - (a.minYears ?? 0))[0]?.percentile50 ?? null;
}
