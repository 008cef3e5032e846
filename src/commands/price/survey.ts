import { LRUCache } from 'lru-cache';
import { inBatches } from '../../lib/in-batches.js';
import { mapInOrder } from '../../lib/map-in-order.js';
import type { Answers } from '../../model/answers.js';
import {
  checkedTexts,
  correctedAnswers,
  probesFor,
  remarksOn,
  textsOf,
  type Checked,
  type CheckedText,
  type Remarks,
} from '../../model/job-list/checked.js';
import type { JobColumns } from '../../model/job-list/columns.js';
import { jobKey, readJob } from '../../model/job-list/job.js';
import type { ReportStatus, ReportType } from '../../model/report.js';
import { PriceCheckDocument, PriceStatusDocument, type PriceStatusQuery } from '../generated/operations.js';
import { wholeOf, type GraphQLEndpoint } from '../graphql-endpoint.js';
import type { CsvRow } from './csv-input.js';
import { FIELDS, type PlannedRow } from './rows.js';
import { inHalves, isTooLarge } from './too-large.js';

/** What pricing a list would take. */
export interface Survey {
  rows: number;
  /** Rows that cannot be priced. */
  faulty: number;
  /** Rows with an answer that upstream does not know: it would refuse or ignore it. */
  remarked: number;
  /** Rows with a title that upstream takes for another. */
  matched: number;
  /** Distinct reports, of all types that are asked for. */
  reports: number;
  stored: number;
  /** Bought already, and on their way. */
  underWay: number;
  /** Bought, or refused, without success: asking again costs nothing. */
  failed: number;
  /** Not to be bought, because upstream does not know an answer. */
  unknown: number;
  toBuy: number;
}

export interface SurveyOptions {
  readonly endpoint: GraphQLEndpoint;
  readonly columns: JobColumns;
  readonly types: readonly ReportType[];
  /** Whether reports are bought that have an answer which upstream does not know. */
  readonly buyUnknown: boolean;
  readonly signal: AbortSignal;
}

/** Fewer than an operation may have answers in a list. */
const AT_ONCE = 20;
const OPEN_BATCHES = 4;
/** Texts whose check is remembered, and jobs that have been counted; others are looked at again, at no cost. */
const REMEMBERED = 10_000;
/** Of an id, which is a hash: two that are equal by chance are not to be expected in a list of any length. */
const TELLING_LENGTH = 12;
const NO_REMARKS: Remarks = { text: '', unknown: false, matched: false };

/** What is to be told of each row, and the survey that grows with it. Nothing is bought. */
export function surveyRows(
  rows: AsyncIterable<CsvRow>,
  options: SurveyOptions,
): { readonly survey: Survey; readonly planned: AsyncIterable<PlannedRow> } {
  const { endpoint, columns, types, buyUnknown, signal } = options;
  const survey: Survey = {
    rows: 0,
    faulty: 0,
    remarked: 0,
    matched: 0,
    reports: 0,
    stored: 0,
    underWay: 0,
    failed: 0,
    unknown: 0,
    toBuy: 0,
  };
  const checked = new LRUCache<string, CheckedText>({ max: REMEMBERED });
  const counted = new Set<string>();
  const recent = new LRUCache<string, true>({ max: REMEMBERED });

  async function planBatch(batch: readonly CsvRow[]): Promise<readonly PlannedRow[]> {
    const planned = batch.map(({ cells }): PlannedRow => {
      const { answers, problems } = readJob(columns, cells);
      const fault = answers ? null : { code: 'BAD_ROW', message: problems.map(({ message }) => message).join(' ') };
      return { cells, answers, remarks: NO_REMARKS, fault };
    });
    const found = await checksOf(planned.flatMap(({ answers }) => answers ?? []));
    const plans = planned.map((row) => {
      if (!row.answers) return row;
      const texts = checkedTexts(row.answers, found);
      return { ...row, answers: correctedAnswers(row.answers, texts), remarks: remarksOn(texts) };
    });
    await count(plans);
    return plans;
  }

  /** What upstream has for the texts of these jobs, as far as it tells. */
  async function checksOf(jobs: readonly Answers[]): Promise<Checked> {
    const probes = probesFor(jobs, checked);
    const found = new Map<string, CheckedText>();
    for (const { key } of jobs.flatMap(textsOf)) {
      const known = checked.get(key);
      if (known) found.set(key, known);
    }
    await Promise.all(
      probes.map(async (answers) => {
        const { checkAnswers } = wholeOf(await endpoint.request(PriceCheckDocument, { answers }, signal));
        for (const { field, value, key } of textsOf(answers)) {
          const told = checkAnswers?.answers.find((each) => each.field === field && each.value === value);
          if (!told) continue;
          const matched = field === 'jobTitle' ? (checkAnswers?.matchedJobTitle ?? null) : null;
          const text = { verdict: told.verdict, spelling: told.spelling, matched };
          found.set(key, text);
          checked.set(key, text);
        }
      }),
    );
    return found;
  }

  async function count(plans: readonly PlannedRow[]): Promise<void> {
    const jobs = new Map(plans.flatMap((row) => (row.answers ? [[jobKey(row.answers), row] as const] : [])));
    for (const key of [...jobs.keys()]) if (recent.has(key)) jobs.delete(key);
    const asked = [...jobs.values()];
    const answers = asked.flatMap((row) => row.answers ?? []);
    const reports = answers.length === 0 ? [] : await statusesOf(answers);
    for (const key of jobs.keys()) recent.set(key, true);
    for (const { answers: priceable, remarks } of plans) {
      survey.rows += 1;
      if (!priceable) survey.faulty += 1;
      if (remarks.unknown) survey.remarked += 1;
      if (remarks.matched) survey.matched += 1;
    }
    for (const [at, report] of reports.entries()) {
      const id = report?.id.slice(0, TELLING_LENGTH);
      if (!report || id === undefined || counted.has(id)) continue;
      counted.add(id);
      const withheld = !buyUnknown && (asked[at]?.remarks.unknown ?? false);
      for (const type of types) countReport(survey, report.status[FIELDS[type]], withheld);
    }
  }

  async function statusesOf(answers: readonly Answers[]): Promise<PriceStatusQuery['reports']> {
    const result = await endpoint.request(PriceStatusDocument, { answers }, signal);
    if (isTooLarge(result.errors) && answers.length > 1) return inHalves(answers, statusesOf);
    return wholeOf(result).reports;
  }

  async function* planned(): AsyncGenerator<PlannedRow> {
    for await (const batch of mapInOrder(inBatches(rows, AT_ONCE), OPEN_BATCHES, planBatch)) yield* batch;
  }

  return { survey, planned: planned() };
}

/** `withheld`: whether it is not bought, because an answer is not known. */
function countReport(survey: Survey, status: ReportStatus, withheld: boolean): void {
  survey.reports += 1;
  switch (status) {
    case 'NOT_REQUESTED':
      survey[withheld ? 'unknown' : 'toBuy'] += 1;
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
