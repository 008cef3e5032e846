import pino from 'pino';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { requestKeyOf } from '../../src/datasources/jobalyzer/usage-log/request-key.js';
import {
  UsageLogUnreadable,
  type LoggedReport,
  type UsageLog,
} from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import { encodeReportsRequest } from '../../src/datasources/jobalyzer/encode.js';
import { createCommit } from '../../src/datasources/reports/commit.js';
import { identifyReport } from '../../src/datasources/reports/identify.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { startReconciling } from '../../src/datasources/reports/reconcile/reconcile.js';
import { createRound, type Round } from '../../src/datasources/reports/reconcile/round.js';
import { createSettle } from '../../src/datasources/reports/reconcile/settle.js';
import type { PurchaseRecord } from '../../src/datasources/reports/sent-purchases.js';
import type { ReportKey } from '../../src/model/report.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { bring, CLAIM, current, FAILURE, newReport, RESUBMIT } from '../contract/steps.js';
import { eventually } from '../fixtures/eventually.js';
import { testDirectory } from '../fixtures/test-directory.js';

const CUSTOMER = 'c';
const NOW = Date.now();
const MINUTE = 60_000;
const BODY = JSON.stringify({ Report: { BasePayReport: { Percentile50: 50_000 }, ReportRating: 0.5 } });
const log = pino({ level: 'silent' });
const signal = new AbortController().signal;

let ledger: Ledger;
let rows: LoggedReport[];
let scheduled: string[];
let noticed: string[];
let reads: number;
let fault: Error | null;

beforeEach(async () => {
  const backend = openEmbeddedBackend(await testDirectory(), 'ledger');
  onTestFinished(() => backend.ledger.close());
  [ledger, rows, scheduled, noticed, reads, fault] = [backend.ledger, [], [], [], 0, null];
});

const usageLog: UsageLog = {
  async read({ wanted }, each) {
    reads += 1;
    for (const row of rows) each(wanted?.has(row.requestKey ?? '') ? row : { ...row, response: null });
    if (fault) throw fault;
    return { readAt: new Date() };
  },
};

function round(absentAfterMs: number | null = null): Round {
  const settle = createSettle({
    ledger,
    client: { followable: (link) => link },
    commit: createCommit(ledger, signal, log),
    queue: { schedule: ({ id }) => void scheduled.push(id) },
    watcher: { notice: ({ state }) => void noticed.push(state) },
    expiresAt: () => Date.now() + 60 * MINUTE,
    log,
  });
  const customer = { customerId: CUSTOMER, clientId: CUSTOMER };
  return createRound({ ledger, usageLog, customer, settle, absentAfterMs });
}

const requestOf = (question: string): string =>
  JSON.stringify({ customerId: CUSTOMER, answers: { JobTitle: question } });

/** A purchase of this question that was sent so many minutes ago, and what came of it. */
async function purchase(
  id: string,
  question: string,
  minutesAgo: number,
  then: readonly LedgerEvent[],
  report = newReport(),
) {
  const send: LedgerEvent = { kind: 'send', purchaseId: id, request: requestOf(question) };
  const state = (await current(ledger, report)).state;
  await bring(ledger, report, [state === 'UNCERTAIN' ? RESUBMIT : CLAIM, send, ...then], {
    at: NOW - minutesAgo * MINUTE,
  });
  return report;
}

const lost = (id: string): LedgerEvent[] => [{ kind: 'lose', purchaseId: id, failure: FAILURE }];
const accepted = (id: string, link = `/jobalyzer/${id}`): LedgerEvent[] => [
  { kind: 'response', purchaseId: id, body: '{}' },
  { kind: 'link', purchaseId: id, link, warnings: [] },
];

function logged(
  upstreamReportId: string | null,
  question: string,
  minutesAgo: number,
  more: Partial<LoggedReport> = {},
): void {
  rows.push({
    upstreamReportId,
    recordedAt: new Date(NOW - minutesAgo * MINUTE + 2_000),
    type: 'PAY',
    successful: true,
    requestKey: requestKeyOf(requestOf(question), CUSTOMER),
    response: BODY,
    ...more,
  } as LoggedReport);
}

const sought = (): Promise<readonly PurchaseRecord[]> => ledger.purchases.sought(null, 100);
const look = async (absentAfterMs: number | null = null): Promise<void> => round(absentAfterMs)(await sought(), signal);
const stateOf = async (report: ReportKey): Promise<string> => (await current(ledger, report)).state;
const recordOf = async (id: string) => (await ledger.purchases.withIds([id]))[0];

