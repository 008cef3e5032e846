import type { Logger } from 'pino';
import { ApiError, retryAfterOf } from '../../errors.js';
import type { JobalyzerClient } from '../jobalyzer/client.js';
import type { PollOutcome } from '../jobalyzer/poll-response.js';
import { backoff, faultDelay, pollDelay, withJitter } from '../jobalyzer/retry.js';
import { entryOf, transition, type EntryIn } from './ledger.js';
import type { CollectionStep, Ledger, ReportKey } from './ports.js';

export interface CollectorSettings {
  /** How long a collected report, or its failure, is kept, in milliseconds. */
  readonly reportTtlMs: number;
}

interface Dependencies {
  readonly ledger: Ledger;
  readonly client: JobalyzerClient;
  readonly settings: CollectorSettings;
  readonly log: Logger;
}

/**
 * Collecting: one poll of one link. Polling is safe to repeat: whatever goes wrong with a poll, the report is still
 * pending, and only upstream's own response (400, 404 or 410, or errors without a report) ends it. There is no circuit
 * breaker here: each link backs off by itself, connections are bounded, and failing links must not block the others.
 */
export function createCollector({ ledger, client, settings, log }: Dependencies): CollectionStep {
  async function poll(link: string, signal: AbortSignal): Promise<PollOutcome> {
    try {
      return await client.poll(link, signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { kind: 'fault', failure: error.toFailure(), retryAfterMs: retryAfterOf(error) };
    }
  }

  /** Schedules the next poll and notifies subscribers of the progress. Returns the delay in milliseconds. */
  async function goOn(entry: EntryIn<'LINKED'>, retryAfterMs: number, faults: number): Promise<number> {
    const at = Date.now();
    const delayMs = withJitter(retryAfterMs);
    const attempt = entry.attempt + 1;
    await ledger.progress({ ...entry, at, attempt, faults, retryAfterMs, nextPollAt: at + delayMs });
    return delayMs;
  }

  async function settle(report: ReportKey, entry: EntryIn<'LINKED'>, outcome: PollOutcome): Promise<number | null> {
    const now = Date.now();
    const expiresAt = now + settings.reportTtlMs;
    switch (outcome.kind) {
      case 'ready': {
        const collected = transition(
          entry,
          { kind: 'collect', body: outcome.body, rating: outcome.rating, expiresAt },
          now,
        );
        if (collected) await ledger.commit(report, [collected]);
        return null;
      }
      case 'ended': {
        const ended = transition(entry, { kind: 'end', failure: outcome.failure, expiresAt }, now);
        if (ended) await ledger.commit(report, [ended]);
        return null;
      }
      case 'pending':
        return goOn(entry, pollDelay(outcome.retryAfterMs, entry.attempt), 0);
      case 'fault':
        log[entry.faults < 10 ? 'info' : 'debug'](
          { reportId: report.id, type: entry.type, faults: entry.faults + 1, code: outcome.failure.code },
          'a poll failed',
        );
        return goOn(entry, faultDelay(outcome.retryAfterMs, entry.faults), entry.faults + 1);
    }
  }

  return async ({ id, type }, signal) => {
    try {
      const report = await ledger.read(id);
      const entry = entryOf(report?.entries ?? [], id, type);
      if (!report || entry.state !== 'LINKED') return null;
      const outcome = await poll(entry.link, signal);
      // Aborted by shutdown, so not an upstream failure.
      if (outcome.kind === 'fault' && signal.aborted) return null;
      return await settle(report, entry, outcome);
    } catch (error) {
      if (signal.aborted) return null;
      // The ledger is unavailable. The link is stored in it, so nothing is lost by polling again later.
      log.error({ err: error, reportId: id, type }, 'polling failed because the ledger is unavailable; will retry');
      return withJitter(backoff(Infinity));
    }
  };
}
