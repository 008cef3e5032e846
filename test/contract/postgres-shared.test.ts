import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import type { ReportKey } from '../../src/model/report.js';
import { eventually } from '../fixtures/eventually.js';
import { startProxy } from '../many/tcp-proxy.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { execute, openShared, openWire, pollOf, SCHEMA } from './shared-ledger.js';
import {
  adoptAll,
  bring,
  bringLinked,
  CLAIM,
  claimOf,
  current,
  DAY,
  GIVE_UP,
  LINK_FOUND,
  newReport,
  REJECT,
  RESPONSE,
  SEND,
  stepOf,
  TO_COLLECTED,
  TO_LINKED,
  wonOf,
} from './steps.js';

let url: string;
beforeEach(async () => {
  url = await testDatabase();
});

/** The processes that have a backend now. Calling it is as if their leases were over and another process had noticed. */
async function membersNow() {
  const ids = (await execute(url, `SELECT id FROM ${SCHEMA}.members`)).map(({ id }) => `'${String(id)}'`).join(', ');
  return async () => void (await execute(url, `DELETE FROM ${SCHEMA}.members WHERE id IN (${ids})`));
}

describe('a subscriber of another process', () => {
  it('is told the last state of a report, never an earlier one after a later one', async () => {
    const one = await openShared(url);
    const other = await openShared(url);
    const report = newReport();
    await bring(one.ledger, report, [CLAIM]);
    const heard: Entry[] = [];
    await other.ledger.subscribe(report.id, (entry) => void heard.push(entry));
    const collected = await bring(one.ledger, report, TO_COLLECTED.slice(1));
    await eventually(() => expect(heard.at(-1)).toEqual(collected));
    const versions = heard.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(versions).not.toContain(1);
  });

  it('is told of polls', async () => {
    const one = await openShared(url);
    const other = await openShared(url);
    const report = newReport();
    const linked = await bringLinked(one.ledger, report);
    const heard: Entry[] = [];
    await other.ledger.subscribe(report.id, (entry) => void heard.push(entry));
    const failure = { code: 'UPSTREAM_TIMEOUT', message: 'x'.repeat(20_000) } as const;
    await one.ledger.progress({ ...linked, attempt: 3, nextPollAt: 1_234, failure });
    await eventually(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatchObject({ version: linked.version, attempt: 3, nextPollAt: 1_234 });
  });

  it('is told although the notification is lost', async () => {
    const { ledger } = await openShared(url);
    const report = newReport();
    const linked = await bringLinked(ledger, report);
    const heard: Entry[] = [];
    await ledger.subscribe(report.id, (entry) => void heard.push(entry));
    await execute(url, `UPDATE ${SCHEMA}.entries SET version = version + 1`);
    await eventually(() => expect(heard).toEqual([{ ...linked, version: linked.version + 1 }]));
  });

  it('is told although the connection for notifications was lost', async () => {
    const one = await openShared(url);
    const other = await openShared(url);
    const report = newReport();
    await execute(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
    const heard: Entry[] = [];
    await other.ledger.subscribe(report.id, (entry) => void heard.push(entry));
    await bring(one.ledger, report, [CLAIM]);
    await eventually(() => expect(heard).toMatchObject([{ state: 'INTENT' }]));
  });
});

describe('ids that stand for others', () => {
  it('are one step deep, whichever processes say so at the same time', async () => {
    const [one, other] = [await openShared(url), await openShared(url)];
    const standFor = (asked: ReportKey, bought: ReportKey) => ({
      report: asked,
      steps: (['PAY', 'YOE'] as const).map((type) =>
        stepOf(absent(asked.id, type), { kind: 'stand-for', standsFor: bought.id }),
      ),
    });
    for (let round = 0; round < 10; round++) {
      const chains = Array.from({ length: 20 }, () => [newReport(), newReport(), newReport()] as const);
      await Promise.all(
        chains.flatMap(([first, middle, last]) => [
          one.ledger.commitAs(middle, [], standFor(first, middle)),
          other.ledger.commitAs(last, [], standFor(middle, last)),
        ]),
      );
      for (const [first, middle] of chains) {
        const targets = await Promise.all([first, middle].map(({ id }) => one.ledger.read(id)));
        expect(targets.filter((record) => record !== null)).toHaveLength(1);
      }
    }
  });
});

describe('a process that others took for dead', () => {
  it('loses what it was doing to the one that takes over, with a new version', async () => {
    const one = await openShared(url);
    const declareDead = await membersNow();
    const other = await openShared(url);
    const [pending, sent] = [newReport(), newReport()];
    const linked = await bringLinked(one.ledger, pending);
    const sending = await bring(one.ledger, sent, [CLAIM, SEND]);
    expect(await adoptAll(other.ledger)).toEqual([]);
    expect(one.ledger.mayBuy([sending])).toBe(true);
    await declareDead();
    // It does not know yet, and takes nothing of its own over.
    expect(await adoptAll(one.ledger)).toEqual([]);
    const found = (await adoptAll(other.ledger)).flatMap(({ entries }) => entries);
    expect(found.map(({ state, version }) => `${state} ${version}`).toSorted()).toEqual(['LINKED 5', 'SENDING 3']);
    expect(wonOf(await one.ledger.commit(pending, [stepOf(linked, TO_COLLECTED[4] ?? CLAIM)]))).toEqual([false]);
    expect(await adoptAll(one.ledger)).toEqual([]);
  });

  it('sends nothing that it was about to send, once it knows, ends its polls, and goes on as a new member', async () => {
    let lost = 0;
    const one = await openShared(url, { leaseMs: 3_000, onLost: () => (lost += 1) });
    const { ledger } = one;
    const linked = newReport();
    await bringLinked(ledger, linked);
    const poll = await pollOf(one, linked);
    const sending = await bring(ledger, newReport(), [CLAIM, SEND]);
    await (
      await membersNow()
    )();
    await eventually(() => expect(lost).toBe(1));
    expect(poll.aborted).toBe(true);
    expect(ledger.mayBuy([sending])).toBe(false);
    await eventually(async () => expect(ledger.mayBuy([await bring(ledger, newReport(), [CLAIM, SEND])])).toBe(true));
  });

  it('polls nothing any more that it polled before', async () => {
    let lost = 0;
    const one = await openShared(url, { leaseMs: 3_000, onLost: () => (lost += 1) });
    const report = newReport();
    await bringLinked(one.ledger, report);
    let polls = 0;
    one.queue.start(async () => {
      polls += 1;
      return 20;
    });
    one.queue.schedule({ id: report.id, type: 'PAY' }, 0);
    await eventually(() => expect(polls).toBeGreaterThan(2));
    await (
      await membersNow()
    )();
    await eventually(() => expect(lost).toBe(1));
    const before = polls;
    one.queue.schedule({ id: report.id, type: 'PAY' }, 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(polls).toBe(before);
  });
});

describe('a process that gives no sign of life', () => {
  it('is dead after its lease, for one that has held its own as long, and what it did is taken over', async () => {
    const report = newReport();
    await bringLinked((await openShared(url)).ledger, report);
    const [silent] = await execute(url, `SELECT id FROM ${SCHEMA}.members`);
    // Again and again, because it does give signs of life.
    const adoptFrom = async (ledger: Ledger): Promise<readonly object[]> => {
      await execute(
        url,
        `UPDATE ${SCHEMA}.members SET lease_until = now() - interval '1 s' WHERE id = '${String(silent?.['id'])}'`,
      );
      return adoptAll(ledger);
    };
    // What one that lives does is not.
    await bringLinked((await openShared(url)).ledger, newReport());
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    onTestFinished(() => clock.mockRestore());
    const other = await openShared(url, { leaseMs: 3_000 });
    expect(await adoptFrom(other.ledger)).toEqual([]);
    clock.mockRestore();
    await eventually(async () => expect(await adoptFrom(other.ledger)).toMatchObject([{ id: report.id }]));
  });
});

describe('a process that stops', () => {
  it('hands over what it polls and what it has not sent, and keeps what it is sending', async () => {
    const one = await openShared(url);
    const other = await openShared(url);
    const [claimed, sent, linked] = [newReport(), newReport(), newReport()];
    await bring(one.ledger, claimed, [CLAIM]);
    const sending = await bring(one.ledger, sent, [CLAIM, SEND]);
    await bringLinked(one.ledger, linked);
    // What others poll stays theirs.
    await bringLinked(other.ledger, newReport());
    const poll = await pollOf(one, linked);
    await one.ledger.handOver();
    expect(poll.aborted).toBe(true);
    expect(await adoptAll(one.ledger)).toEqual([]);
    const ids = (await adoptAll(other.ledger)).map(({ id }) => id);
    expect(ids.toSorted()).toEqual([claimed.id, linked.id].toSorted());
    expect(one.ledger.mayBuy([sending])).toBe(true);
    // Its link, once it comes, is polled by another.
    await bring(one.ledger, sent, [RESPONSE, LINK_FOUND]);
    expect((await adoptAll(other.ledger)).map(({ id }) => id)).toEqual([sent.id]);
  });
});

describe('the usage log', () => {
  it('is read by one process, until that is gone or was taken for dead', async () => {
    const [one, other, third] = [await openShared(url), await openShared(url), await openShared(url)];
    const reads = (each: typeof one) => each.ledger.purchases.readsLog();
    const all = [one, other, third];
    const first = await Promise.all(all.map(reads));
    expect(first.filter((each) => each)).toHaveLength(1);
    expect(await Promise.all(all.map(reads))).toEqual(first);
    await execute(url, `DELETE FROM ${SCHEMA}.members m USING ${SCHEMA}.duties d WHERE d.member = m.id`);
    const rest = all.filter((_, index) => !first[index]);
    const second = await Promise.all(rest.map(reads));
    expect(second.filter((each) => each)).toHaveLength(1);
    await execute(
      url,
      `UPDATE ${SCHEMA}.members m SET lease_until = now() FROM ${SCHEMA}.duties d WHERE d.member = m.id`,
    );
    const [next] = rest.filter((_, index) => !second[index]);
    expect(next && (await reads(next))).toBe(true);
  });
});

describe('a link', () => {
  it('is polled by the process that owns it only', async () => {
    const leaseMs = 600_000;
    const [one, other] = [await openShared(url, { leaseMs }), await openShared(url, { leaseMs })];
    const report = newReport();
    await bringLinked(one.ledger, report);
    const polls: string[] = [];
    const now = Date.now.bind(Date);
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + leaseMs);
    onTestFinished(() => clock.mockRestore());
    for (const [name, { queue }] of Object.entries({ one, other })) {
      queue.start(async () => {
        polls.push(name);
        return null;
      });
      queue.schedule({ id: report.id, type: 'PAY' }, 0);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(polls, 'while the lease may be over').toEqual([]);
    clock.mockRestore();
    await eventually(() => expect(polls).toEqual(['one']));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(polls).toEqual(['one']);
  });
});

describe('a commit whose connection is lost after it was stored', () => {
  it('is recognized, has happened once, and is charged once', async () => {
    const wire = await openWire(url);
    const { ledger } = await openShared(wire.url, { listenUrl: url });
    for (let round = 0; round < 20; round++) {
      const report = newReport();
      wire.cutAfter('commit_steps');
      const claim = stepOf(absent(report.id, 'PAY'), claimOf('ann'));
      const outcome = await ledger.commit(report, [claim]).catch(() => ledger.commit(report, [claim]));
      expect(wonOf(outcome)).toEqual([true]);
      expect(await current(ledger, report)).toMatchObject({ state: 'INTENT', version: 1 });
    }
    expect(wire.cuts()).toBe(20);
    expect(await ledger.charged({ client: 'ann', day: DAY })).toBe(20);
  });
});

describe('a commit whose outcome is never learned', () => {
  it('is found by the process that made it, which goes on from there', async () => {
    let isLost = false;
    const proxy = await startProxy({
      port: () => Number(new URL(url).port),
      toClient: (data) => (isLost ? null : data),
    });
    onTestFinished(() => proxy.close());
    const through = new URL(url);
    through.port = String(proxy.port);
    const { ledger, queue } = await openShared(through.href, { listenUrl: url });
    expect(await adoptAll(ledger)).toEqual([]);
    const report = newReport();
    const answered = await bring(ledger, report, TO_LINKED.slice(0, 3));
    isLost = true;
    await expect(ledger.commit(report, [stepOf(answered, LINK_FOUND)])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    isLost = false;
    const polls: string[] = [];
    queue.start(async ({ id }) => {
      polls.push(id);
      return null;
    });
    expect(await ledger.adopt(1, [report.id])).toEqual([]);
    expect(await adoptAll(ledger)).toMatchObject([{ id: report.id, entries: [{ state: 'LINKED' }] }]);
    queue.schedule({ id: report.id, type: 'PAY' }, 0);
    await eventually(() => expect(polls).toEqual([report.id]));
    expect(await adoptAll(ledger)).toEqual([]);
  });
});

describe('what a process has had for more than a minute', () => {
  it('is taken up by it unless it drives it, with a new version', async () => {
    const { ledger } = await openShared(url, { leaseMs: 600_000 });
    expect(await ledger.adopt(10, [])).toEqual([]);
    const [left, driven] = [newReport(), newReport()];
    const at = Date.now() - 61_000;
    const [forgotten, sending] = [
      await bring(ledger, left, [CLAIM, SEND], { at }),
      await bring(ledger, driven, [CLAIM, SEND], { at }),
    ];
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 61_000);
    onTestFinished(() => clock.mockRestore());
    expect(await ledger.adopt(10, [driven.id])).toMatchObject([{ id: left.id, entries: [{ state: 'SENDING' }] }]);
    expect(wonOf(await ledger.commit(driven, [stepOf(sending, RESPONSE)]))).toEqual([true]);
    expect(wonOf(await ledger.commit(left, [stepOf(forgotten, RESPONSE)]))).toEqual([false]);
  });
});

describe('pruning', () => {
  it('leaves what has changed since another process looked for what may be pruned', async () => {
    const { ledger } = await openShared(url);
    const report = newReport();
    const rejected = await bring(ledger, report, [CLAIM, SEND, { ...REJECT, expiresAt: 2 } as LedgerEvent]);
    const linked = await bringLinked(ledger, report);
    await execute(
      url,
      `SELECT ${SCHEMA}.prune_entries(ARRAY['${report.id}'], ARRAY['PAY'], ARRAY[${rejected.version}], '{}', 2)`,
    );
    expect(await current(ledger, report)).toEqual(linked);
  });
});

describe('a claim of the same report by two processes', () => {
  it('wins in one of them, however often both try', async () => {
    const [one, other] = [await openShared(url), await openShared(url)];
    const reports = Array.from({ length: 100 }, () => newReport());
    const claims = await Promise.all(
      reports.flatMap((report) =>
        [one, other].map(({ ledger }) => ledger.commit(report, [stepOf(absent(report.id, 'PAY'), claimOf('ann'))])),
      ),
    );
    expect(wonOf(claims.flat()).filter(Boolean)).toHaveLength(100);
    expect(await one.ledger.charged({ client: 'ann', day: DAY })).toBe(100);
  });

  it('is within a budget together', async () => {
    const [one, other] = [await openShared(url), await openShared(url)];
    const limited = claimOf('ann', { limit: 30 });
    const claims = await Promise.all(
      Array.from({ length: 50 }, () => [one, other])
        .flat()
        .map(({ ledger }) => {
          const report = newReport();
          return ledger.commit(report, [stepOf(absent(report.id, 'PAY'), limited)]);
        }),
    );
    expect(wonOf(claims.flat()).filter(Boolean)).toHaveLength(30);
  });
});

describe('stopping purchases', () => {
  it('is known to every process, and waits until what others were sending has an outcome', async () => {
    const [one, other] = [await openShared(url), await openShared(url)];
    const report = newReport();
    const sending = await bring(other.ledger, report, [CLAIM, SEND]);
    let isStopped = false;
    const stopping = one.ledger.setBuying(false).then(() => (isStopped = true));
    await eventually(() => expect(other.ledger.mayBuy([sending])).toBe(false));
    const fresh = newReport();
    expect(await other.ledger.commit(fresh, [stepOf(absent(fresh.id, 'PAY'), CLAIM)])).toMatchObject([
      { won: false, refused: { reason: 'stopped' } },
    ]);
    expect(isStopped).toBe(false);
    // One that starts meanwhile.
    expect((await openShared(url)).ledger.mayBuy([])).toBe(false);
    await bring(other.ledger, report, [{ kind: 'not-accepted' }, GIVE_UP]);
    await stopping;
    await one.ledger.setBuying(true);
    expect(await bring(other.ledger, fresh, TO_LINKED)).toMatchObject({ state: 'LINKED' });
  });
});
