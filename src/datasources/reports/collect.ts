import type { Logger } from 'pino';
import { ApiError, retryAfterOf } from '../../errors.js';
import type { TrustedClock } from '../../lib/trusted-clock.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { PollOutcome } from '../jobalyzer/poll-response.js';
import { backoff, withJitter } from '../jobalyzer/retry.js';
import { afterPoll, type AfterPoll } from './collect-decisions.js';
import { entryOf, transition, type EntryIn } from './ledger.js';
import type { ReportKey } from '../../model/report.js';
import type { CollectionStep, Ledger } from './ports.js';

export interface CollectorSettings {
  /** How long a collected report, or its failure, is kept, in milliseconds. */
  readonly reportTtlMs: number;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly client: JobalyzerClient;
  /** Not given: the clock is right. */
  readonly clock?: Pick<TrustedClock, 'behindMs'>;
  readonly settings: CollectorSettings;
  readonly log: Logger;
}

/** This many failed polls of a link in a row are logged where an operator sees them; it may fail for days. */
const FAULTS_LOGGED = 10;

/**
 * Collecting: one poll of one link. Polling is safe to repeat: whatever goes wrong with a poll, the report is still
 * pending, and only upstream's own response (400, 404 or 410, or errors without a report) ends it. There is no circuit
 * breaker here: each link backs off by itself, connections are bounded, and failing links must not block the others.
 */
export function createCollector({ ledger, client, clock, settings, log }: Dependencies): CollectionStep {
  /** By a clock that is behind, the report would expire too early, and be bought again, once the clock is put right. */
  const ttlMs = (): number => settings.reportTtlMs + (clock?.behindMs() ?? 0);

  async function poll(link: string, signal: AbortSignal): Promise<PollOutcome> {
    try {
      return await client.poll(link, signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { kind: 'fault', failure: error.toFailure(), retryAfterMs: retryAfterOf(error) };
    }
  }

  /** Returns the time until the next poll in milliseconds, or null if there is none. */
  async function store(report: ReportKey, entry: EntryIn<'LINKED'>, after: AfterPoll): Promise<number | null> {
    if (after.kind === 'poll-again') {
      await ledger.progress(after.entry);
      return after.delayMs;
    }
    const step = transition(entry, after.event, Date.now());
    const [committed] = step ? await ledger.commit(report, [step]) : [];
    // The late response of another purchase was stored meanwhile.
    return committed && !committed.won && committed.entry.state === 'LINKED' ? 0 : null;
  }

  return async ({ id, type }, signal) => {
    try {
      const report = await ledger.read(id);
      const entry = entryOf(report?.entries ?? [], id, type);
      if (!report || entry.state !== 'LINKED') return null;
      const outcome = await poll(entry.link, signal);
      if (outcome.kind === 'fault') {
        // Aborted by shutdown, so not an upstream failure.
        if (signal.aborted) return null;
        const faults = entry.faults + 1;
        log[faults <= FAULTS_LOGGED ? 'info' : 'debug'](
          { reportId: id, type, faults, code: outcome.failure.code },
          'a poll failed',
        );
      }
      return await store(report, entry, afterPoll(entry, outcome, Date.now(), ttlMs()));
    } catch (error) {
      if (signal.aborted) return null;
      // The ledger is unavailable. The link is stored in it, so nothing is lost by polling again later.
      log.error({ err: error, reportId: id, type }, 'polling failed because the ledger is unavailable; will retry');
      return withJitter(backoff(Infinity));
    }
  };
}
