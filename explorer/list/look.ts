import type { Problem } from '../api/problem.ts';
import {
  CheckDocument,
  LookAtManyDocument,
  MatchTitleDocument,
  type AnswersInput,
  type AskerFragment,
  type CheckedFragment,
  type LookAtManyQuery,
  type ReportType,
} from '../generated/operations.ts';
import type { ListedReport } from './listed.ts';
import type { Patient } from './patient.ts';
import { atOnce } from './at-once.ts';

/** Answers in one operation: it may have 262,144 bytes, and a character up to four. */
const MOST_IN_ONE = 50;
const MOST_CHARACTERS = 60_000;
/** Requests at once; each is counted as a report, of which some servers allow one in an operation. */
const MOST_CHECKS = 6;

const FIELDS = { PAY: 'pay', YOE: 'yoe' } as const;

/** What upstream has for the answers of each question; null: it was not told. Free of charge. */
export function checkAll(
  server: Patient,
  questions: readonly AnswersInput[],
  onDone: (count: number) => void,
  signal: AbortSignal,
): Promise<(CheckedFragment | null)[]> {
  return askAll(questions, async (answers) => {
    const { data } = await server.request(CheckDocument, { answers }, signal);
    onDone(1);
    return data?.checkAnswers ?? null;
  });
}

/** Titles that mean something similar to each, best first. Free of charge. */
export function matchAll(
  server: Patient,
  titles: readonly string[],
  signal: AbortSignal,
): Promise<(readonly string[])[]> {
  return askAll(titles, async (jobTitle) => {
    const { data } = await server.request(MatchTitleDocument, { jobTitle }, signal);
    return data?.matchJobTitle?.matches.map(({ answer }) => answer) ?? [];
  });
}

async function askAll<Q, A>(questions: readonly Q[], ask: (question: Q) => Promise<A>): Promise<A[]> {
  const answers: A[] = [];
  const queue = [...questions.entries()];
  await atOnce(MOST_CHECKS, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) answers[next[0]] = await ask(next[1]);
  });
  return answers;
}

/** What has become of these reports, by their keys. Buys nothing. */
export async function lookAt(
  server: Patient,
  reports: ReadonlyMap<string, ListedReport>,
  onLook: (key: string, seen: Partial<ListedReport>) => void,
  onAsker: (asker: AskerFragment) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const jobs of batchesOf(jobsOf(reports))) {
    const wanted = (type: ReportType): boolean => jobs.some(({ keys }) => keys.has(type));
    const answers = jobs.map((job) => job.answers);
    const variables = { answers, pay: wanted('PAY'), yoe: wanted('YOE') };
    const { data, problems } = await server.request(LookAtManyDocument, variables, signal);
    if (data?.viewer) onAsker(data.viewer);
    jobs.forEach(({ keys }, place) => {
      for (const [type, key] of keys) onLook(key, seenOf(data?.reports[place] ?? null, type, problems, place));
    });
  }
}

function seenOf(
  report: LookAtManyQuery['reports'][number],
  type: ReportType,
  problems: readonly Problem[],
  place: number,
): Partial<ListedReport> {
  const field = FIELDS[type];
  const own = problems.find(
    ({ code, path }) => code !== 'REPORT_NOT_READY' && (path?.[1] ?? place) === place && (path?.[2] ?? field) === field,
  );
  // It cannot be asked for, or not at the moment: nothing is known of it.
  if (!report) return { status: null, problem: own ?? null };
  const { id, failures } = report;
  const status = report.status[field];
  const pay = (type === 'PAY' && report.pay) || null;
  const yoe = (type === 'YOE' && report.yoe) || null;
  const failure = failures.find((other) => other.type === type);
  if (status === 'FAILED') return { id, status, pay: null, yoe: null, problem: failure ?? own ?? null };
  // Its figures were not to be had this time.
  if (status === 'READY' && !pay && !yoe) {
    return { id, status: own ? 'READY' : 'PENDING', pay, yoe, problem: own ?? null };
  }
  // Why it was not bought is known here alone.
  return { id, status, pay, yoe, ...(status !== 'NOT_REQUESTED' && { problem: null }) };
}

interface Job {
  readonly answers: AnswersInput;
  /** Of its reports, by their types. */
  readonly keys: Map<ReportType, string>;
}

/** The reports of one job are asked for together. */
export function jobsOf(reports: ReadonlyMap<string, Pick<ListedReport, 'answers' | 'type'>>): Job[] {
  const jobs = new Map<AnswersInput, Job>();
  for (const [key, { answers, type }] of reports) {
    const job = jobs.get(answers) ?? { answers, keys: new Map() };
    jobs.set(answers, job);
    job.keys.set(type, key);
  }
  return [...jobs.values()];
}

function batchesOf<T extends { readonly answers: AnswersInput }>(jobs: readonly T[]): T[][] {
  const batches: T[][] = [];
  let characters = Infinity;
  for (const job of jobs) {
    const length = JSON.stringify(job.answers).length;
    characters += length;
    const last = batches.at(-1);
    if (last && last.length < MOST_IN_ONE && characters <= MOST_CHARACTERS) last.push(job);
    else {
      batches.push([job]);
      characters = length;
    }
  }
  return batches;
}
