import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { startReconciling } from '../../src/datasources/reports/reconcile/reconcile.js';
import type { Round } from '../../src/datasources/reports/reconcile/round.js';
import type { Look, PurchaseRecord, SentPurchases } from '../../src/datasources/reports/sent-purchases.js';
import { eventually } from '../fixtures/eventually.js';

const HOUR = 3_600_000;
const never = (): Promise<never> => new Promise(() => undefined);

/** In the order of their ids. */
function doubts(count: number, lookAt = 0): PurchaseRecord[] {
  return Array.from({ length: count }, (_, number) => ({
    purchaseId: String(number).padStart(6, '0'),
    type: 'PAY',
    reportId: 'r',
    sentAt: Date.now() - 30_000,
    request: '{}',
    charge: null,
    outcome: 'uncertain',
    upstreamReportId: null,
    lookAt,
    evidence: null,
  }));
}

/** Looks for these until the function that it returns is called. */
function looking(
  kept: readonly PurchaseRecord[],
  { round = never, ...more }: Partial<SentPurchases> & { readonly round?: Round } = {},
) {
  const seen = { asked: [] as string[], rounds: [] as string[][], looks: [] as Look[], told: [] as string[] };
  const logged: string[] = [];
  const purchases: Pick<SentPurchases, 'nextLook' | 'readsLog' | 'sought' | 'looked'> = {
    async nextLook() {
      seen.asked.push('nextLook');
      return kept[0]?.lookAt ?? null;
    },
    async readsLog() {
      seen.asked.push('readsLog');
      return true;
    },
    async sought(after, most) {
      seen.asked.push('sought');
      return kept.filter(({ purchaseId }) => !after || purchaseId > after.purchaseId).slice(0, most);
    },
    looked: async (some) => void seen.looks.push(...some),
    ...more,
  };
  const stop = startReconciling({
    ledger: { purchases: purchases as SentPurchases },
    round(sought, signal) {
      seen.rounds.push(sought.map(({ purchaseId }) => purchaseId));
      return round(sought, signal);
    },
    observer: { logRead: (outcome) => void seen.told.push(outcome) },
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
  });
  return { ...seen, logged, stop };
}

/** A round that ends as soon as it is ended. */
const untilStopped: Round = (_sought, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('looking for uncertain purchases', () => {
  it('asks for nothing but the time of the first, until that has come', async () => {
    const { asked, stop } = looking(doubts(1, Date.now() + HOUR));
    await eventually(() => expect(asked).not.toEqual([]));
    await stop();
    expect(asked).toEqual(['nextLook']);
  });

  it('serves all of them by one read, however many pages they are', async () => {
    const kept = doubts(1_100);
    const { rounds, stop } = looking(kept, { round: async () => undefined });
    await eventually(() => expect(rounds).not.toEqual([]));
    await stop();
    expect(rounds[0]).toEqual(kept.map(({ purchaseId }) => purchaseId));
  });

  it('takes a read for every ten thousand, of which one is due', async () => {
    const kept = doubts(20_500).map((record, at) => ({
      ...record,
      lookAt: at > 10_000 && at < 20_000 ? HOUR * 1e6 : 0,
    }));
    const { rounds, told, stop } = looking(kept, { round: async () => undefined });
    await eventually(() => expect(told.length).toBeGreaterThanOrEqual(3));
    await stop();
    expect(rounds.slice(0, 3).map((ids) => [ids.at(0), ids.length])).toEqual([
      ['000000', 10_000],
      ['010000', 10_000],
      ['020000', 500],
    ]);
  });

  it('does not read the log for ten thousand of which none is due', async () => {
    const kept = doubts(10_500).map((record, at) => ({ ...record, lookAt: at > 0 && at < 10_000 ? 0 : HOUR * 1e6 }));
    const { asked, rounds, stop } = looking(kept, { nextLook: async () => 0, round: async () => undefined });
    // After 20 full pages come one more and an empty one.
    await eventually(() => expect(asked.filter((what) => what === 'sought').length).toBeGreaterThanOrEqual(22));
    await stop();
    expect(new Set(rounds.map(([first]) => first))).toEqual(new Set(['000000']));
  });

  it('keeps what was seen before of what it puts off', async () => {
    const evidence = { readAt: 1, newestAt: null, accepted: 2, inLog: 1, candidates: [] };
    const kept = doubts(1).map((record) => ({ ...record, evidence }));
    const { looks, stop } = looking(kept, { round: () => Promise.reject(new Error('It is HTML.')) });
    await eventually(() => expect(looks).not.toEqual([]));
    await stop();
    expect(looks[0]).toMatchObject({ purchaseId: '000000', type: 'PAY', evidence });
  });

  it('says that the ledger cannot be asked, and does not end by it', async () => {
    const { logged, stop } = looking([], { nextLook: () => Promise.reject(new Error('The ledger is away.')) });
    await eventually(() => expect(logged).toMatchObject([expect.stringMatching(/"level":40.*will retry/)]));
    await expect(stop()).resolves.toBeUndefined();
  });

  it('that is ended while the log is read puts nothing off, and calls it no failure', async () => {
    const { rounds, looks, told, logged, stop } = looking(doubts(1), { round: untilStopped });
    await eventually(() => expect(rounds).toHaveLength(1));
    await stop();
    expect([looks, told, logged]).toEqual([[], [], []]);
  });

  it('that is ended while the ledger is asked has ended once that has answered, and says nothing of its failure', async () => {
    const { promise, reject } = Promise.withResolvers<number | null>();
    let asked = 0;
    const nextLook = (): Promise<number | null> => {
      asked += 1;
      return promise;
    };
    const { logged, stop } = looking([], { nextLook });
    await eventually(() => expect(asked).toBe(1));
    let hasEnded = false;
    const ended = stop().then(() => (hasEnded = true));
    await new Promise(setImmediate);
    expect(hasEnded).toBe(false);
    reject(new Error('The ledger is closed.'));
    await ended;
    expect(logged).toEqual([]);
  });
});
