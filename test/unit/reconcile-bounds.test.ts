import { describe, expect, it } from 'vitest';
import { requestKeyOf } from '../../src/datasources/jobalyzer/usage-log/request-key.js';
import {
  UsageLogUnreadable,
  type LoggedReport,
  type UsageLog,
  type UsageLogQuery,
} from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import { purchasesAround, type Surroundings } from '../../src/datasources/reports/reconcile/around.js';
import { readRows } from '../../src/datasources/reports/reconcile/log-rows.js';
import { subjectOf } from '../../src/datasources/reports/reconcile/match.js';
import type { PurchaseRecord, SentPlace } from '../../src/datasources/reports/sent-purchases.js';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const signal = new AbortController().signal;
const requestOf = (question: string): string => JSON.stringify({ answers: { JobTitle: question } });
const keyOf = (question: string): string => requestKeyOf(requestOf(question), 'c') ?? '';

function record(purchaseId: string, question: string, minutesAfter: number): PurchaseRecord {
  return {
    ...{
      purchaseId,
      type: 'PAY',
      reportId: purchaseId,
      sentAt: NOW + minutesAfter * MINUTE,
      request: requestOf(question),
    },
    ...{ charge: null, outcome: 'accepted', upstreamReportId: null, lookAt: null, evidence: null },
  };
}

const OURS = { clientId: 'c', customerId: 'c' };
const DOUBT = record('doubt', 'a', 0);

function around(others: readonly PurchaseRecord[], most?: number, sought = [DOUBT]): Promise<Surroundings> {
  const all = [...sought, ...others].toSorted((a, b) => a.sentAt - b.sentAt);
  const between = async (from: number, until: number, after: SentPlace | null, atOnce: number) => {
    const first = after === null ? 0 : all.findIndex(({ purchaseId }) => purchaseId === after.purchaseId) + 1;
    return all
      .slice(first)
      .filter(({ sentAt }) => sentAt >= from && sentAt < until)
      .slice(0, atOnce);
  };
  return purchasesAround(
    sought,
    { records: { between }, customerId: 'c', ...(most !== undefined && { most }) },
    signal,
  );
}

const idsOf = ({ purchases }: Surroundings): string[] => purchases.map(({ purchaseId }) => purchaseId);

describe('the purchases around one that is looked for', () => {
  it('are all of nearly an hour, and for hours those that ask the same', async () => {
    const found = await around([
      record('near', 'b', 49),
      record('far', 'b', 52),
      record('same', 'a', 170),
      record('same, long after', 'a', 190),
      record('before', 'b', -49),
    ]);
    expect(idsOf(found)).toEqual(['before', 'doubt', 'near', 'same']);
    expect(found).toMatchObject({ isComplete: true, keys: new Set([keyOf('a')]) });
  });

  it('are so many at most, apart from those that ask the same; that they are not all is known', async () => {
    const others = Array.from({ length: 1_200 }, (_, number) => record(`p${number}`, 'b', number / 100));
    expect(idsOf(await around(others))).toHaveLength(1_201);
    const found = await around([...others, record('same', 'a', 20)], 1_000);
    expect(idsOf(found)).toHaveLength(1_002);
    expect(idsOf(found)).toContain('same');
    expect(found.isComplete).toBe(false);
  });

  it('are those that this server can read itself', async () => {
    const unreadable = { ...record('unreadable', 'b', 1), request: 'none' };
    expect(idsOf(await around([unreadable, record('near', 'b', 2)]))).toEqual(['doubt', 'near']);
  });

  it('are certainly bought if they were accepted, or found in the log', async () => {
    const outcomes = ['accepted', 'found', 'refused', 'not-accepted', 'uncertain', 'absent', null] as const;
    const others = outcomes.map((outcome, at) => ({ ...record(`p${at}`, 'b', at + 1), outcome }));
    const { purchases } = await around(others);
    expect(purchases.slice(1).map(({ outcome }) => outcome)).toEqual([
      ...['accepted', 'accepted', 'refused', 'not-accepted', 'unknown', 'unknown', 'unknown'],
    ]);
  });

  it('are not read any further once the server stops', async () => {
    const stopping = new AbortController();
    const between = async (): Promise<readonly PurchaseRecord[]> => {
      stopping.abort(new Error('The server is stopping.'));
      return Array.from({ length: 500 }, (_, number) => record(`p${number}`, 'b', 1));
    };
    const read = purchasesAround([DOUBT], { records: { between }, customerId: 'c' }, stopping.signal);
    await expect(read).rejects.toThrow('stopping');
  });

  it('are read once where the times of several overlap, and apart where they do not', async () => {
    const late = record('late', 'd', 24 * 60);
    const found = await around([record('between', 'b', 12 * 60)], undefined, [DOUBT, record('second', 'c', 5), late]);
    expect(idsOf(found)).toEqual(['doubt', 'second', 'late']);
  });
});