describe('a read of the usage log', () => {
  it('resolves every purchase that it has, whenever each is due, and keeps their REPORTIDs', async () => {
    const [one, two] = [await purchase('p1', 'a', 30, lost('p1')), await purchase('p2', 'b', 2, lost('p2'))];
    logged('R1', 'a', 30);
    logged('R2', 'b', 2);
    logged('R3', 'c', 2);
    await look();
    expect([await stateOf(one), await stateOf(two)]).toEqual(['COLLECTED', 'COLLECTED']);
    expect(await recordOf('p1')).toMatchObject({ upstreamReportId: 'R1', outcome: 'found', lookAt: null });
    expect(await recordOf('p2')).toMatchObject({ upstreamReportId: 'R2' });
    expect(reads).toBe(1);
    expect(await sought()).toEqual([]);
  });

  it('does not give a row to a doubt that may be that of another purchase of ours', async () => {
    const report = await purchase('p1', 'a', 10, lost('p1'));
    await purchase('p2', 'a', 8, accepted('p2'), report);
    logged('R2', 'a', 8);
    await look();
    expect(await recordOf('p1')).toMatchObject({
      upstreamReportId: null,
      evidence: { accepted: 1, inLog: 0, candidates: [{ upstreamReportId: 'R2' }] },
    });
    logged('R1', 'a', 10);
    await look();
    expect(await recordOf('p1')).toMatchObject({ upstreamReportId: 'R1', outcome: 'uncertain' });
    expect(await recordOf('p2')).toMatchObject({ upstreamReportId: 'R2', outcome: 'accepted' });
    expect(await current(ledger, report)).toMatchObject({ state: 'LINKED', link: '/jobalyzer/p2' });
    await bring(ledger, report, [{ kind: 'collect', body: BODY, rating: 1, expiresAt: NOW + 60 * MINUTE }]);
    await look();
    expect(await recordOf('p1')).toMatchObject({ outcome: 'found', lookAt: null });
    expect(await current(ledger, report)).not.toMatchObject({ doubt: { purchaseId: 'p1' } });
  });

  it.each<[string, Partial<LoggedReport>]>([
    ['is of another question', { requestKey: requestKeyOf(requestOf('other'), CUSTOMER) }],
    ['is of the other type', { type: 'YOE' }],
    ['has no report that could be read', { response: '<html>' }],
    [
      'has the report of the other type',
      { response: JSON.stringify({ Report: { Ranges: [{ Name: 'x', Average: 1 }] } }) },
    ],
    ['has no REPORTID', { upstreamReportId: null }],
    ['was recorded long before', { recordedAt: new Date(NOW - 30 * MINUTE) }],
    ['was recorded long after', { recordedAt: new Date(NOW + 30 * MINUTE) }],
  ])('changes nothing by a row that %s', async (_, more) => {
    const report = await purchase('p1', 'a', 5, lost('p1'));
    const before = await current(ledger, report);
    logged('R1', 'a', 5, more);
    await look();
    expect(await current(ledger, report)).toEqual(before);
    expect((await recordOf('p1'))?.lookAt).toBeGreaterThan(Date.now());
  });

  it('makes a link as those of two others are made, and takes the report from the log once that link has failed', async () => {
    await purchase('p1', 'a', 20, accepted('p1', '/jobalyzer/pay/R1'));
    await purchase('p2', 'b', 20, accepted('p2', '/jobalyzer/pay/R2'));
    const report = await purchase('p3', 'c', 20, lost('p3'));
    for (const [id, question] of [
      ['R1', 'a'],
      ['R2', 'b'],
      ['R3', 'c'],
    ] as const)
      logged(id, question, 20);
    await look();
    expect(await current(ledger, report)).toMatchObject({ state: 'LINKED', link: '/jobalyzer/pay/R3', fromLog: 'p3' });
    expect(scheduled).toEqual([report.id]);
    await look();
    expect(await stateOf(report)).toBe('LINKED');
    await bring(ledger, report, [{ kind: 'end', failure: FAILURE, expiresAt: NOW + MINUTE }]);
    expect(await sought()).toHaveLength(1);
    await look();
    expect(await stateOf(report)).toBe('COLLECTED');
    expect(await sought()).toEqual([]);
  });

  it('reads the log again once a link that it has made should have brought the report, also after a day', async () => {
    await purchase('p1', 'a', 25 * 60, accepted('p1', '/jobalyzer/pay/R1'));
    await purchase('p2', 'b', 25 * 60, accepted('p2', '/jobalyzer/pay/R2'));
    await purchase('p3', 'c', 25 * 60, lost('p3'));
    logged('R1', 'a', 25 * 60);
    logged('R2', 'b', 25 * 60);
    logged('R3', 'c', 25 * 60);
    for (let reads = 0; reads < 2; reads++) {
      await look();
      const { lookAt } = (await recordOf('p3')) ?? {};
      expect(lookAt).toBeGreaterThan(Date.now() + MINUTE);
      expect(lookAt).toBeLessThanOrEqual(Date.now() + 2 * MINUTE);
    }
  });

  it('makes no link where the REPORTIDs of others are in no link, or in one only', async () => {
    await purchase('p1', 'a', 20, accepted('p1', '/jobalyzer/pay/R1'));
    await purchase('p2', 'b', 20, accepted('p2', '/jobalyzer/pay/x'));
    const report = await purchase('p3', 'c', 20, lost('p3'));
    for (const [id, question] of [
      ['R1', 'a'],
      ['R2', 'b'],
      ['R3', 'c'],
    ] as const)
      logged(id, question, 20);
    await look();
    expect(await stateOf(report)).toBe('COLLECTED');
  });

  it('stops a repeat that has not been sent', async () => {
    const report = await purchase('p1', 'a', 5, lost('p1'));
    await bring(ledger, report, [RESUBMIT]);
    const before = await ledger.charged(RESUBMIT.charge);
    logged('R1', 'a', 5);
    const told: string[] = [];
    const leave = await ledger.subscribe(report.id, ({ state }) => void told.push(state));
    await look();
    expect(await stateOf(report)).toBe('COLLECTED');
    // Whoever waits for the repeat.
    await eventually(() => expect([told, noticed]).toEqual([['COLLECTED'], ['COLLECTED']]));
    leave();
    expect(await ledger.charged(RESUBMIT.charge)).toBe(before - 1);
  });

  it('looks further for one that upstream did not make, and delivers it if that is made after all', async () => {
    const report = await purchase('p1', 'a', 5, lost('p1'));
    logged('R1', 'a', 5, { successful: false });
    await look();
    expect(await stateOf(report)).toBe('FAILED');
    await look();
    expect(await sought()).toHaveLength(1);
    rows = [];
    logged('R1', 'a', 5);
    await look();
    expect(await current(ledger, report)).toMatchObject({ state: 'COLLECTED', charge: { client: 'anonymous' } });
    expect(await sought()).toEqual([]);
  });

  it('learns nothing of purchases so far away that others may have to do with them', async () => {
    await purchase('p1', 'a', 50, lost('p1'));
    await purchase('p2', 'b', 25, accepted('p2'));
    await purchase('p3', 'c', 10, accepted('p3'));
    logged('R2', 'b', 25);
    logged('R3', 'c', 10);
    await look();
    expect(await recordOf('p2')).toMatchObject({ upstreamReportId: 'R2' });
    expect(await recordOf('p3')).toMatchObject({ upstreamReportId: null });
  });

  it.each<[string, LedgerEvent[], LedgerEvent[]]>([
    ['is refused', [], [{ kind: 'reject', purchaseId: 'p2', failure: FAILURE, expiresAt: NOW + 60 * MINUTE }]],
    ['is lost as well', [], lost('p2')],
    ['brings no report', accepted('p2'), [{ kind: 'end', failure: FAILURE, expiresAt: NOW + 60 * MINUTE }]],
  ])('keeps what it has found for the case that a repeat, which is on its way, %s', async (_, sent, then) => {
    const report = await purchase('p1', 'a', 20, lost('p1'));
    await purchase('p2', 'a', 2, sent, report);
    const before = await current(ledger, report);
    logged('R1', 'a', 20);
    await look();
    expect(await current(ledger, report)).toEqual(before);
    await bring(ledger, report, then);
    await look();
    expect(await current(ledger, report)).toMatchObject({ state: 'COLLECTED', fromLog: 'p1' });
  });

  it('decides nothing if it is not whole', async () => {
    const report = await purchase('p1', 'a', 5, lost('p1'));
    logged('R1', 'a', 5);
    fault = new UsageLogUnreadable('It is cut off.');
    const before = await recordOf('p1');
    await expect(look(1)).rejects.toThrow('cut off');
    expect(await recordOf('p1')).toEqual(before);
    expect(await stateOf(report)).toBe('UNCERTAIN');
  });
});

