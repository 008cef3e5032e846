import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import type { Lookups } from '../../src/datasources/jobalyzer/lookups.js';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { createReports } from '../../src/datasources/reports/service.js';
import { createTrustedClock } from '../../src/lib/trusted-clock.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { BUYER } from '../fixtures/buyer.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';
import { UNCHECKED_PURCHASE } from '../fixtures/unchecked-purchase.js';

const HOUR = 3_600_000;
const SENDING: State = { state: 'SENDING', purchaseId: 'p', response: '{}', doubt: null };
const failure = { code: 'REPORT_FAILED', message: 'No.', details: { issues: [] } } as const;

describe('what is unfinished when a process starts', () => {
  it('is resumed', async () => {
    const { reports, scheduled, logged } = starting({ a: LINKED, b: LINKED });
    await reports.start();
    expect(scheduled).toEqual(['a PAY', 'b PAY']);
    expect(logged).toMatchObject([{ reports: 2, level: 30 }]);
  });

  it('is nothing after a process that has finished everything', async () => {
    const { reports, logged } = starting({});
    await reports.start();
    expect(logged).toEqual([]);
  });

  it('does not keep the others if something is odd about one report, which is logged', async () => {
    const { reports, scheduled, logged } = starting({ a: SENDING, b: LINKED }, new TypeError('A mistake.'));
    await reports.start();
    expect(scheduled).toEqual(['b PAY']);
    expect(logged).toMatchObject([{ reportId: 'a', level: 50, err: { message: 'A mistake.' } }, { reports: 2 }]);
  });
});

describe('a report that failed', () => {
  const followed = { link: LINKED.link, warnings: [] };

  it('is polled again for whoever asks for it, and not bought', async () => {
    const failed: State = { state: 'FAILED', failure, attempt: 1, expiresAt: Date.now() + HOUR, followed };
    const { reports, scheduled, memory } = starting({ a: failed });
    const request = { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') };
    expect((await reports.service.ensure({ id: 'a', request }, ['PAY'], BUYER)).bought).toEqual([]);
    expect(scheduled).toEqual(['a PAY']);
    expect(memory.steps).toEqual(['PAY LINKED']);
  });
});

/** The reports of a process that finds these entries; what is stored of a response is read with this error. */
function starting(found: Readonly<Record<string, State>>, unreadable?: Error) {
  const memory = createMemoryLedger();
  const request = { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') };
  for (const [id, state] of Object.entries(found)) {
    const entry: Entry = entryAt(4, state, { reportId: id });
    memory.put({ id, request }, entry);
  }
  const scheduled: string[] = [];
  const logged: object[] = [];
  const ledger: Partial<Ledger> = {
    ...memory.ledger,
    unusualRequests: async () => [],
    trust: async () => undefined,
    prune: async () => undefined,
  };
  const reports = createReports({
    backend: {
      ledger: ledger as Ledger,
      queue: {
        start: () => undefined,
        schedule: ({ id, type }) => void scheduled.push(`${id} ${type}`),
        close: () => Promise.resolve(),
      },
    },
    client: {
      readPurchase() {
        throw unreadable ?? new Error('Nothing is to be read.');
      },
    } as unknown as JobalyzerClient,
    lookups: {} as Lookups,
    check: UNCHECKED_PURCHASE,
    clock: createTrustedClock({ trustedAt: Date.now() }),
    settings: { absentAfterMs: null, reportTtlMs: HOUR, rejectedTtlMs: HOUR, giveUpMs: HOUR, refusedForMs: HOUR },
    log: pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as object) }),
  });
  onTestFinished(() => reports.close(0));
  return { reports, memory, scheduled, logged };
}
