import { Counter, type Registry } from 'prom-client';
import type { Committed, Ledger } from '../datasources/reports/ports.js';
import type { Transition } from '../datasources/reports/transition.js';
import { tallyDurations } from './duration-tally.js';
import { tally } from './tally.js';

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
/** Those that operations and polls wait for. */
const TIMED = ['read', 'commit', 'commitAs', 'body', 'usage', 'ping'] as const;

/**
 * Watches the ledger, where everything that happens to a report is written before anybody is told: what became of
 * purchases is counted from the transitions that were stored, and from no other place.
 */
export function observeLedger(ledger: Ledger, registry: Registry): Ledger {
  const registers = [registry];
  const countDuration = tallyDurations<'operation' | 'outcome'>({
    name: 'ledger_operation_duration_seconds',
    help: 'How long the ledger took, with waiting for its turn.',
    buckets: SECONDS,
    registry,
  });
  const countPurchase = tally({
    name: 'report_purchases_total',
    help: 'Reports by what their purchase came to: claimed, then linked (bought), rejected, uncertain (perhaps bought) or given_up; what was uncertain is found in the usage log, or absent there; not_accepted is tried again; refused for its budget or because buying is stopped.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const countCollection = tally({
    name: 'report_collections_total',
    help: 'Reports by what collecting them came to: collected, failed or reopened.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const saved = new Counter({
    name: 'reports_saved_total',
    help: 'Reports served without a purchase: from the ledger, or by joining a purchase.',
    registers,
  });

  function timed<K extends (typeof TIMED)[number]>(operation: K): Ledger[K] {
    const work = ledger[operation] as (...args: unknown[]) => Promise<unknown>;
    const ended = (outcome: 'ok' | 'failed'): ((since: number) => void) => {
      const [key, labels] = [`${operation} ${outcome}`, { operation, outcome }];
      return (since) => countDuration(key, labels, (performance.now() - since) / 1_000);
    };
    const [ok, failed] = [ended('ok'), ended('failed')];
    return (async (...args: unknown[]) => {
      const startedAt = performance.now();
      try {
        const result = await work.apply(ledger, args);
        ok(startedAt);
        return result;
      } catch (error) {
        failed(startedAt);
        throw error;
      }
    }) as Ledger[K];
  }

  function count(step: Transition, { won, refused }: Committed): void {
    const { type } = step.after;
    const outcome = refused ? `refused_${refused.reason}` : won ? purchaseOutcome(step) : null;
    if (outcome) countPurchase(`${type} ${outcome}`, { type, outcome });
    const collected = won ? collectionOutcome(step) : null;
    if (collected) countCollection(`${type} ${collected}`, { type, outcome: collected });
  }

  function countAll(steps: readonly Transition[], committed: readonly Committed[]): void {
    committed.forEach((each, index) => {
      const step = steps[index];
      if (step) count(step, each);
    });
  }

  const commit = timed('commit');
  const commitAs = timed('commitAs');
  return {
    ...ledger,
    read: timed('read'),
    body: timed('body'),
    usage: timed('usage'),
    ping: timed('ping'),
    async commit(report, transitions) {
      const committed = await commit(report, transitions);
      countAll(transitions, committed);
      return committed;
    },
    async commitAs(report, claims, alias) {
      const outcome = await commitAs(report, claims, alias);
      countAll(claims, outcome.committed);
      return outcome;
    },
    countSaved(reports) {
      saved.inc(reports);
      ledger.countSaved(reports);
    },
  };
}

function purchaseOutcome({ before, after, charge, journal, purchase }: Transition): string | null {
  if (charge) return 'claimed';
  if (purchase?.kind === 'came-to' && purchase.outcome === 'absent') return 'absent';
  if (purchase?.kind === 'came-to' && purchase.outcome === 'found')
    return journal.includes('RECOVERED') || journal.includes('RESOLVED') ? 'found' : null;
  if (before.state === 'SENDING' && after.state === 'INTENT') return 'not_accepted';
  if (journal.includes('UNCERTAIN')) return 'uncertain';
  if (after.state === 'REJECTED') return 'rejected';
  if (after.state === 'LINKED' && before.state !== 'LINKED' && before.state !== 'FAILED') return 'linked';
  return before.state === 'INTENT' && after.state !== 'SENDING' ? 'given_up' : null;
}

function collectionOutcome({ before, after, journal }: Transition): string | null {
  if (journal.includes('COLLECTED')) return 'collected';
  if (after.state === 'FAILED') return 'failed';
  return before.state === 'FAILED' && after.state === 'LINKED' ? 'reopened' : null;
}
