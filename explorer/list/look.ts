import type { Problem } from '../api/problem.ts';
import {
  CheckDocument,
  LookAtManyDocument,
  type AnswersInput,
  type AskerFragment,
  type CheckedFragment,
  type LookAtManyQuery,
} from '../generated/operations.ts';
import type { ListedReport } from './listed.ts';
import type { Patient } from './patient.ts';
import { atOnce } from './at-once.ts';

/** Answers in one operation: it may have 262,144 bytes, and a character up to four. */
const MOST_IN_ONE = 50;
const MOST_CHARACTERS = 60_000;
/** Requests at once; each is counted as a report, of which some servers allow one in an operation. */
const MOST_CHECKS = 6;

/** What upstream has for the answers of each question; null: it was not told. Free of charge. */
export async function checkAll(
  server: Patient,
  questions: readonly AnswersInput[],
  onDone: (count: number) => void,
  signal: AbortSignal,
): Promise<(CheckedFragment | null)[]> {
  const checks: (CheckedFragment | null)[] = questions.map(() => null);
  const queue = [...questions.entries()];
  await atOnce(MOST_CHECKS, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [at, answers] = next;
      const { data } = await server.request(CheckDocument, { answers }, signal);
      checks[at] = data?.checkAnswers ?? null;
      onDone(1);
    }
  });
  return checks;
}

/** What has become of these reports. Buys nothing. */
export async function lookAt(
  server: Patient,
  reports: readonly { readonly at: number; readonly answers: AnswersInput }[],
  onLook: (at: number, seen: Partial<ListedReport>) => void,
  onAsker: (asker: AskerFragment) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const batch of batchesOf(reports)) {
    const answers = batch.map((report) => report.answers);
    const { data, problems } = await server.request(LookAtManyDocument, { answers }, signal);
    if (data?.viewer) onAsker(data.viewer);
    batch.forEach(({ at }, place) => onLook(at, seenOf(data?.reports[place] ?? null, problems, place)));
  }
}

function seenOf(
  report: LookAtManyQuery['reports'][number],
  problems: readonly Problem[],
  place: number,
): Partial<ListedReport> {
  const own = problems.find(({ code, path }) => code !== 'REPORT_NOT_READY' && (path?.[1] ?? place) === place);
  // It cannot be asked for.
  if (!report) return { status: 'FAILED', problem: own ?? null };
  const { id, failures, pay, status } = report;
  const failure = failures.find(({ type }) => type === 'PAY');
  if (status.pay === 'FAILED') return { id, status: 'FAILED', pay: null, problem: failure ?? own ?? null };
  // Its figures were not to be had this time.
  if (status.pay === 'READY' && !pay) return { id, status: own ? 'READY' : 'PENDING', pay: null, problem: own ?? null };
  return { id, status: status.pay, pay };
}

function batchesOf<T extends { readonly answers: AnswersInput }>(reports: readonly T[]): T[][] {
  const batches: T[][] = [];
  let characters = Infinity;
  for (const report of reports) {
    const length = JSON.stringify(report.answers).length;
    characters += length;
    const last = batches.at(-1);
    if (last && last.length < MOST_IN_ONE && characters <= MOST_CHARACTERS) last.push(report);
    else {
      batches.push([report]);
      characters = length;
    }
  }
  return batches;
}
