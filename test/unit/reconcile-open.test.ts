import pino from 'pino';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { JobalyzerClient } from '../../src/datasources/jobalyzer/client.js';
import { requestKeyOf } from '../../src/datasources/jobalyzer/usage-log/request-key.js';
import type { LoggedReport, UsageLog } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Backend } from '../../src/datasources/reports/ports.js';
import { openReconciliation } from '../../src/datasources/reports/reconcile/open.js';
import { storeUnavailable } from '../../src/errors.js';
import type { ReportKey } from '../../src/model/report.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { bring, CLAIM, current, FAILURE, newReport } from '../contract/steps.js';
import { eventually } from '../fixtures/eventually.js';
import { testDirectory } from '../fixtures/test-directory.js';

const MINUTE = 60_000;
const NOW = Date.now();
const BODY = JSON.stringify({ Report: { BasePayReport: { Percentile50: 50_000 }, ReportRating: 0.5 } });
/** Whose they are is said by neither the purchases nor the log. */
const requestOf = (title: string): string => JSON.stringify({ answers: { JobTitle: title } });

let backend: Backend;
let rows: LoggedReport[];

beforeEach(async () => {
  backend = openEmbeddedBackend(await testDirectory(), 'ledger');
  rows = [];
  onTestFinished(() => backend.ledger.close());
});

async function purchase(title: string, minutesAgo: number, then: readonly LedgerEvent[]): Promise<ReportKey> {
  const report = newReport();
  const send: LedgerEvent = { kind: 'send', purchaseId: title, request: requestOf(title) };
  await bring(backend.ledger, report, [CLAIM, send, ...then], { at: NOW - minutesAgo * MINUTE });
  return report;
}

const lose = (purchaseId: string): LedgerEvent[] => [{ kind: 'lose', purchaseId, failure: FAILURE }];

function logged(title: string, minutesAgo: number): void {
  const recordedAt = new Date(NOW - minutesAgo * MINUTE + 2_000);
  const known = { type: 'PAY', successful: true, clientId: null, rating: null } as const;
  const requestKey = requestKeyOf(requestOf(title), 'the customer');
  rows.push({ ...known, upstreamReportId: `id of ${title}`, recordedAt, requestKey, response: BODY });
}

/** As a server does it, with a clock that is ten minutes behind. */
function open(absentAfterMs: number | null, ledger = backend.ledger) {
  const told: string[] = [];
  const usageLog: UsageLog = {
    async read(_query, each) {
      rows.forEach(each);
      return { readAt: new Date() };
    },
  };
  const client = { usageLog, customerId: 'the customer', clientId: 'the client', followable: (link: string) => link };
  const close = openReconciliation({
    ledger,
    client: client as unknown as JobalyzerClient,
    queue: backend.queue,
    watcher: { watches: () => false, notice: () => undefined } as never,
    clock: { behindMs: () => 10 * MINUTE },
    settings: { absentAfterMs, reportTtlMs: 60 * MINUTE },
    observer: { logRead: (outcome) => void told.push(outcome) },
    log: pino({ level: 'silent' }),
  });
  return { told, close };
}

describe('what is uncertain', () => {
  it('is looked for in the log of this customer, and what is found is kept as long as any report', async () => {
    const report = await purchase('a', 1, lose('a'));
    logged('a', 1);
    const { told, close } = open(null);
    await eventually(() => expect(told).toEqual(['ok']));
    await close();
    const { expiresAt } = (await current(backend.ledger, report)) as { expiresAt?: number };
    expect(expiresAt).toBeGreaterThanOrEqual(NOW + 70 * MINUTE);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 70 * MINUTE);
  });

  it.each([
    [null, 'UNCERTAIN'],
    [60 * MINUTE, 'ABSENT'],
  ])('and is not there counts as absent after %s ms: it is %s', async (absentAfterMs, state) => {
    const report = await purchase('a', 70, lose('a'));
    const accepted: LedgerEvent[] = [
      { kind: 'response', purchaseId: 'b', body: '{}' },
      { kind: 'link', purchaseId: 'b', link: '/jobalyzer/b', warnings: [] },
    ];
    await purchase('b', 60, accepted);
    logged('b', 60);
    const { told, close } = open(absentAfterMs);
    await eventually(() => expect(told).toEqual(['ok']));
    await close();
    expect((await current(backend.ledger, report)).state).toBe(state);
  });

  it('is left as it is at the end, even if it cannot be stored what was found', async () => {
    const report = await purchase('a', 1, lose('a'));
    logged('a', 1);
    let attempts = 0;
    const commit = (): Promise<never> => {
      attempts += 1;
      return Promise.reject(storeUnavailable(new Error('The disk is full.')));
    };
    const { told, close } = open(null, { ...backend.ledger, commit });
    await eventually(() => expect(attempts).toBeGreaterThan(0));
    await close();
    expect(told).toEqual([]);
    expect((await current(backend.ledger, report)).state).toBe('UNCERTAIN');
  });
});
