import { LRUCache } from 'lru-cache';
import { inBatches } from '../../lib/in-batches.js';
import { mapInOrder } from '../../lib/map-in-order.js';
import type { Answers } from '../../model/answers.js';
import { correctedAnswers, remarksOn } from '../../model/job-list/checked.js';
import type { JobColumns } from '../../model/job-list/columns.js';
import { jobKey, readJob } from '../../model/job-list/job.js';
import type { ReportType } from '../../model/report.js';
import { wholeOf, type GraphQLEndpoint } from '../graphql-endpoint.js';
import type { CsvRow } from './csv-input.js';
import { checkOperation, STATUS, type CheckData, type StatusData, type Statuses } from './operations.js';
import { FIELDS, type Fault, type PlannedRow } from './rows.js';
import { inHalves, isTooLarge } from './too-large.js';

/** What pricing a list would take. */
export interface Survey {
  rows: number;
  /** Rows that cannot be priced. */
  faulty: number;
  /** Rows with an answer that upstream does not have, and would ignore. */
  remarked: number;
  /** Distinct reports, of all types that are asked for. */
  reports: number;
  stored: number;
  /** Bought already, and on their way. */
  underWay: number;
  /** Bought, or refused, without success: asking again costs nothing. */
  failed: number;
  toBuy: number;
}

export interface SurveyOptions {
  readonly endpoint: GraphQLEndpoint;
  readonly columns: JobColumns;
  readonly types: readonly ReportType[];
  readonly signal: AbortSignal;
}

/** Fewer than an operation may have root fields. */
const CHECKED_AT_ONCE = 20;
const OPEN_BATCHES = 4;
/** Jobs that are remembered; others are checked again, at no cost. */
const REMEMBERED = 2_000;
/** Of an id, which is a hash: two that are equal by chance are not to be expected in a list of any length. */
const TELLING_LENGTH = 12;

interface Known {
  readonly answers: Answers | null;
  readonly remarks: string;
  readonly fault: Fault | null;
  readonly report: StatusData['reports'][number];
}

/** What is to be told of a row, and the survey that grows with each of them. Nothing is bought. */
export function surveyRows(
  rows: AsyncIterable<CsvRow>,
  options: SurveyOptions,
): { readonly survey: Survey; readonly planned: AsyncIterable<PlannedRow> } {
  const survey: Survey = { rows: 0, faulty: 0, remarked: 0, reports: 0, stored: 0, underWay: 0, failed: 0, toBuy: 0 };
  const known = new LRUCache<string, Known>({ max: REMEMBERED });
  const counted = new Set<string>();

  function count({ answers, remarks, report }: Known): void {
    survey.rows += 1;
    if (!answers) survey.faulty += 1;
    if (remarks !== '') survey.remarked += 1;
    if (!report || counted.has(report.id.slice(0, TELLING_LENGTH))) return;
    counted.add(report.id.slice(0, TELLING_LENGTH));
    for (const type of options.types) countReport(survey, report.status, type);
  }

  async function planBatch(batch: readonly CsvRow[]): Promise<readonly PlannedRow[]> {
    const jobs = batch.map(({ cells }) => readJob(options.columns, cells));
    const asked = new Map(jobs.flatMap(({ answers }) => (answers ? [[jobKey(answers), answers] as const] : [])));
    const found = new Map<string, Known>();
    for (const key of asked.keys()) {
      const before = known.get(key);
      if (before) found.set(key, before);
    }
    const unknown = [...asked].filter(([key]) => !found.has(key));
    for (const [key, value] of await lookUp(unknown, options)) {
      found.set(key, value);
      known.set(key, value);
    }
    return batch.map(({ cells }, at) => {
      const job = jobs[at];
      const one: Known = (job?.answers && found.get(jobKey(job.answers))) || {
        answers: null,
        remarks: '',
        fault: { code: 'BAD_ROW', message: (job?.problems ?? []).map(({ message }) => message).join(' ') },
        report: null,
      };
      count(one);
      const { answers, remarks, fault } = one;
      return { cells, answers, remarks, fault };
    });
  }

  async function* planned(): AsyncGenerator<PlannedRow> {
    for await (const batch of mapInOrder(inBatches(rows, CHECKED_AT_ONCE), OPEN_BATCHES, planBatch)) yield* batch;
  }

  return { survey, planned: planned() };
}

function countReport(survey: Survey, status: Statuses, type: ReportType): void {
  survey.reports += 1;
  switch (status[FIELDS[type]]) {
    case 'NOT_REQUESTED':
      survey.toBuy += 1;
      break;
    case 'READY':
      survey.stored += 1;
      break;
    case 'FAILED':
      survey.failed += 1;
      break;
    default:
      survey.underWay += 1;
  }
}

/** What upstream has for these jobs, and whether they are stored. */
async function lookUp(
  jobs: readonly (readonly [key: string, answers: Answers])[],
  options: SurveyOptions,
): Promise<readonly (readonly [string, Known])[]> {
  if (jobs.length === 0) return [];
  const { endpoint, signal } = options;
  const variables = Object.fromEntries(jobs.map(([, answers], at) => [`a${at}`, answers]));
  const checks = await endpoint.request<CheckData>(checkOperation(jobs.length), variables, signal);
  if (isTooLarge(checks.errors) && jobs.length > 1) return inHalves(jobs, (half) => lookUp(half, options));
  const data = checks.data ?? wholeOf(checks);
  const checked = jobs.map(([key, answers], at) => {
    const found = data[`c${at}`]?.answers;
    if (!found) {
      const { code = 'UNKNOWN', message = '' } = checks.errors.find(({ path }) => path[0] === `c${at}`) ?? {};
      return [key, { answers: null, remarks: '', fault: { code, message }, report: null }] as const;
    }
    const corrected = correctedAnswers(answers, found);
    return [key, { answers: corrected, remarks: remarksOn(found), fault: null, report: null }] as const;
  });
  const usable = checked.flatMap(([, { answers }]) => answers ?? []);
  const { reports } =
    usable.length === 0
      ? { reports: [] }
      : wholeOf(await endpoint.request<StatusData>(STATUS, { answers: usable }, signal));
  const reportOf = new Map(usable.map((answers, at) => [answers, reports[at] ?? null]));
  return checked.map(([key, one]) => [key, { ...one, report: (one.answers && reportOf.get(one.answers)) ?? null }]);
}
