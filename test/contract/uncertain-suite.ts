import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import type { ReportKey, ReportType } from '../../src/model/report.js';
import {
  adoptAll,
  bring,
  CLAIM,
  CLOSE,
  current,
  FAILURE,
  GIVE_UP,
  LINK_FOUND,
  LOSE,
  newReport,
  RESPONSE,
  RESUBMIT,
  SEND,
  TO_LINKED,
  type OpenBackend,
  type OpenedBackend,
} from './steps.js';

const TO_UNCERTAIN = [CLAIM, SEND, LOSE];

/** What every ledger says of purchases whose outcome is unknown. */
export function uncertainSuite(name: string, open: OpenBackend): void {
  let opened: OpenedBackend;
  let ledger: Ledger;

  beforeEach(async () => {
    opened = await open();
    ledger = opened.backend.ledger;
  });
  afterEach(() => opened.close());

  async function lose(at: number, type: ReportType = 'PAY', report = newReport()): Promise<ReportKey> {
    await bring(ledger, report, TO_UNCERTAIN, { type, at });
    return report;
  }

  /** All of them, by pages of this size, as `since type`. */
  async function inPages(most: number, of = ledger): Promise<string[][]> {
    const pages: string[][] = [];
    for (let after = null as Parameters<Ledger['uncertain']>[0]; ;) {
      const { records, hasLater } = await of.uncertain(after, most);
      pages.push(records.map(({ entry: { since, type } }) => `${since} ${type}`));
      after = records.at(-1)?.place ?? null;
      if (!hasLater) return pages;
    }
  }

  describe(`${name}: what is uncertain now`, () => {
    it('is nothing at first', async () => {
      expect(await ledger.uncertainCount()).toBe(0);
      expect(await ledger.uncertain(null, 10)).toEqual({ records: [], total: 0, hasEarlier: false, hasLater: false });
    });

    it('is listed with its report, in the order in which it became so, in pages of any size, after a restart too', async () => {
      const report = await lose(3_000);
      await lose(3_000, 'YOE', report);
      await lose(1_000);
      await lose(2_000, 'YOE');
      const all = ['1000 PAY', '2000 YOE', '3000 PAY', '3000 YOE'];
      expect((await inPages(10)).flat()).toEqual(all);
      expect(await inPages(3)).toEqual([all.slice(0, 3), all.slice(3)]);
      expect(await inPages(2)).toEqual([all.slice(0, 2), all.slice(2)]);
      expect(await inPages(1)).toEqual(all.map((each) => [each]));
      const { records, total } = await ledger.uncertain(null, 3);
      expect(total).toBe(4);
      expect(records[2]).toMatchObject({
        report,
        entry: { reportId: report.id, type: 'PAY', state: 'UNCERTAIN', failure: FAILURE },
        place: { since: 3_000, id: report.id, type: 'PAY' },
      });
      const next = await opened.reopen();
      expect((await inPages(3, next.ledger)).flat()).toEqual(all);
      expect(await next.ledger.uncertainCount()).toBe(4);
    });

    it('goes on after a place whatever has become of what was there', async () => {
      const reports = [];
      for (const since of [1_000, 2_000, 3_000]) reports.push(await lose(since));
      const [first, second] = reports as [ReportKey, ReportKey];
      const { records } = await ledger.uncertain(null, 2);
      const place = records.at(-1)?.place ?? null;
      await bring(ledger, second, [CLOSE]);
      await lose(500);
      const rest = await ledger.uncertain(place, 5);
      expect(rest.records.map(({ entry }) => entry.since)).toEqual([3_000]);
      expect(rest).toMatchObject({ total: 3, hasEarlier: true, hasLater: false });
      await bring(ledger, first, [RESUBMIT, SEND, LOSE], { at: 9_000 });
      expect((await inPages(5)).flat()).toEqual(['500 PAY', '3000 PAY', '9000 PAY']);
    });

    it('says whether there is anything before', async () => {
      await lose(1_000);
      const { records } = await ledger.uncertain(null, 1);
      const place = records[0]?.place ?? null;
      expect(await ledger.uncertain(place, 1)).toMatchObject({ records: [], hasEarlier: true, hasLater: false });
      expect(await ledger.uncertain(place && { ...place, since: 999 }, 1)).toMatchObject({ hasEarlier: false });
    });

    it.each([
      ['is bought again', [RESUBMIT], 'INTENT'],
      ['was bought again', [RESUBMIT, SEND, RESPONSE, LINK_FOUND], 'LINKED'],
      ['has a link after all', [RESPONSE, LINK_FOUND], 'LINKED'],
      ['was closed', [CLOSE], 'FAILED'],
    ] as const)('is not what %s', async (_, events, state) => {
      const report = await lose(1_000);
      await lose(2_000);
      await bring(ledger, report, TO_LINKED, { type: 'YOE' });
      expect(await ledger.uncertainCount()).toBe(2);
      await bring(ledger, report, events);
      expect(await current(ledger, report)).toMatchObject({ state });
      expect(await ledger.uncertainCount()).toBe(1);
      expect(await inPages(5)).toEqual([['2000 PAY']]);
      const { records, hasLater } = await ledger.uncertain(null, 1);
      expect([records.map(({ entry }) => entry.since), hasLater]).toEqual([[2_000], false]);
      const between = { since: 1_500, id: '', type: 'PAY' } as const;
      expect(await ledger.uncertain(between, 1)).toMatchObject({ hasEarlier: false });
    });

    it('is again what was to be bought again and was given up, with its time', async () => {
      const report = await lose(1_000);
      await bring(ledger, report, [RESUBMIT, GIVE_UP]);
      expect(await inPages(5)).toEqual([['1000 PAY']]);
    });
  });

  describe(`${name}: a doubt that was closed`, () => {
    it('is not counted as anything else, and not charged back', async () => {
      const report = await lose(1_000);
      const before = await ledger.usage(0, Date.now());
      expect(before).toMatchObject({ submitted: 1, uncertain: 1, failed: 0 });
      await bring(ledger, report, [CLOSE]);
      expect(await ledger.usage(0, Date.now())).toEqual(before);
      expect(await ledger.charged(CLAIM.charge)).toBe(1);
    });

    it('is recovered by a response that comes late, and unfinished until its link is read', async () => {
      const report = await lose(1_000);
      const unfinished = async (of: Ledger) => (await adoptAll(of)).map(({ id }) => id);
      await bring(ledger, report, [CLOSE, RESPONSE]);
      const next = (await opened.reopen()).ledger;
      expect(await unfinished(next)).toEqual([report.id]);
      await bring(next, report, [LINK_FOUND]);
      expect(await next.usage(0, Date.now())).toMatchObject({ submitted: 1, uncertain: 0, failed: 0 });
    });
  });

  describe(`${name}: usage by day`, () => {
    it('is that of each of the days, also of those without any, and what was just saved', async () => {
      const DAY = 24 * 3_600_000;
      await lose(DAY - 1);
      await lose(DAY);
      await lose(2 * DAY - 1);
      await bring(ledger, newReport(), [...TO_LINKED, { kind: 'end', failure: FAILURE, expiresAt: 1 }], {
        at: 4 * DAY,
      });
      const counts = await ledger.usageByDay([0, DAY, 2 * DAY, 3 * DAY, 4 * DAY]);
      const nothing = { submitted: 0, collected: 0, billable: 0, failed: 0, uncertain: 0, recovered: 0, saved: 0 };
      expect(counts).toEqual([
        { ...nothing, submitted: 1, uncertain: 1 },
        { ...nothing, submitted: 2, uncertain: 2 },
        nothing,
        nothing,
        { ...nothing, submitted: 1, failed: 1 },
      ]);
      expect(await ledger.usageByDay([])).toEqual([]);
      const today = Math.floor(Date.now() / DAY) * DAY;
      ledger.countSaved(3);
      const saved = async (of: Ledger) => (await of.usageByDay([today, today + DAY])).map((each) => each.saved);
      const before = await saved(ledger);
      expect(before.reduce((sum, each) => sum + each)).toBe(3);
      expect(await saved((await opened.reopen()).ledger)).toEqual(before);
    });
  });
}
