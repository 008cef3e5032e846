import { absent, type Entry, type State } from '../../src/datasources/reports/ledger.js';
import type { ReportsRequest } from '../../src/model/report.js';
import type { Ledger, ReportRecord } from '../../src/datasources/reports/ports.js';
import { canonicalAnswers } from '../../src/model/answers.js';

const REQUEST: ReportsRequest = {
  autoResolveJobTitle: true,
  answers: canonicalAnswers({ jobTitle: 'Registered Nurse', country: 'United States' }, 'answers'),
};

/** An in-memory ledger for tests of following: it can be read and subscribed to, and announces what the test says. */
export interface FakeLedger {
  readonly ledger: Ledger;
  /** Number of reads so far. */
  readonly reads: number;
  /** Number of open subscriptions. */
  readonly subscriptions: number;
  /** Replaces the stored entries without notifying subscribers. */
  store(...entries: Entry[]): void;
  /** Notifies subscribers, as a commit does once it is stored. */
  announce(...entries: Entry[]): void;
  /** Makes reads, or subscriptions, wait from now on until they are released. */
  hold(call: 'read' | 'subscribe'): { release(): void };
  /** Makes reads, or subscriptions, fail from now on; null makes them succeed again. */
  fail(call: 'read' | 'subscribe', error: Error | null): void;
}

export function createFakeLedger(): FakeLedger {
  const records = new Map<string, ReportRecord>();
  const listeners = new Map<string, Set<(entry: Entry) => void>>();
  const gates = { read: Promise.resolve(), subscribe: Promise.resolve() };
  const failures: Record<'read' | 'subscribe', Error | null> = { read: null, subscribe: null };
  let reads = 0;

  async function pass(call: 'read' | 'subscribe'): Promise<void> {
    await gates[call];
    const failure = failures[call];
    if (failure) throw failure;
  }

  const ledger: Pick<Ledger, 'read' | 'subscribe'> = {
    async read(id) {
      reads += 1;
      await pass('read');
      return records.get(id) ?? null;
    },
    async subscribe(id, listener) {
      await pass('subscribe');
      const own = (entry: Entry): void => listener(entry);
      const all = listeners.get(id) ?? new Set();
      listeners.set(id, all.add(own));
      return () => void all.delete(own);
    },
  };

  return {
    ledger: ledger as Ledger,
    get reads() {
      return reads;
    },
    get subscriptions() {
      return [...listeners.values()].reduce((sum, { size }) => sum + size, 0);
    },
    store(...entries) {
      for (const entry of entries) {
        const others = records.get(entry.reportId)?.entries.filter(({ type }) => type !== entry.type) ?? [];
        records.set(entry.reportId, { id: entry.reportId, request: REQUEST, entries: [...others, entry] });
      }
    },
    announce(...entries) {
      for (const entry of entries) for (const tell of [...(listeners.get(entry.reportId) ?? [])]) tell(entry);
    },
    hold(call) {
      const { promise, resolve } = Promise.withResolvers<void>();
      gates[call] = promise;
      return { release: resolve };
    },
    fail(call, error) {
      failures[call] = error;
    },
  };
}

/** An entry after `version` transitions. */
export function entryAt(version: number, state: State, given: Partial<Pick<Entry, 'reportId' | 'type'>> = {}): Entry {
  return { ...absent(given.reportId ?? 'r', given.type ?? 'PAY'), version, at: version, ...state };
}
