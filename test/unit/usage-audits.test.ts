import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeReportsRequest } from '../../src/datasources/jobalyzer/encode.js';
import { requestKeyOf } from '../../src/datasources/jobalyzer/usage-log/request-key.js';
import {
  UsageLogUnreadable,
  type LoggedReport,
  type UsageLog,
  type UsageLogQuery,
} from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import type { Entry } from '../../src/datasources/reports/ledger.js';
import type { Ledger, ReportRecord } from '../../src/datasources/reports/ports.js';
import { createUsageAudits } from '../../src/datasources/reports/reconcile/usage-audits.js';
import type { SentPlace, PurchaseRecord } from '../../src/datasources/reports/sent-purchases.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { encodeCursor } from '../../src/model/cursor.js';
import { parseDifferenceCursor, parseMonth } from '../../src/model/usage-audit.js';

const NOON = Date.parse('2026-11-15T12:00:00Z');
const NOVEMBER = parseMonth('2026-11', 'month', NOON);
const NEVER = new AbortController().signal;

function requestOf(jobTitle: string) {
  return { answers: canonicalAnswers({ jobTitle, country: 'United States' }, 'answers'), autoResolveJobTitle: true };
}

function bodyOf(jobTitle: string): string {
  return JSON.stringify(encodeReportsRequest(requestOf(jobTitle), ['PAY'], 'us'));
}

function sent(given: Partial<PurchaseRecord> & { readonly title?: string } = {}): PurchaseRecord {
  const { title = 'Clerk', ...others } = given;
  return {
    purchaseId: `purchase of ${title}`,
    type: 'PAY',
    reportId: `report of ${title}`,
    sentAt: NOON,
    request: bodyOf(title),
    charge: null,
    outcome: 'accepted',
    upstreamReportId: null,
    lookAt: null,
    evidence: null,
    ...others,
  };
}

function logged(title = 'Clerk', given: Partial<LoggedReport> = {}): LoggedReport {
  return {
    upstreamReportId: `id of ${title}`,
    recordedAt: new Date(NOON + 1_000),
    type: 'PAY',
    successful: true,
    requestKey: requestKeyOf(bodyOf(title), 'us'),
    response: null,
    clientId: 'us',
    rating: 0.7,
    ...given,
  };
}

/** A log with these rows. */
function logOf(rows: readonly LoggedReport[]) {
  const read = vi.fn<UsageLog['read']>(async ({ since = 0, until = Infinity }: UsageLogQuery, each, signal) => {
    await turn();
    for (const row of rows) {
      signal.throwIfAborted();
      const at = row.recordedAt?.getTime() ?? null;
      if (at === null || (at >= since && at < until)) each(row);
    }
    signal.throwIfAborted();
    return { readAt: new Date(NOON + 86_400_000) };
  });
  return { read };
}

function ledgerOf(purchases: readonly PurchaseRecord[], records: readonly ReportRecord[] = []) {
  const place = ({ sentAt, purchaseId, type }: SentPlace): string => `${sentAt} ${purchaseId} ${type}`;
  const sorted = purchases.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
  const kept: Partial<Ledger['purchases']> = {
    between: async (from, until, after, most) =>
      sorted
        .filter((each) => each.sentAt >= from && each.sentAt < until && (!after || place(each) > place(after)))
        .slice(0, most),
    withIds: async (ids) => purchases.filter(({ purchaseId }) => ids.includes(purchaseId)),
  };
  return {
    read: async (id: string) => records.find((record) => record.id === id) ?? null,
    purchases: kept as Ledger['purchases'],
  };
}

function audits(usageLog: UsageLog | null, ledger = ledgerOf([])) {
  return createUsageAudits({ client: { usageLog, customerId: 'us', clientId: 'our client' }, ledger });
}

