import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, storeUnavailable } from '../../errors.js';
import type { Entry, EntryIn } from '../../datasources/reports/ledger.js';
import { OutcomeUnknown, type Alias, type AliasedCommit, type Committed } from '../../datasources/reports/ports.js';
import type { Transition } from '../../datasources/reports/transition.js';
import { patientDeadline } from '../../lib/patient-deadline.js';
import type { ReportKey } from '../../model/report.js';
import type { Database } from './connections.js';
import type { EntryRow, RowReader } from './entry-rows.js';
import { isRetryable } from './failures.js';
import { aliasRow, changeRow, stepRow } from './step-rows.js';

/** Stores the transitions of many reports in few statements. */
export interface Writer {
  /** Atomically. See `Ledger.commit`, and with an alias `Ledger.commitAs`. */
  write(report: ReportKey, transitions: readonly Transition[], alias?: Alias | null): Promise<AliasedCommit>;
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
  /** What is to stand for the report. */
  readonly alias: Alias | null;
  /** Aborts when its caller is told that it cannot be stored. */
  readonly signal: AbortSignal;
  /** Whether it is being stored at this moment. */
  isSent: boolean;
  /** Why it could not be stored the last time. */
  failure: unknown;
  /** Whether it may be stored although it failed. */
  isUnknown: boolean;
  resolve(outcome: AliasedCommit): void;
  reject(error: Error): void;
}

/** What `commit_steps` says of one step. */
interface OutcomeRow extends Pick<EntryRow, 'version' | 'at' | 'format' | 'data'> {
  readonly ord: number;
  readonly outcome: 'won' | 'lost' | 'stopped' | 'budget';
  readonly used: number | null;
}

/** What `commit_aliases` says of one entry of an alias. */
interface AliasRow extends Pick<EntryRow, 'type' | 'version' | 'at'> {
  readonly ord: null;
  readonly alias: number;
}

const MOST_AT_ONCE = 100;
/** Statements under way at the same time: while they wait for the disk, others are gathered for the next one. */
const MOST_STATEMENTS = 4;
/** A caller is told within two seconds. */
const PATIENCE_MS = 1_950;
const RETRY_AFTER_MS = 50;
const NOTHING: AliasedCommit = { committed: [], aliases: null };

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
        const outcomes = await commitAll(batch);
        for (const [index, commit] of batch.entries()) commit.resolve(outcomes[index] ?? NOTHING);
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

  async function commitAll(batch: readonly Commit[]): Promise<readonly AliasedCommit[]> {
    const steps = batch.flatMap(({ report, transitions, alias }, number) =>
      transitions.map((step) => ({ report, step, ...(alias && { alias: number }) })),
    );
    const made = steps.map(({ report, step, alias }, index) => {
      const { row, body } = stepRow(report, step, ownerOf(step.after), stampOf(step));
      return { row: { ...row, ord: index + 1, alias }, body };
    });
    const aliases = batch.flatMap(({ report, alias }, number) =>
      alias ? aliasRow(alias, report.id, number, stampOf) : [],
    );
    const changes = steps.flatMap(({ report, step }, index) => {
      const row = changeRow(report, step);
      return row ? { ...row, ord: index + 1 } : [];
    });
    const stored = [JSON.stringify(made.map(({ row }) => row)), made.map(({ body }) => body)];
    const found =
      aliases.length === 0
        ? await write('commit_steps($1, $2::bytea[])', stored, changes)
        : await write('commit_aliases($3, $1, $2::bytea[])', [...stored, JSON.stringify(aliases)], changes);
    const byStep = new Map(found.map((row) => [row.ord, row]));
    const committed = steps.map(({ step, alias }, index): Committed => {
      const row = byStep.get(index + 1) as OutcomeRow | undefined;
      // Nothing is said of the claims of an alias that could not be made.
      return row || alias === undefined ? committedOf(step, row) : { won: false, entry: step.before };
    });
    return batch.map(({ report, transitions, alias }, number) => {
      const own = found.filter((row): row is AliasRow => row.ord === null && row.alias === number);
      return {
        committed: committed.splice(0, transitions.length),
        aliases: alias && own.length > 0 ? own.map((row) => aliasEntry(row, alias.report.id, report.id)) : null,
      };
    });
  }

  /** `changes`: what the steps say of their purchases, which is kept by the same statement. */
  function write(
    call: string,
    values: readonly unknown[],
    changes: readonly object[],
  ): Promise<(OutcomeRow | AliasRow)[]> {
    const { schema } = database;
    if (changes.length === 0) return database.write(`SELECT * FROM ${schema}.${call}`, values);
    return database.write(
      `WITH done AS MATERIALIZED (SELECT * FROM ${schema}.${call}), kept AS MATERIALIZED (
         SELECT ${schema}.keep_purchases($${values.length + 1}, (SELECT array_agg(ord) FROM done WHERE outcome = 'won')))
       SELECT done.* FROM done CROSS JOIN kept`,
      [...values, JSON.stringify(changes)],
    );
  }

  function committedOf({ before, after, charge }: Transition, row: OutcomeRow | undefined): Committed {
    if (!row) throw new Error('The database has not said what came of a transition.');
    const { reportId: report_id, type } = after;
    if (row.outcome === 'won') return { won: true, entry: { ...after, version: row.version } };
    const entry = row.data === null || row.version === 0 ? before : reader.entry({ ...row, report_id, type });
    if (row.outcome === 'lost') return { won: false, entry };
    if (row.outcome === 'stopped') return { won: false, entry, refused: { reason: 'stopped' } };
    return { won: false, entry, refused: { reason: 'budget', used: row.used ?? 0, limit: charge?.limit ?? 0 } };
  }

  return {
    write(report, transitions, alias = null) {
      return new Promise((resolve, reject) => {
        const deadline = patientDeadline(PATIENCE_MS);
        const commit: Commit = {
          report,
          transitions,
          alias,
          signal: deadline.signal,
          isSent: false,
          failure: null,
          isUnknown: false,
          resolve(outcome) {
            deadline.close();
            resolve(outcome);
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

function aliasEntry({ type, version, at }: AliasRow, reportId: string, standsFor: string): EntryIn<'ALIAS'> {
  return { reportId, type, version, at: Number(at), state: 'ALIAS', standsFor };
}

function reasonOf({ isSent, isUnknown, failure }: Commit): Error {
  const cause = failure ?? new Error('The database did not answer in time.');
  if (isSent || isUnknown) return storeUnavailable(new OutcomeUnknown('It may be stored.', { cause }));
  return cause instanceof ApiError ? cause : storeUnavailable(cause);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
