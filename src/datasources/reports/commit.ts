import type { Logger } from 'pino';
import { ApiError } from '../../errors.js';
import { delay } from '../../lib/delay.js';
import type { ReportKey, ReportType } from '../../model/report.js';
import { backoff } from '../jobalyzer/retry.js';
import { entryOf, type Entry } from './ledger.js';
import { transition } from './transition.js';
import type { LedgerEvent } from './ledger-events.js';
import type { Ledger } from './ports.js';

/**
 * Stores what has happened already, so nothing may prevent it: the event is applied to whatever the entries are by now,
 * since a restart or another process may have changed them, and is tried until it is stored. An entry in which it is not
 * allowed stays as it is. `eventOf` is asked again after each change. Resolves to the entries as they are in the end.
 * `known`: what the ledger has just returned of these types, in their order, instead of reading it; a transition that is
 * made from what has changed since is lost, and then it is read. Throws the reason of the signal that ends the attempts.
 */
export type Commit = (
  report: ReportKey,
  types: readonly ReportType[],
  eventOf: (entry: Entry) => LedgerEvent | null | Promise<LedgerEvent | null>,
  known?: readonly Entry[] | null,
) => Promise<readonly Entry[]>;

/** `abandoned` ends the attempts to store: the ledger is about to be closed. */
export function createCommit(ledger: Ledger, abandoned: AbortSignal, log: Logger): Commit {
  async function read(report: ReportKey, types: readonly ReportType[]): Promise<readonly Entry[]> {
    const record = await ledger.read(report.id);
    return types.map((type) => entryOf(record?.entries ?? [], report.id, type));
  }

  async function settle(...[report, types, eventOf, known]: Parameters<Commit>): Promise<readonly Entry[]> {
    let entries = known ?? (await read(report, types));
    for (;;) {
      // One time for all: a client names the doubt of both types by one.
      const now = Date.now();
      const events = await Promise.all(entries.map(async (entry) => eventOf(entry)));
      const transitions = entries.flatMap((entry, index) => {
        const event = events[index];
        return (event && transition(entry, event, now)) ?? [];
      });
      if (transitions.length === 0) return entries;
      const committed = await ledger.commit(report, transitions);
      for (const [index, { won, entry }] of committed.entries()) {
        if (won && transitions[index]?.before.state !== 'UNCERTAIN') warnIfUncertain(entry, log);
      }
      const stored = committed.map(({ entry }) => entry);
      entries = committed.every(({ won }) => won)
        ? entries.map((entry) => stored.find(({ type }) => type === entry.type) ?? entry)
        : await read(report, types);
    }
  }

  return async (report, types, eventOf, known) => {
    for (let attempt = 0; ; attempt++) {
      try {
        // After a failure nobody knows what is stored.
        return await settle(report, types, eventOf, attempt === 0 ? known : null);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        log.error({ err: error, reportId: report.id, attempt }, 'failed to store a purchase outcome; retrying');
        await delay(backoff(attempt), abandoned);
      }
    }
  };
}

/** For a person to decide: buying it again may cost twice. */
function warnIfUncertain(entry: Entry, log: Logger): void {
  if (entry.state !== 'UNCERTAIN') return;
  const { reportId, type, failure } = entry;
  const since = new Date(entry.since).toISOString();
  log.warn(
    { reportId, type, since, code: failure.code, reason: failure.message },
    'a purchase is uncertain: it may have been made, and its link is lost. buyAgain or closeUncertain settles it',
  );
}
