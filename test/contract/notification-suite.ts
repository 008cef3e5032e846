import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import type { Transition } from '../../src/datasources/reports/transition.js';
import { eventually } from '../fixtures/eventually.js';
import {
  BODY,
  bring,
  bringCollected,
  bringLinked,
  CLAIM,
  COLLECT,
  current,
  END,
  LINK_FOUND,
  newReport,
  REJECT,
  SEND,
  REOPEN,
  RESPONSE,
  LOSE,
  stepOf,
  TO_COLLECTED,
  TO_LINKED,
  type OpenBackend,
  type OpenedBackend,
} from './steps.js';

/** What every ledger reports: changes to its subscribers, and usage. */
export function notificationSuite(name: string, open: OpenBackend): void {
  let opened: OpenedBackend;
  let ledger: Ledger;

  beforeEach(async () => {
    opened = await open();
    ledger = opened.backend.ledger;
  });
  afterEach(() => opened.close());

  /** Subscribes to a report; `until` waits for that many notifications. */
  async function subscribeTo(id: string) {
    const received: Entry[] = [];
    const unsubscribe = await ledger.subscribe(id, (entry) => void received.push(entry));
    const until = (count: number) => eventually(() => expect(received).toHaveLength(count));
    return { received, unsubscribe, until };
  }

  describe(`${name}: a subscriber`, () => {
    it('receives every later commit, as stored and in order', async () => {
      const report = newReport();
      await bring(ledger, report, [CLAIM]);
      const { received, until } = await subscribeTo(report.id);
      await bring(ledger, report, TO_COLLECTED.slice(1));
      await until(4);
      expect(received.map(({ state, version }) => `${version} ${state}`)).toEqual([
        '2 SENDING',
        '3 SENDING',
        '4 LINKED',
        '5 COLLECTED',
      ]);
      expect(received.at(-1)).toEqual(await current(ledger, report));
    });

    it('receives commits that are made at once in their order, those that lead to a purchase among others', async () => {
      const report = newReport();
      const { received, until } = await subscribeTo(report.id);
      const steps: Transition[] = [];
      let entry: Entry = absent(report.id, 'PAY');
      for (const event of TO_COLLECTED) {
        const step = stepOf(entry, event);
        steps.push(step);
        entry = step.after;
      }
      await Promise.all(steps.map((step) => ledger.commit(report, [step])));
      await until(steps.length);
      expect(received).toEqual(steps.map(({ after }) => after));
    });

    it('receives both types of one commit, in the order committed', async () => {
      const report = newReport();
      const { received, until } = await subscribeTo(report.id);
      await ledger.commit(report, [stepOf(absent(report.id, 'YOE'), CLAIM), stepOf(absent(report.id, 'PAY'), CLAIM)]);
      await until(2);
      expect(received.map(({ type }) => type)).toEqual(['YOE', 'PAY']);
    });

    it('is notified once when one of a hundred concurrent claims wins', async () => {
      const report = newReport();
      const { received, until } = await subscribeTo(report.id);
      const claim = stepOf(absent(report.id, 'PAY'), CLAIM);
      await Promise.all(Array.from({ length: 100 }, () => ledger.commit(report, [claim])));
      await bring(ledger, report, [SEND]);
      await until(2);
      expect(received.map(({ state }) => state)).toEqual(['INTENT', 'SENDING']);
    });

    it('is notified only after the entry can be read', async () => {
      const report = newReport();
      const read: Promise<[received: Entry, stands: Entry]>[] = [];
      await ledger.subscribe(report.id, (entry) => {
        read.push(current(ledger, report).then((stands) => [entry, stands]));
      });
      await bring(ledger, report, TO_COLLECTED);
      await eventually(() => expect(read).toHaveLength(5));
      for (const [received, stands] of await Promise.all(read)) {
        expect(stands.version).toBeGreaterThanOrEqual(received.version);
      }
    });

    it('receives the same as other subscribers, and nothing about other reports', async () => {
      const [report, other] = [newReport(), newReport()];
      const [one, two, stranger] = [
        await subscribeTo(report.id),
        await subscribeTo(report.id),
        await subscribeTo(other.id),
      ];
      await bring(ledger, report, [CLAIM, SEND]);
      await bring(ledger, other, [CLAIM]);
      await Promise.all([one.until(2), two.until(2), stranger.until(1)]);
      expect(two.received).toEqual(one.received);
      expect(stranger.received.map(({ reportId }) => reportId)).toEqual([other.id]);
    });

    it('receives nothing after unsubscribing, while others still do', async () => {
      const report = newReport();
      const [leaving, staying] = [await subscribeTo(report.id), await subscribeTo(report.id)];
      await bring(ledger, report, [CLAIM]);
      await Promise.all([leaving.until(1), staying.until(1)]);
      leaving.unsubscribe();
      await bring(ledger, report, [SEND]);
      await staying.until(2);
      expect(leaving.received).toHaveLength(1);
    });

    it('that throws affects neither other subscribers nor the commit', async () => {
      const report = newReport();
      await ledger.subscribe(report.id, () => {
        throw new Error('A listener failed.');
      });
      const { until } = await subscribeTo(report.id);
      const committed = await ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]);
      expect(committed).toMatchObject([{ won: true }]);
      await until(1);
    });
  });

  describe(`${name}: progress`, () => {
    it('is announced and readable without incrementing the version', async () => {
      const report = newReport();
      const linked = await bringLinked(ledger, report);
      const { received, until } = await subscribeTo(report.id);
      const polled = { ...linked, attempt: 3, faults: 1, nextPollAt: 1_234, retryAfterMs: 500 };
      await ledger.progress(polled);
      await until(1);
      expect(received).toEqual([polled]);
      expect(await current(ledger, report)).toEqual(polled);
    });

    it('can be followed by a transition from the new entry', async () => {
      const report = newReport();
      const linked = await bringLinked(ledger, report);
      await ledger.progress({ ...linked, attempt: 1 });
      const [committed] = await ledger.commit(report, [stepOf(await current(ledger, report), COLLECT)]);
      expect(committed).toMatchObject({ won: true, entry: { state: 'COLLECTED', version: linked.version + 1 } });
      expect(await current(ledger, report)).toEqual(committed?.entry);
    });

    it('from a stale version changes nothing', async () => {
      const report = newReport();
      const linked = await bringLinked(ledger, report);
      const [ended] = await ledger.commit(report, [stepOf(linked, END)]);
      await ledger.progress({ ...linked, attempt: 9 });
      expect(await current(ledger, report)).toEqual(ended?.entry);
    });

    it('may be lost in a restart, but the link is not', async () => {
      const report = newReport();
      const linked = await bringLinked(ledger, report);
      await ledger.progress({ ...linked, attempt: 9 });
      const { state, version, link } = { link: '', ...(await current((await opened.reopen()).ledger, report)) };
      expect({ state, version, link }).toEqual({ state: 'LINKED', version: linked.version, link: linked.link });
    });
  });

  describe(`${name}: usage`, () => {
    const NOTHING = { submitted: 0, collected: 0, billable: 0, failed: 0, uncertain: 0, recovered: 0, saved: 0 };

    it('is zero for a new store, and `since` stays the time the store was created', async () => {
      expect(await ledger.usage(0, Date.now())).toEqual(NOTHING);
      const { since } = ledger;
      expect(Math.abs(Date.now() - since)).toBeLessThan(10_000);
      expect((await opened.reopen()).ledger.since).toBe(since);
    });

    it('counts each report once by its outcome, before and after a restart', async () => {
      await bringCollected(ledger, newReport());
      await bring(ledger, newReport(), [
        ...TO_COLLECTED.slice(0, 4),
        { kind: 'collect', body: BODY, rating: 0, expiresAt: 1 },
      ]);
      await bring(ledger, newReport(), [CLAIM, SEND, REJECT]);
      await bring(ledger, newReport(), [...TO_COLLECTED.slice(0, 4), END]);
      await bring(ledger, newReport(), [CLAIM, SEND, LOSE]);
      await bring(ledger, newReport(), [CLAIM, SEND, RESPONSE, LOSE, LINK_FOUND]);
      await bringLinked(ledger, newReport());
      await bring(ledger, newReport(), [CLAIM, SEND, { kind: 'not-accepted' }]);
      // Failed twice: one failure.
      await bring(ledger, newReport(), [...TO_LINKED, END, REOPEN, END]);
      await bring(ledger, newReport(), [...TO_LINKED, END, REOPEN]);
      await bring(ledger, newReport(), [...TO_LINKED, END, REOPEN, END, REOPEN, COLLECT]);
      await bring(ledger, newReport(), [CLAIM, SEND, RESPONSE, LOSE, LINK_FOUND, COLLECT]);
      ledger.countSaved(2);
      ledger.countSaved(1);
      const counted = { submitted: 11, collected: 4, billable: 3, failed: 3, uncertain: 1, recovered: 2, saved: 3 };
      expect(await ledger.usage(0, Date.now())).toEqual(counted);
      expect(await (await opened.reopen()).ledger.usage(0, Date.now())).toEqual(counted);
    });

    it('keeps the saved count across a restart even if it was never read', async () => {
      ledger.countSaved(5);
      expect((await (await opened.reopen()).ledger.usage(0, Date.now())).saved).toBe(5);
    });

    it('returns the full saved count to concurrent readers', async () => {
      ledger.countSaved(5);
      const asked = Array.from({ length: 20 }, () => ledger.usage(0, Date.now()));
      for (const { saved } of await Promise.all(asked)) expect(saved).toBe(5);
    });

    it('counts saved reports by the minute, whole also where the range begins or ends within one', async () => {
      const minute = 29_000_000 * 60_000;
      vi.useFakeTimers({ toFake: ['Date'], now: minute - 1 });
      onTestFinished(() => void vi.useRealTimers());
      ledger.countSaved(10);
      vi.setSystemTime(minute);
      ledger.countSaved(3);
      vi.setSystemTime(minute + 59_999);
      ledger.countSaved(1);
      const saved = async (since: number, until: number) => (await ledger.usage(since, until)).saved;
      expect(await saved(0, minute - 1)).toBe(10);
      expect(await saved(minute, minute + 120_000)).toBe(4);
      expect(await saved(minute + 30_000, minute + 40_000)).toBe(4);
      expect(await saved(minute - 1, minute)).toBe(14);
      expect(await saved(minute + 60_000, minute + 120_000)).toBe(0);
      expect(await (await opened.reopen()).ledger.usage(minute, minute)).toMatchObject({ saved: 4 });
    });

    it('keeps the saved count through pruning', async () => {
      const start = Math.floor(Date.now() / 60_000) * 60_000;
      ledger.countSaved(3);
      await ledger.usage(0, Date.now());
      ledger.countSaved(2);
      const end = Date.now();
      await ledger.prune(end + 2 * 60 * 60_000);
      expect((await ledger.usage(start, end)).saved).toBe(5);
      await ledger.prune(end + 2 * 60 * 60_000);
      expect((await ledger.usage(0, end)).saved).toBe(5);
      expect((await ledger.usage(0, start - 120_000)).saved).toBe(0);
    });

    it('includes both ends of the time range', async () => {
      const [early, late] = [newReport(), newReport()];
      await bringCollected(ledger, early, { at: 1_000 });
      await bringCollected(ledger, late, { at: 2_000 });
      const collected = async (since: number, until: number) => (await ledger.usage(since, until)).collected;
      expect(await collected(1_000, 2_000)).toBe(2);
      expect(await collected(1_001, 2_000)).toBe(1);
      expect(await collected(1_000, 1_999)).toBe(1);
      expect(await collected(1_001, 1_999)).toBe(0);
    });

    it('still counts reports that were pruned or bought again', async () => {
      const report = newReport();
      const expiring = { kind: 'collect', body: BODY, rating: 1, expiresAt: 1 } as const;
      await bring(ledger, report, [...TO_COLLECTED.slice(0, 4), expiring]);
      await ledger.prune(2);
      await bring(ledger, report, [...TO_COLLECTED.slice(0, 4), expiring]);
      expect(await ledger.usage(0, Date.now())).toMatchObject({ submitted: 2, collected: 2, billable: 2 });
    });

    it('counts an uncertain report in a range in which an earlier one was recovered', async () => {
      const [recovered, lost] = [newReport(), newReport()];
      await bring(ledger, recovered, [CLAIM, SEND, RESPONSE, LOSE], { at: 1_000 });
      await bring(ledger, recovered, [LINK_FOUND], { at: 2_000 });
      await bring(ledger, lost, [CLAIM, SEND, LOSE], { at: 2_500 });
      expect((await ledger.usage(2_000, 3_000)).uncertain).toBe(1);
      expect((await ledger.usage(0, 3_000)).uncertain).toBe(1);
    });
  });
}