describe('the audit of a month', () => {
  afterEach(() => vi.useRealTimers());

  it('compares the log with the purchases of that month, however many they are', async () => {
    const titles = Array.from({ length: 2_500 }, (_, number) => `Clerk ${number}`);
    const log = logOf([...titles.map((title) => logged(title)), logged('Astronaut')]);
    const purchases = titles.map((title) => sent({ title }));
    const { theirs, ours, differences } = await audits(log, ledgerOf(purchases)).compare(NOVEMBER, NEVER);
    expect({ theirs, ours, differences: differences.length }).toEqual({ theirs: 2_501, ours: 2_500, differences: 1 });
  });

  it('leaves out rows of another client, and those that do not say when', async () => {
    const log = logOf([
      logged('Clerk', { clientId: 'them' }),
      logged('Clerk', { recordedAt: null }),
      logged('Clerk', { clientId: null }),
      logged('Clerk', { clientId: 'our client' }),
      logged('Clerk', { clientId: 'OUR CLIENT' }),
      logged('Clerk', { clientId: 'US' }),
    ]);
    expect(await audits(log).compare(NOVEMBER, NEVER)).toMatchObject({ theirs: 4 });
  });

  it('knows what was bought here by its request, if its CLIENTID is one that this server has never heard of', async () => {
    const log = logOf([logged('Clerk', { clientId: '10231' }), logged('Astronaut', { clientId: '10231' })]);
    const { theirs, ours, differences } = await audits(log, ledgerOf([sent()])).compare(NOVEMBER, NEVER);
    expect({ theirs, ours, differences }).toEqual({ theirs: 1, ours: 1, differences: [] });
  });

  it('counts what was sent in one month and recorded in the next one for the next one, and misses it in neither', async () => {
    const ends = [NOVEMBER.from, NOVEMBER.until];
    const log = logOf(ends.map((at) => logged(`Clerk ${at}`, { recordedAt: new Date(at + 1_000) })));
    const purchases = ends.map((at) => sent({ title: `Clerk ${at}`, sentAt: at - 1_000 }));
    const all = audits(log, ledgerOf(purchases));
    for (const [name, count] of [
      ['2026-10', 0],
      ['2026-11', 1],
    ] as const) {
      const found = await all.compare(parseMonth(name, 'month', NOON), NEVER);
      expect(found).toMatchObject({ theirs: count, ours: count, differences: [] });
    }
  });

  it('counts for the month of its row what was recorded before it was sent, by another clock', async () => {
    const log = logOf([logged('Clerk', { recordedAt: new Date(NOVEMBER.from - 1_000) })]);
    const all = audits(log, ledgerOf([sent({ sentAt: NOVEMBER.from + 1_000 })]));
    expect(await all.compare(NOVEMBER, NEVER)).toMatchObject({ theirs: 0, ours: 0, differences: [] });
    const october = parseMonth('2026-10', 'month', NOON);
    expect(await all.compare(october, NEVER)).toMatchObject({ theirs: 1, ours: 1, differences: [] });
  });

  it('knows what upstream accepted and did not deliver, unless it was bought again since', async () => {
    const failed = { reportId: 'report of Clerk', type: 'PAY', state: 'FAILED', at: NOON + 60_000, followed: {} };
    const record = { id: 'report of Clerk', request: requestOf('Clerk'), entries: [failed as unknown as Entry] };
    const first = sent();
    const log = logOf([logged()]);
    expect(await audits(log, ledgerOf([first], [record])).compare(NOVEMBER, NEVER)).toMatchObject({
      theirs: 1,
      ours: 0,
      differences: [{ reason: expect.stringContaining('did not deliver') }],
    });
    const again = sent({ purchaseId: 'another', sentAt: NOON + 30_000 });
    const both = logOf([logged(), logged('Clerk', { successful: false, recordedAt: new Date(NOON + 31_000) })]);
    expect(await audits(both, ledgerOf([first, again], [record])).compare(NOVEMBER, NEVER)).toEqual({
      theirs: 1,
      ours: 1,
      differences: [],
    });
  });

  it('reads the log once for all who ask within a minute, and then again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const log = logOf([logged()]);
    const all = audits(log, ledgerOf([sent()]));
    await Promise.all([all.compare(NOVEMBER, NEVER), all.compare(NOVEMBER, NEVER)]);
    await all.compare(NOVEMBER, NEVER);
    expect(log.read).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    await all.compare(NOVEMBER, NEVER);
    expect(log.read).toHaveBeenCalledTimes(2);
  });

  it('remembers what it has read of two months, each for its own minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const log = logOf([]);
    const all = audits(log);
    const compare = (name: string) => all.compare(parseMonth(name, 'month', NOON), NEVER);
    for (const name of ['2026-09', '2026-10', '2026-11', '2026-11', '2026-10']) await compare(name);
    expect(log.read).toHaveBeenCalledTimes(3);
    vi.advanceTimersByTime(40_000);
    await compare('2026-09');
    expect(log.read, 'the oldest was forgotten').toHaveBeenCalledTimes(4);
    vi.advanceTimersByTime(20_000);
    await compare('2026-09');
    expect(log.read, 'its first minute is over, not its second').toHaveBeenCalledTimes(4);
  });

  it.each([
    ['accepted', 1, []],
    ['found', 1, []],
    ['refused', 0, [/refused the purchase/]],
    ['not-accepted', 0, [/refused the purchase/]],
    ['uncertain', 0, [/its outcome is not known/]],
    ['absent', 0, [/its outcome is not known/]],
    [null, 0, [/its outcome is not known/]],
  ] as const)('counts a purchase that is billed and was %s as %i bought', async (outcome, ours, reasons) => {
    const found = await audits(logOf([logged()]), ledgerOf([sent({ outcome })])).compare(NOVEMBER, NEVER);
    expect(found).toMatchObject({ theirs: 1, ours });
    expect(found.differences.map(({ reason }) => reason)).toEqual(
      reasons.map((reason) => expect.stringMatching(reason)),
    );
  });

  it('reads the log for one month at a time', async () => {
    let reading = 0;
    let most = 0;
    const read: UsageLog['read'] = async () => {
      reading += 1;
      most = Math.max(most, reading);
      await turn();
      reading -= 1;
      return { readAt: new Date(NOON) };
    };
    const all = audits({ read });
    const months = ['2026-09', '2026-10', '2026-11'].map((name) => parseMonth(name, 'month', NOON));
    await Promise.all(months.map((month) => all.compare(month, NEVER)));
    expect(most).toBe(1);
  });

  it('ends the wait of who leaves, and not the reading for the others', async () => {
    const all = audits(logOf([logged()]));
    const leaving = new AbortController();
    const left = all.compare(NOVEMBER, leaving.signal);
    const stays = all.compare(NOVEMBER, NEVER);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(await stays).toMatchObject({ theirs: 1 });
  });

  it('ends when it is closed, and says so to who waits for it', async () => {
    const read: UsageLog['read'] = (_query, _each, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const all = audits({ read });
    const asked = all.compare(NOVEMBER, NEVER);
    await turn();
    all.close();
    await expect(asked).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringContaining('stopping'),
    });
  });

  it('says that no log is set', async () => {
    await expect(audits(null).compare(NOVEMBER, NEVER)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringContaining('JOBALYZER_USAGE_URL is not set'),
    });
  });

  it('says why a log cannot be read, and tries it again for the next who asks', async () => {
    const log = logOf([logged()]);
    log.read.mockRejectedValueOnce(new UsageLogUnreadable('It is HTML.'));
    const all = audits(log);
    await expect(all.compare(NOVEMBER, NEVER)).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
      message: expect.stringContaining('It is HTML.'),
    });
    expect(await all.compare(NOVEMBER, NEVER)).toMatchObject({ theirs: 1 });
  });

  it('refuses a month that would take too much memory', async () => {
    const row = logged();
    const log = logOf(Array.from({ length: 200_001 }, () => row));
    await expect(audits(log).compare(NOVEMBER, NEVER)).rejects.toMatchObject({
      code: 'OPERATION_TOO_LARGE',
      details: { limit: 200_000 },
    });
    const foreign = { ...row, clientId: 'them' };
    const others = logOf(Array.from({ length: 200_001 }, () => foreign));
    expect(await audits(others).compare(NOVEMBER, NEVER)).toMatchObject({ theirs: 0 });
  });
});