describe('a purchase that the usage log does not have', () => {
  it('is given back if it is set so, and others of its time are there', async () => {
    const report = await purchase('p1', 'a', 70, lost('p1'));
    await purchase('p2', 'b', 60, accepted('p2'));
    logged('R2', 'b', 60);
    await look();
    expect(await stateOf(report)).toBe('UNCERTAIN');
    await look(71 * MINUTE);
    expect(await stateOf(report)).toBe('UNCERTAIN');
    const charged = await ledger.charged(CLAIM.charge);
    await look(60 * MINUTE);
    expect(await stateOf(report)).toBe('ABSENT');
    expect(await ledger.charged(CLAIM.charge)).toBe(charged - 1);
    expect(await recordOf('p1')).toMatchObject({ outcome: 'absent', request: requestOf('a') });
    logged('R1', 'a', 70);
    await look(60 * MINUTE);
    const found = await current(ledger, report);
    expect(found.state).toBe('COLLECTED');
    // It was given back.
    expect(found).not.toHaveProperty('charge');
  });

  it('is delivered if it is found after its report has been forgotten', async () => {
    const report = identifyReport({ jobTitle: 'Clerk', country: 'United States' }, true, 'answers');
    const request = JSON.stringify(encodeReportsRequest(report.request, ['PAY'], CUSTOMER));
    const send: LedgerEvent = { kind: 'send', purchaseId: 'p1', request };
    const absent: LedgerEvent = { kind: 'absent', purchaseId: 'p1', failure: FAILURE };
    await bring(ledger, report, [CLAIM, send, ...lost('p1'), absent], { at: NOW - 20 * MINUTE });
    await ledger.prune(0, NOW);
    expect(await ledger.read(report.id)).toBeNull();
    logged('R1', '', 20, { requestKey: requestKeyOf(request, CUSTOMER) });
    await look();
    expect(await ledger.read(report.id)).toMatchObject({ request: report.request, entries: [{ state: 'COLLECTED' }] });
    const counted = await ledger.usage(0, Date.now());
    expect(counted).toMatchObject({ submitted: 1, collected: 1, recovered: 1, failed: 0, uncertain: 0 });
  });

  it('stays if one that was accepted is not there either', async () => {
    const report = await purchase('p1', 'a', 70, lost('p1'));
    await purchase('p2', 'b', 60, accepted('p2'));
    await purchase('p3', 'c', 65, accepted('p3'));
    logged('R2', 'b', 60);
    await look(60 * MINUTE);
    expect(await stateOf(report)).toBe('UNCERTAIN');
    expect((await recordOf('p1'))?.evidence).toMatchObject({ accepted: 2, inLog: 1 });
  });
});

