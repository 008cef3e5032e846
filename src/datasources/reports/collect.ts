import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { ApiError, retryAfterOf } from '../../errors.js';
import { inLogScope } from '../../lib/log-scope.js';
import type { TrustedClock } from '../../lib/trusted-clock.js';
import type { JobalyzerClient, PollResult } from '../jobalyzer/client.js';
import { backoff, withJitter } from '../jobalyzer/retry.js';
import { afterPoll, type AfterPoll, type CollectSettings } from './collect-decisions.js';
import { entryOf, type Entry, type EntryIn } from './ledger.js';
import { transition } from './transition.js';
import type { LedgerEvent } from './ledger-events.js';
import type { ReportKey } from '../../model/report.js';
import type { CollectionKey, CollectionStep, Committed, Ledger } from './ports.js';

interface Dependencies {
  readonly ledger: Ledger;
  readonly client: JobalyzerClient;
  /** Not given: the clock is right. */
  readonly clock?: Pick<TrustedClock, 'behindMs' | 'inDoubt'>;
  readonly settings: CollectSettings;
  /** Called while a report is being stored, with what its entry is if that succeeds, and its body. */
  readonly onStoring?: (report: ReportKey, entry: EntryIn<'COLLECTED'>, body: string) => void;
  readonly log: Logger;
}

/** This many failed polls of a link in a row are logged where an operator sees them; it may fail for days. */
const FAULTS_LOGGED = 10;
/** How long a report is new after its purchase. Most are collected by then. */
const NEW_FOR_MS = 60_000;

/**
 * Collecting: one poll of one link. Polling is safe to repeat: whatever goes wrong with a poll, the report is still
 * pending. Only upstream's own refusal, repeated over a minute, ends it, or a long time without a report; the link is kept
 * even then. There is no circuit breaker here: each link backs off by itself, connections are bounded, and failing links
 * must not block the others.
 */
export function createCollector(dependencies: Dependencies): CollectionStep {
  const { ledger, client, clock, settings, onStoring, log } = dependencies;
  /** By a clock that is behind, the report would expire too early, and be bought again, once the clock is put right. */
  const reportTtlMs = (): number => settings.reportTtlMs + (clock?.behindMs() ?? 0);

  async function poll(entry: EntryIn<'LINKED'>, signal: AbortSignal): Promise<PollResult> {
    const { type, link, cookies = null, since, at } = entry;
    const isNew = Date.now() - (since ?? at) < NEW_FOR_MS;
    try {
      return await client.poll({ type, link, cookies, isNew }, signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { outcome: { kind: 'fault', failure: error.toFailure(), retryAfterMs: retryAfterOf(error) }, cookies };
    }
  }

  /** Returns the time until the next poll in milliseconds, or null if there is none. */
  async function store(report: ReportKey, after: AfterPoll): Promise<number | null> {
    if (after.kind === 'end') {
      const committed = await commit(report, after.entry, after.event);
      // The late response of another purchase was stored meanwhile.
      return committed && !committed.won && committed.entry.state === 'LINKED' ? 0 : null;
    }
    const { entry, setAside } = after;
    const digest = setAside && createHash('sha256').update(setAside).digest('base64').slice(0, 22);
    if (setAside && digest && digest !== entry.unusable?.digest) {
      const { reportId: _id, type: _type, version: _version, at: _at, ...polled } = entry;
      await commit(report, entry, { kind: 'set-aside', body: setAside, digest, polled });
    } else {
      await ledger.progress(entry);
    }
    return after.delayMs;
  }

  async function commit(report: ReportKey, entry: Entry, event: LedgerEvent): Promise<Committed | undefined> {
    const step = transition(entry, event, Date.now());
    if (!step) return undefined;
    const storing = ledger.commit(report, [step]);
    if (step.after.state === 'COLLECTED' && step.body !== null) onStoring?.(report, step.after, step.body);
    const [committed] = await storing;
    return committed;
  }

  async function collect({ id, type }: CollectionKey, signal: AbortSignal): Promise<number | null> {
    try {
      const report = await ledger.read(id);
      const entry = entryOf(report?.entries ?? [], id, type);
      if (!report || entry.state !== 'LINKED') return null;
      const { outcome, cookies } = await poll(entry, signal);
      if (outcome.kind === 'fault' || outcome.kind === 'refused') {
        // Aborted by shutdown, so not an upstream failure.
        if (signal.aborted) return null;
        const faults = entry.faults + 1;
        log[faults <= FAULTS_LOGGED ? 'info' : 'debug'](
          { reportId: id, type, faults, code: outcome.failure.code },
          'a poll failed',
        );
      }
      const { jobTitle } = report.request.answers;
      // By a clock that is ahead, all that is pending would be given up at once.
      const giveUpMs = clock?.inDoubt() ? Infinity : settings.giveUpMs;
      const after = { ...settings, reportTtlMs: reportTtlMs(), giveUpMs };
      return await store(report, afterPoll({ ...entry, cookies }, outcome, jobTitle, Date.now(), after));
    } catch (error) {
      if (signal.aborted) return null;
      // The ledger is unavailable. The link is stored in it, so nothing is lost by polling again later.
      log.error({ err: error, reportId: id, type }, 'polling failed because the ledger is unavailable; will retry');
      return withJitter(backoff(Infinity));
    }
  }

  return (key, signal) => inLogScope({ reportId: key.id, type: key.type }, () => collect(key, signal));
}
