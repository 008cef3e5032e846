import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { LoggedReport } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import { createCommit } from '../../src/datasources/reports/commit.js';
import type { EntryIn } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { createSettle } from '../../src/datasources/reports/reconcile/settle.js';
import type { PurchaseRecord } from '../../src/datasources/reports/sent-purchases.js';
import type { ReportKey } from '../../src/model/report.js';
import { bring, CLAIM, current, FAILURE, newReport } from '../contract/steps.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';

const MINUTE = 60_000;
const EXPIRES_AT = Date.now() + 60 * MINUTE;
const silent = pino({ level: 'silent' });

/** A purchase whose outcome is unknown, and what settles it. */
async function doubt({ followable = (link: string): string | null => link } = {}) {
  const { ledger, bodies } = createMemoryLedger();
  const report = newReport('Clerk');
  await bring(ledger, report, [
    CLAIM,
    { kind: 'send', purchaseId: 'p', request: '{}' },
    { kind: 'lose', purchaseId: 'p', failure: FAILURE },
  ]);
  const seen = { noticed: [] as string[], scheduled: [] as [string, number][], logged: [] as string[] };
  const settle = createSettle({
    ledger,
    client: { followable },
    commit: createCommit(ledger, new AbortController().signal, silent),
    queue: { schedule: ({ type }, ms) => void seen.scheduled.push([type, ms]) },
    watcher: { notice: ({ state }) => void seen.noticed.push(state) },
    expiresAt: () => EXPIRES_AT,
    log: pino({}, { write: (line: string) => void seen.logged.push(line) }),
  });
  const record = { purchaseId: 'p', type: 'PAY', reportId: report.id, outcome: 'uncertain', charge: null };
  return { ...seen, bodies, ledger, report, settle, record: record as PurchaseRecord };
}

/** A row with a report that says that it is about this title. */
function rowAbout(title: string): LoggedReport {
  const body = { Report: { BasePayReport: { Percentile50: 1 } }, Context: { SubmittedJobTitle: title } };
  return { upstreamReportId: 'R1', successful: true, response: JSON.stringify(body) } as LoggedReport;
}

async function linked(ledger: Ledger, report: ReportKey): Promise<EntryIn<'LINKED'>> {
  return (await current(ledger, report)) as EntryIn<'LINKED'>;
}

const template = (id: string): string => `/pay/${id}`;

describe('a doubt that the usage log resolves', () => {
  it('is told to whoever waits, and logged', async () => {
    const { settle, record, noticed, scheduled, logged } = await doubt();
    await settle.found(record, rowAbout('Clerk'), null);
    expect([noticed, scheduled]).toEqual([['COLLECTED'], []]);
    expect(logged).toMatchObject([expect.stringMatching(/"purchaseId":"p","state":"COLLECTED".*a doubt was resolved/)]);
  });

  it('by a link has that polled at once, as long as it takes', async () => {
    const { settle, record, noticed, scheduled, ledger, report } = await doubt();
    const until = await settle.found(record, rowAbout('Clerk'), template);
    expect([noticed, scheduled]).toEqual([['LINKED'], [['PAY', 0]]]);
    const { reportId: _id, type: _type, version: _version, at, ...polled } = await linked(ledger, report);
    expect(until).toBe((polled.since ?? 0) + 2 * MINUTE);
    // What is stored while it is polled makes it no younger.
    await bring(ledger, report, [{ kind: 'set-aside', body: '{}', digest: 'd', polled }], { at: at + MINUTE });
    expect(await linked(ledger, report)).toMatchObject({ at: at + MINUTE, since: polled.since });
    expect(await settle.found(record, rowAbout('Clerk'), template)).toBe(until);
  });

  it('says so where the report is about another title', async () => {
    const { settle, record, ledger, report } = await doubt();
    await settle.found(record, rowAbout('Astronaut'), null);
    expect(await current(ledger, report)).toMatchObject({
      warnings: [{ code: 'OTHER_JOB_TITLE' }],
      expiresAt: EXPIRES_AT,
    });
  });

  it.each<[string, string | null]>([
    ['must not be followed', null],
    ['would be followed in another form', '/pay/r1'],
  ])('is not resolved by a link that %s', async (_, followed) => {
    const { settle, record, ledger, report, bodies } = await doubt({ followable: () => followed });
    await settle.found(record, rowAbout('Clerk'), template);
    expect((await current(ledger, report)).state).toBe('COLLECTED');
    expect(bodies).toEqual([rowAbout('Clerk').response]);
  });
});
