import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { absent, type Entry } from '../../src/datasources/reports/ledger.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import {
  RESPONSE,
  RESPONSE_WITH_COOKIES,
  BODY,
  bring,
  bringCollected,
  bringLinked,
  adoptAll,
  CLAIM,
  COLLECT,
  current,
  END,
  GIVE_UP,
  IN_A_WEEK,
  LINK,
  LINK_FOUND,
  LOSE,
  newReport,
  REJECT,
  REOPEN,
  SEND,
  SET_ASIDE,
  stepOf,
  TO_COLLECTED,
  TO_LINKED,
  wonOf,
  type OpenBackend,
  type OpenedBackend,
} from './steps.js';

/** The contract of every ledger (`ports.ts`), whatever its storage. */
export function ledgerSuite(name: string, open: OpenBackend): void {
  let opened: OpenedBackend;
  let ledger: Ledger;

  beforeEach(async () => {
    opened = await open();
    ledger = opened.backend.ledger;
  });
  afterEach(() => opened.close());

  async function reopened(): Promise<Ledger> {
    return (await opened.reopen()).ledger;
  }

  /** The events that lead to each state. */
  const WAYS = {
    INTENT: [CLAIM],
    'ABSENT, given up': [CLAIM, GIVE_UP],
    SENDING: [CLAIM, SEND],
    'SENDING, responded': [CLAIM, SEND, RESPONSE],
    'SENDING, responded with cookies': [CLAIM, SEND, RESPONSE_WITH_COOKIES],
    LINKED: TO_LINKED,
    COLLECTED: TO_COLLECTED,
    REJECTED: [CLAIM, SEND, REJECT],
    UNCERTAIN: [CLAIM, SEND, LOSE],
    'UNCERTAIN, responded with cookies': [CLAIM, SEND, RESPONSE_WITH_COOKIES, LOSE],
    'UNCERTAIN, responded': [CLAIM, SEND, RESPONSE, LOSE],
    FAILED: [...TO_LINKED, END],
    'LINKED, reopened': [...TO_LINKED, END, REOPEN],
    'LINKED, with a response set aside': [...TO_LINKED, SET_ASIDE],
  };

  describe(`${name}: committed entries`, () => {
    it('are null for a report that was never requested', async () => {
      expect(await ledger.read(newReport().id)).toBeNull();
    });

    it('are returned with the request of the first commit', async () => {
      const report = newReport();
      const entry = await bring(ledger, report, [CLAIM]);
      expect(await ledger.read(report.id)).toEqual({ ...report, entries: [entry] });
      const other = { ...report, request: { ...report.request, autoResolveJobTitle: false } };
      await ledger.commit(other, [stepOf(entry, SEND)]);
      expect((await ledger.read(report.id))?.request).toEqual(report.request);
    });

    it.each(Object.entries(WAYS))('are read back unchanged, before and after a restart: %s', async (_, events) => {
      const report = newReport();
      const entry = await bring(ledger, report, events);
      expect(await current(ledger, report)).toEqual(entry);
      expect(await current(await reopened(), report)).toEqual(entry);
    });

    it('can be written for both types in one commit and then advance independently', async () => {
      const report = newReport();
      const claims = (['PAY', 'YOE'] as const).map((type) => stepOf(absent(report.id, type), CLAIM));
      expect(wonOf(await ledger.commit(report, claims))).toEqual([true, true]);
      await bring(ledger, report, [SEND], { type: 'YOE' });
      expect([await current(ledger, report, 'PAY'), await current(ledger, report, 'YOE')]).toMatchObject([
        { state: 'INTENT', version: 1 },
        { state: 'SENDING', version: 2 },
      ]);
    });

    it('are all stored when 200 reports are written concurrently', async () => {
      const reports = Array.from({ length: 200 }, () => newReport());
      await Promise.all(reports.map((report) => bring(ledger, report, TO_COLLECTED.slice(0, 3))));
      const entries = await Promise.all(reports.map((report) => current(ledger, report)));
      expect(entries.every(({ state, version }) => state === 'SENDING' && version === 3)).toBe(true);
    });
  });

  describe(`${name}: concurrent commits`, () => {
    it('let one of a hundred claims win and return the stored entry to the others', async () => {
      const report = newReport();
      const claims = Array.from({ length: 100 }, (_, index) => stepOf(absent(report.id, 'PAY'), CLAIM, 1_000 + index));
      const outcomes = (await Promise.all(claims.map((claim) => ledger.commit(report, [claim])))).flat();
      const winner = outcomes.find(({ won }) => won)?.entry;
      expect(outcomes.filter(({ won }) => won)).toHaveLength(1);
      expect(outcomes.map(({ entry }) => entry)).toEqual(outcomes.map(() => winner));
      expect(await current(ledger, report)).toEqual(winner);
    });

    it('reject a transition from a stale version without any side effect', async () => {
      const report = newReport();
      const linked = await bringLinked(ledger, report);
      const [ended] = await ledger.commit(report, [stepOf(linked, END)]);
      const heard: Entry[] = [];
      await ledger.subscribe(report.id, (entry) => heard.push(entry));
      const before = await ledger.usage(0, Date.now());
      expect(await ledger.commit(report, [stepOf(linked, COLLECT)])).toEqual([{ won: false, entry: ended?.entry }]);
      expect(await current(ledger, report)).toEqual(ended?.entry);
      expect(await ledger.usage(0, Date.now())).toEqual(before);
      expect(heard).toEqual([]);
    });

    it('decide each type of a report separately', async () => {
      const report = newReport();
      const pay = await bring(ledger, report, [CLAIM]);
      const claims = (['PAY', 'YOE'] as const).map((type) => stepOf(absent(report.id, type), CLAIM));
      const committed = await ledger.commit(report, claims);
      expect(wonOf(committed)).toEqual([false, true]);
      expect(committed[0]?.entry).toEqual(pay);
    });

    it('let the second transition of a commit build on the first', async () => {
      const report = newReport();
      const claim = stepOf(absent(report.id, 'PAY'), CLAIM);
      expect(wonOf(await ledger.commit(report, [claim, stepOf(claim.after, SEND)]))).toEqual([true, true]);
      expect(await current(ledger, report)).toMatchObject({ state: 'SENDING', version: 2 });
    });

    it('recognize the same transition when it is passed again, which has no effect then', async () => {
      const report = newReport();
      const heard: Entry[] = [];
      await ledger.subscribe(report.id, (entry) => heard.push(entry));
      const claim = stepOf(absent(report.id, 'PAY'), CLAIM);
      const first = await ledger.commit(report, [claim]);
      expect(await ledger.commit(report, [claim])).toEqual(first);
      expect(wonOf(await ledger.commit(report, [{ ...claim }]))).toEqual([false]);
      expect(await ledger.charged(CLAIM.charge)).toBe(1);
      const sending = await bring(ledger, report, [SEND]);
      expect(await ledger.commit(report, [claim])).toEqual([{ won: false, entry: sending }]);
      expect(heard.map(({ state }) => state)).toEqual(['INTENT', 'SENDING']);
    });

    it('reject a claim on an entry that has advanced', async () => {
      const report = newReport();
      await bringLinked(ledger, report);
      expect(wonOf(await ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]))).toEqual([false]);
    });
  });

  describe(`${name}: a report body`, () => {
    const large = JSON.stringify({ Report: { filler: '€'.repeat(700_000) } });

    it.each([
      ['plain JSON', BODY],
      ['JSON with extra whitespace and line breaks', '\r\n { "Report" :\t{} }\n\n'],
      ['characters beyond the BMP and a NUL', '{"Report":{"LevelUsed":"é👩‍💻\0\u2028"}}'],
      ['2 MB', large],
    ])('is read back byte for byte, before and after a restart: %s', async (_, body) => {
      const report = newReport();
      const entry = await bringCollected(ledger, report, { body });
      expect((await ledger.body(entry)) === body).toBe(true);
      expect((await (await reopened()).body(entry)) === body).toBe(true);
    });

    it('belongs to one report and type', async () => {
      const [one, other] = [newReport(), newReport()];
      const pay = await bringCollected(ledger, one, { body: '{"a":1}' });
      const yoe = await bringCollected(ledger, one, { type: 'YOE', body: '{"a":2}' });
      const third = await bringCollected(ledger, other, { body: '{"a":3}' });
      const bodies = await Promise.all([pay, yoe, third].map((entry) => ledger.body(entry)));
      expect(bodies).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
    });

    it('is replaced when an expired report is bought again', async () => {
      const report = newReport();
      await bring(ledger, report, [...TO_LINKED, { kind: 'collect', body: BODY, rating: 1, expiresAt: 1 }]);
      const again = await bringCollected(ledger, report, { body: '{"again":true}' });
      expect(await ledger.body(again)).toBe('{"again":true}');
    });
  });

  describe(`${name}: after a restart,`, () => {
    it('unfinished reports are found with what is unfinished of them, and finished ones are not', async () => {
      const reports = new Map(Object.keys(WAYS).map((way) => [way, newReport()]));
      for (const [way, report] of reports) await bring(ledger, report, WAYS[way as keyof typeof WAYS]);
      const mixed = newReport();
      await bring(ledger, mixed, TO_COLLECTED);
      await bring(ledger, mixed, [CLAIM, SEND], { type: 'YOE' });

      const found = await adoptAll(await reopened());
      const ids = new Set(found.map(({ id }) => id));
      const isFound = (way: keyof typeof WAYS) => ids.has(reports.get(way)?.id ?? '');
      for (const way of ['INTENT', 'SENDING', 'SENDING, responded', 'LINKED', 'UNCERTAIN, responded'] as const) {
        expect(isFound(way), way).toBe(true);
      }
      for (const way of ['ABSENT, given up', 'COLLECTED', 'REJECTED', 'FAILED'] as const) {
        expect(isFound(way), way).toBe(false);
      }
      expect(ids.size).toBe(found.length);
      const record = found.find(({ id }) => id === mixed.id);
      expect(record?.request).toEqual(mixed.request);
      expect(record?.entries.map(({ type, state }) => `${type} ${state}`)).toEqual(['YOE SENDING']);
    });

    it('unfinished reports are taken up once', async () => {
      await bringLinked(ledger, newReport());
      const next = await reopened();
      expect(await adoptAll(next)).toHaveLength(1);
      expect(await next.adopt(1_000, [])).toEqual([]);
    });

    it('what the only process reads it writes', async () => {
      expect(ledger.canWrite('first')).toBe(true);
    });

    it('what was handed over can be taken up', async () => {
      const [claimed, linked] = [newReport(), newReport()];
      await bring(ledger, claimed, [CLAIM]);
      await bringLinked(ledger, linked);
      await ledger.handOver();
      const found = await adoptAll(await reopened());
      expect(found.map(({ id }) => id).toSorted()).toEqual([claimed.id, linked.id].toSorted());
    });

    it('versions continue from those of the previous process', async () => {
      const report = newReport();
      const sending = await bring(ledger, report, [CLAIM, SEND]);
      const next = await reopened();
      expect(wonOf(await next.commit(report, [stepOf(sending, LOSE)]))).toEqual([true]);
      expect(wonOf(await next.commit(report, [stepOf(sending, RESPONSE)]))).toEqual([false]);
    });
  });

  describe(`${name}: pruning`, () => {
    it('removes only expired reports, which can then be claimed again', async () => {
      const [old, fresh, pending] = [newReport(), newReport(), newReport()];
      const now = Date.now();
      const expired = await bring(ledger, old, [
        ...TO_LINKED,
        { kind: 'collect', body: BODY, rating: 1, expiresAt: now },
      ]);
      const kept = await bringCollected(ledger, fresh);
      const linked = await bringLinked(ledger, pending);
      await ledger.prune(now);
      expect(await ledger.body(expired as typeof kept)).toBeNull();
      expect(await ledger.body(kept)).toBe(BODY);
      expect([await current(ledger, fresh), await current(ledger, pending)]).toEqual([kept, linked]);
      const claimed = await bring(ledger, old, [CLAIM]);
      expect(claimed.version).toBeGreaterThan(expired.version);
    });

    it('keeps a report until the exact moment it expires', async () => {
      const report = newReport();
      const kept = await bringCollected(ledger, report);
      await ledger.prune(IN_A_WEEK - 1);
      expect(await ledger.body(kept)).toBe(BODY);
      await ledger.prune(IN_A_WEEK);
      expect(await ledger.body(kept)).toBeNull();
    });

    it('removes an expired body although its report was claimed again and given up', async () => {
      const report = newReport();
      const expired = await bring(ledger, report, [
        ...TO_LINKED,
        { kind: 'collect', body: BODY, rating: 1, expiresAt: 1 },
      ]);
      await bring(ledger, report, [CLAIM, GIVE_UP]);
      expect(await ledger.body(expired as Awaited<ReturnType<typeof bringCollected>>)).toBeNull();
    });

    it('rejects a transition from a version that it removed', async () => {
      const report = newReport();
      const rejected = await bring(ledger, report, [CLAIM, SEND, { ...REJECT, expiresAt: 1 } as typeof REJECT]);
      await ledger.prune(2);
      const first = await bring(ledger, report, [CLAIM]);
      expect(wonOf(await ledger.commit(report, [stepOf(rejected, CLAIM)]))).toEqual([false]);
      expect(await current(ledger, report)).toEqual(first);
    });
  });

  describe(`${name}: a report of which nothing is kept`, () => {
    const rejected = { ...REJECT, expiresAt: 1 } as typeof REJECT;

    it.each([
      ['was rejected', [CLAIM, SEND, rejected]],
      ['was given up', [CLAIM, GIVE_UP]],
    ])('is forgotten once it is pruned, and can be claimed again: it %s', async (_, events) => {
      const report = newReport();
      const last = await bring(ledger, report, events);
      await ledger.prune(0, Date.now());
      expect(await ledger.read(report.id)).toBeNull();
      const again = await bring(ledger, report, [CLAIM]);
      expect(again.version).toBeGreaterThan(last.version);
      expect(await ledger.read(report.id)).toEqual({ ...report, entries: [again] });
      // Of two claims one wins.
      const claim = stepOf(absent(report.id, 'PAY'), CLAIM);
      expect(wonOf(await ledger.commit(report, [claim]))).toEqual([false]);
    });

    it('is kept while the other type is', async () => {
      const report = newReport();
      await bring(ledger, report, [CLAIM, SEND, rejected]);
      await bring(ledger, report, TO_LINKED, { type: 'YOE' });
      await ledger.prune(0, 2);
      expect(await ledger.read(report.id)).toMatchObject({ request: report.request });
      expect(await current(ledger, report)).toMatchObject({ state: 'ABSENT' });
    });

    it('is kept if its id is needed', async () => {
      const report = newReport();
      await bring(ledger, report, [CLAIM, SEND, rejected]);
      await ledger.prune(0, 2, (id) => id === report.id);
      expect(await ledger.read(report.id)).toMatchObject({ request: report.request });
    });

    it('is not one that may have been bought', async () => {
      const lost = newReport();
      const kept = await bring(ledger, lost, [CLAIM, SEND, LOSE]);
      const claimed = newReport();
      await bring(ledger, claimed, [CLAIM]);
      const collected = newReport();
      await bring(ledger, collected, [...TO_LINKED, { kind: 'collect', body: BODY, rating: 1, expiresAt: 1 }]);
      await ledger.prune(0, Infinity);
      expect(await current(ledger, lost)).toEqual(kept);
      expect(await current(ledger, claimed)).toMatchObject({ state: 'INTENT' });
      expect(await ledger.body((await current(ledger, collected)) as never)).toBe(BODY);
    });
  });

  it(`${name}: prunes any number of expired reports in one call`, async () => {
    const reports = Array.from({ length: 450 }, newReport);
    const rejected = { ...REJECT, expiresAt: 1 } as typeof REJECT;
    await Promise.all(reports.map((report) => bring(ledger, report, [CLAIM, SEND, rejected])));
    await ledger.prune(2);
    const entries = await Promise.all(reports.map((report) => current(ledger, report)));
    expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(['ABSENT']));
  });

  it(`${name}: ping resolves while the ledger is writable`, async () => {
    await expect(ledger.ping()).resolves.toBeUndefined();
  });

  it.each([
    ['LINKED', TO_LINKED],
    ['COLLECTED', TO_COLLECTED],
    ['FAILED', [...TO_LINKED, END]],
  ])(`${name}: knows which other report has a link: %s`, async (_, events) => {
    const [one, other] = [newReport(), newReport()];
    await bring(ledger, one, events);
    const own = { id: other.id, type: 'PAY' } as const;
    expect(await ledger.othersWithLink(LINK, own)).toEqual([{ id: one.id, type: 'PAY' }]);
    expect(await ledger.othersWithLink(LINK, { id: one.id, type: 'YOE' })).toEqual([{ id: one.id, type: 'PAY' }]);
    expect(await ledger.othersWithLink(LINK, { id: one.id, type: 'PAY' })).toEqual([]);
    expect(await ledger.othersWithLink(`${LINK}x`, own)).toEqual([]);
    expect(await (await reopened()).othersWithLink(LINK, own)).toEqual([{ id: one.id, type: 'PAY' }]);
  });

  it(`${name}: recovers a link from the stored response of an uncertain purchase`, async () => {
    const report = newReport();
    const recovered = await bring(ledger, report, [CLAIM, SEND, RESPONSE, LOSE, LINK_FOUND]);
    expect(await current(await reopened(), report)).toEqual(recovered);
  });
}
