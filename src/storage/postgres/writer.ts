import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, storeUnavailable } from '../../errors.js';
import type { Entry } from '../../datasources/reports/ledger.js';
import { OutcomeUnknown, type Committed } from '../../datasources/reports/ports.js';
import type { Transition } from '../../datasources/reports/transition.js';
import { patientDeadline } from '../../lib/patient-deadline.js';
import type { ReportKey } from '../../model/report.js';
import type { Database } from './connections.js';
import type { EntryRow, RowReader } from './entry-rows.js';
import { isRetryable } from './failures.js';
import { stepRow } from './step-rows.js';

/** Stores the transitions of many reports in few statements. */
export interface Writer {
  /** Atomically. See `Ledger.commit`. */
  write(report: ReportKey, transitions: readonly Transition[]): Promise<readonly Committed[]>;
  /** Resolves when nothing waits to be written any more. */
  drain(): Promise<void>;
}

export interface WriterOptions {
  readonly database: Database;
  /** The member that owns an entry that this process stores. */
  readonly ownerOf: (entry: Entry) => string;
  readonly reader: Pick<RowReader, 'entry' | 'isUnreadable'>;
}

interface Commit {
  readonly report: ReportKey;
  readonly transitions: readonly Transition[];
  /** Aborts when its caller is told that it cannot be stored. */
  readonly signal: AbortSignal;
  /** Whether it is being stored at this moment. */
  isSent: boolean;
  /** Why it could not be stored the last time. */
  failure: unknown;
  /** Whether it may be stored although it failed. */
  isUnknown: boolean;
  resolve(committed: readonly Committed[]): void;
  reject(error: Error): void;
}

/** What `commit_steps` says of one step. */
interface OutcomeRow extends Pick<EntryRow, 'version' | 'at' | 'format' | 'data'> {
  readonly ord: number;
  readonly outcome: 'won' | 'lost' | 'stopped' | 'budget';
  readonly used: number | null;
}

const MOST_AT_ONCE = 100;
/** Statements under way at the same time: while they wait for the disk, others are gathered for the next one. */
const MOST_STATEMENTS = 4;
/** A caller is told within two seconds. */
const PATIENCE_MS = 1_950;
const RETRY_AFTER_MS = 50;

export function createWriter({ database, ownerOf, reader }: WriterOptions): Writer {
  /** By which the database recognizes a transition that was stored although its outcome was lost. */
  const stamps = new WeakMap<Transition, string>();
  const waiting: Commit[] = [];
  const running = new Set<Promise<void>>();
  let isScheduled = false;

  function stampOf(step: Transition): string {
    const stamp = stamps.get(step) ?? randomUUID();
    stamps.set(step, stamp);
    return stamp;
  }

  function takeBatch(): Commit[] {
    let steps = 0;
    const end = waiting.findIndex(({ transitions }) => (steps += transitions.length) > MOST_AT_ONCE);
    return waiting.splice(0, end === -1 ? waiting.length : Math.max(end, 1));
  }

  function pump(): void {
    isScheduled = false;
    while (running.size < MOST_STATEMENTS && waiting.length > 0) {
      const run = store(takeBatch());
      running.add(run);
      void run.finally(() => {
        running.delete(run);
        pump();
      });
    }
  }

  /** Tries until the outcome is known, or nobody waits for it any more. */
  async function store(batch: readonly Commit[]): Promise<void> {
    do {
      for (const commit of batch) commit.isSent = true;
      try {
        await setAside(batch);
        const outcomes = await commitSteps(batch);
        for (const commit of batch) commit.resolve(outcomes.splice(0, commit.transitions.length));
        return;
      } catch (error) {
        for (const commit of batch) failed(commit, error);
        if (!isRetryable(causeOf(error))) {
          // One that cannot be stored must not keep the others from it.
          if (batch.length > 1) return void (await Promise.all(batch.map((commit) => store([commit]))));
          return batch[0]?.reject(reasonOf(batch[0]));
        }
        await pause(RETRY_AFTER_MS);
      }
    } while (batch.some(({ signal }) => !signal.aborted));
  }

  function failed(commit: Commit, error: unknown): void {
    commit.isSent = false;
    commit.isUnknown ||= causeOf(error) instanceof OutcomeUnknown;
    commit.failure = error;
  }

  /** Keeps what cannot be read and is about to be replaced. Also if it is not, in the end. */
  async function setAside(batch: readonly Commit[]): Promise<void> {
    const rows = batch.flatMap(({ transitions }) =>
      transitions.map(({ before }) => before).filter((entry) => reader.isUnreadable(entry)),
    );
    if (rows.length === 0) return;
    await database.rows(`SELECT ${database.schema}.set_aside($1, $2, $3, $4)`, [
      rows.map(({ reportId }) => reportId),
      rows.map(({ type }) => type),
      rows.map(({ version }) => version),
      Date.now(),
    ]);
  }

  async function commitSteps(batch: readonly Commit[]): Promise<Committed[]> {
    const steps = batch.flatMap(({ report, transitions }) => transitions.map((step) => ({ report, step })));
    const made = steps.map(({ report, step }) => stepRow(report, step, ownerOf(step.after), stampOf(step)));
    const found = await database.write<OutcomeRow>(
      `SELECT ord, outcome, version, at, format, data, used FROM ${database.schema}.commit_steps($1, $2::bytea[])`,
      [JSON.stringify(made.map(({ row }, index) => ({ ...row, ord: index + 1 }))), made.map(({ body }) => body)],
    );
    const byStep = new Map(found.map((row) => [row.ord, row]));
    return steps.map(({ step }, index) => committedOf(step, byStep.get(index + 1)));
  }

  function committedOf(step: Transition, row: OutcomeRow | undefined): Committed {
    if (!row) throw new Error('The database has not said what came of a transition.');
    const { before, after, charge } = step;
    const { reportId: report_id, type } = after;
    if (row.outcome === 'won') return { won: true, entry: { ...after, version: row.version } };
    const entry = row.data === null || row.version === 0 ? before : reader.entry({ ...row, report_id, type });
    if (row.outcome === 'lost') return { won: false, entry };
    if (row.outcome === 'stopped') return { won: false, entry, refused: { reason: 'stopped' } };
    return { won: false, entry, refused: { reason: 'budget', used: row.used ?? 0, limit: charge?.limit ?? 0 } };
  }

  return {
    write(report, transitions) {
      return new Promise((resolve, reject) => {
        const deadline = patientDeadline(PATIENCE_MS);
        const commit: Commit = {
          report,
          transitions,
          signal: deadline.signal,
          isSent: false,
          failure: null,
          isUnknown: false,
          resolve(committed) {
            deadline.close();
            resolve(committed);
          },
          reject(error) {
            deadline.close();
            reject(error);
          },
        };
        const onLate = (): void => {
          const place = waiting.indexOf(commit);
          if (place !== -1) waiting.splice(place, 1);
          commit.reject(reasonOf(commit));
        };
        deadline.signal.addEventListener('abort', onLate, { once: true });
        waiting.push(commit);
        if (isScheduled) return;
        isScheduled = true;
        setImmediate(pump);
      });
    },

    async drain() {
      while (running.size > 0 || waiting.length > 0) {
        await Promise.race([...running, pause(RETRY_AFTER_MS)]);
      }
    },
  };
}

function reasonOf({ isSent, isUnknown, failure }: Commit): Error {
  const cause = failure ?? new Error('The database did not answer in time.');
  if (isSent || isUnknown) return storeUnavailable(new OutcomeUnknown('It may be stored.', { cause }));
  return cause instanceof ApiError ? cause : storeUnavailable(cause);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