describe('looking for what is uncertain', () => {
  it('begins when the first is due, in the process that reads the log, and serves the others too', async () => {
    const [one, two] = [await purchase('p1', 'a', 1, lost('p1')), await purchase('p2', 'b', 0, lost('p2'))];
    logged('R1', 'a', 1);
    logged('R2', 'b', 0);
    const outcomes: string[] = [];
    const stop = startReconciling({
      ledger,
      round: round(),
      observer: { logRead: (each) => void outcomes.push(each) },
      log,
    });
    await eventually(async () => expect([await stateOf(one), await stateOf(two)]).toEqual(['COLLECTED', 'COLLECTED']));
    await stop();
    expect(outcomes).toEqual(['ok']);
  });

  it('does not begin where another process reads the log, or nothing is due', async () => {
    await purchase('p1', 'a', 1, lost('p1'));
    let asked = 0;
    const readsLog = async (): Promise<boolean> => {
      asked += 1;
      return false;
    };
    const stop = startReconciling({ ledger: { purchases: { ...ledger.purchases, readsLog } }, round: round(), log });
    await eventually(() => expect(asked).toBeGreaterThan(0));
    await stop();
    expect(reads).toBe(0);
  });

  it('is put off if the log cannot be read, after a day too, and is not given up', async () => {
    await purchase('p1', 'a', 1, lost('p1'));
    await purchase('p2', 'b', 25 * 60, lost('p2'));
    fault = new UsageLogUnreadable('It is HTML.');
    const outcomes: string[] = [];
    const stop = startReconciling({
      ledger,
      round: round(),
      observer: { logRead: (each) => void outcomes.push(each) },
      log,
    });
    await eventually(() => expect(outcomes).toEqual(['failed']));
    await eventually(async () => expect((await recordOf('p2'))?.lookAt).toBeGreaterThan(Date.now()));
    await stop();
    expect((await recordOf('p1'))?.lookAt).toBeGreaterThan(Date.now());
    expect(await sought()).toHaveLength(2);
  });
});