describe('the rows of a usage log', () => {
  const row = (question: string, response: string | null = null) =>
    ({
      upstreamReportId: 'R',
      recordedAt: new Date(NOW),
      type: 'PAY',
      successful: true,
      requestKey: keyOf(question),
      response,
      clientId: null,
    }) as LoggedReport;
  const logOf = (rows: readonly LoggedReport[]): UsageLog => ({
    async read(_query, each) {
      rows.forEach(each);
      return { readAt: new Date(NOW) };
    },
  });

  it('are those of what this server has asked for', async () => {
    const { rows } = await readRows(
      logOf([row('a'), row('x'), row('b')]),
      await around([record('p', 'b', 1)]),
      OURS,
      signal,
    );
    expect(rows.map(({ requestKey }) => requestKey)).toEqual([keyOf('a'), keyOf('b')]);
  });

  it('are those of the time in which rows of these purchases may have been recorded', async () => {
    const queries: UsageLogQuery[] = [];
    const log: UsageLog = {
      async read(query) {
        queries.push(query);
        return { readAt: new Date(NOW) };
      },
    };
    const found = await around([]);
    await readRows(log, found, OURS, signal);
    expect(queries).toEqual([
      // A row may be recorded a minute before it, by another clock, and a quarter of an hour after it.
      { since: found.from - MINUTE, until: found.until + 15 * MINUTE + 1, wanted: new Set([keyOf('a')]) },
    ]);
  });

  it('are so many at most of those that nothing explains', async () => {
    const strange = logOf([row('x'), row('y')]);
    const read = async (mostRows: number) =>
      (await readRows(strange, await around([]), OURS, signal, { mostRows, mostOfOne: 9, mostCharacters: 9 }))
        .unexplained;
    expect(await read(2)).toHaveLength(2);
    expect(await read(1)).toBeNull();
  });

  it('are each a report of its own where they have no REPORTID, and once where one repeats another', async () => {
    const nameless = { ...row('a'), upstreamReportId: null };
    const log = logOf([nameless, row('a'), nameless, row('a'), nameless]);
    const { rows } = await readRows(log, await around([]), OURS, signal);
    expect(rows.map(({ upstreamReportId }) => upstreamReportId)).toEqual([null, 'R', null, null]);
  });

  it('come with so many characters of reports, and then without', async () => {
    const bounds = { mostRows: 9, mostOfOne: 9, mostCharacters: 10 };
    const second = { ...row('a', '12345678'), upstreamReportId: 'second' };
    const log = logOf([row('a', '12345678'), second, { ...row('a'), upstreamReportId: 'third' }]);
    const { rows } = await readRows(log, await around([]), OURS, signal, bounds);
    expect(rows.map(({ response }) => response)).toEqual(['12345678', null, null]);
  });

  it('are there once, with the last report, where the log only repeats them', async () => {
    const bounds = { mostRows: 1, mostOfOne: 1, mostCharacters: 10 };
    const log = logOf([row('a'), row('a', '12345678'), row('a', '123456789'), row('a', 'too long a report')]);
    const { rows, crowded } = await readRows(log, await around([]), OURS, signal, bounds);
    expect(rows.map(({ response }) => response)).toEqual(['123456789']);
    expect(crowded.size).toBe(0);
  });

  it('are not taken at all if they are more than there can be', async () => {
    const bounds = { mostRows: 2, mostOfOne: 9, mostCharacters: 10 };
    const rows = ['1', '2', '3'].map((upstreamReportId) => ({ ...row('a'), upstreamReportId }));
    const read = readRows(logOf(rows), await around([]), OURS, signal, bounds);
    await expect(read).rejects.toThrow(UsageLogUnreadable);
    await expect(read).rejects.toThrow('more than 2');
  });

  it('are so many of one request and type, of which it is known that there are more', async () => {
    const bounds = { mostRows: 9, mostOfOne: 2, mostCharacters: 10 };
    const a = (upstreamReportId: string | null) => ({ ...row('a'), upstreamReportId });
    const log = logOf([a('1'), row('b'), { ...a('1'), type: 'YOE' }, a(null), a('3'), a('4'), row('b')]);
    const { rows, crowded } = await readRows(log, await around([record('p', 'b', 1)]), OURS, signal, bounds);
    expect(rows.map(({ requestKey, type, upstreamReportId }) => [requestKey, type, upstreamReportId])).toEqual([
      [keyOf('a'), 'PAY', '1'],
      [keyOf('b'), 'PAY', 'R'],
      [keyOf('a'), 'YOE', '1'],
      [keyOf('a'), 'PAY', null],
    ]);
    expect([...crowded]).toEqual([subjectOf({ requestKey: keyOf('a'), type: 'PAY' })]);
  });
});