describe('a page of differences', () => {
  const rows = Array.from({ length: 25 }, (_, minute) =>
    logged('Astronaut', { upstreamReportId: `id ${minute}`, recordedAt: new Date(NOON + minute * 60_000) }),
  );

  it('goes on after the last of the page before, also of rows that are equal and when others were settled meanwhile', async () => {
    const equal = Array.from({ length: 15 }, () => logged('Astronaut', { upstreamReportId: null }));
    const all = audits(logOf([...rows, ...equal]));
    const comparison = await all.compare(NOVEMBER, NEVER);
    const seen: string[] = [];
    for (let after = null, more = true; more;) {
      const page = await all.page(comparison, after, 7);
      expect(page).toMatchObject({ total: 40, hasEarlier: seen.length > 0 });
      seen.push(...page.differences.map(({ cursor }) => cursor));
      after = parseDifferenceCursor(seen.at(-1) ?? '', 'after');
      more = page.hasLater;
    }
    expect(new Set(seen).size).toBe(40);
    expect(seen).toHaveLength(40);

    const fewer = audits(logOf(rows.slice(5)));
    const third = comparison.differences[7];
    const rest = await fewer.page(await fewer.compare(NOVEMBER, NEVER), third ?? null, 3);
    expect(rest.differences.map(({ difference }) => difference.at)).toEqual(
      rest.differences.map(({ difference }) => difference.theirs?.recordedAt),
    );
    expect(rest.differences[0]?.difference.at.getTime()).toBeGreaterThanOrEqual(third?.at ?? 0);
  });

  it('has the report that was bought, also when it has been forgotten since', async () => {
    const known = { id: 'report of Clerk', request: requestOf('Clerk'), entries: [] };
    const purchases = [sent(), sent({ title: 'Nurse', sentAt: NOON + 1 })];
    const all = audits(logOf([]), ledgerOf(purchases, [known]));
    const page = await all.page(await all.compare(NOVEMBER, NEVER), null, 10);
    expect(page.differences.map(({ difference }) => difference)).toMatchObject([
      { theirs: null, ours: { id: 'report of Clerk', request: requestOf('Clerk') }, type: 'PAY', at: new Date(NOON) },
      { theirs: null, ours: { id: 'report of Nurse', request: requestOf('Nurse') } },
    ]);
  });
});

describe('a month', () => {
  it.each([
    ['2026-02', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['2025-12', '2025-12-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
  ])('%s goes from %s to %s', (name, from, until) => {
    const month = parseMonth(name, 'month', NOON);
    expect([new Date(month.from).toISOString(), new Date(month.until).toISOString()]).toEqual([from, until]);
  });

  it('is not later than the present one, from its first moment on', () => {
    const { from } = parseMonth('2026-11', 'month', NOON);
    expect(parseMonth('2026-11', 'month', from).from).toBe(from);
    expect(() => parseMonth('2026-11', 'month', from - 1)).toThrow('must not be later');
  });

  it.each([[[1.5, 'a']], [['1', 'a']], [[1, 2]], [[1]], [[1, 'a', 'b']]])('has no place %j', (parts) => {
    expect(() => parseDifferenceCursor(encodeCursor(parts), 'after')).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
  });

  it.each(['2026', '2026-13', '2026-00', '2026-1', ' 2026-01', '2026-01-01', '2026-12', '٢٠٢٦-٠١', ''])(
    'is not %j',
    (name) => {
      expect(() => parseMonth(name, 'month', NOON)).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT', details: expect.objectContaining({ argument: 'month' }) }),
      );
    },
  );
});
