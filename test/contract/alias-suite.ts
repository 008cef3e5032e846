import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aliasOf } from '../../src/datasources/reports/alias-state.js';
import { absent, entryOf, type Entry } from '../../src/datasources/reports/ledger.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Alias, Ledger } from '../../src/datasources/reports/ports.js';
import type { ReportKey } from '../../src/model/report.js';
import {
  BODY,
  bring,
  bringCollected,
  CLAIM,
  claimOf,
  current,
  DAY,
  GIVE_UP,
  IN_A_WEEK,
  newReport,
  REJECT,
  stepOf,
  TO_LINKED,
  wonOf,
  type OpenBackend,
  type OpenedBackend,
} from './steps.js';

const TYPES = ['PAY', 'YOE'] as const;
const COLLECTED_ONCE: LedgerEvent = { kind: 'collect', body: BODY, rating: 1, expiresAt: 1 };

/** That one id stands for another, in every ledger. */
export function aliasSuite(name: string, open: OpenBackend): void {
  let opened: OpenedBackend;
  let ledger: Ledger;

  beforeEach(async () => {
    opened = await open();
    ledger = opened.backend.ledger;
  });
  afterEach(() => opened.close());

  describe(`${name}: an id that stands for another`, () => {
    it('is stored with the claim, and read back with its own request, before and after a restart', async () => {
      const [asked, bought] = [newReport(), newReport()];
      expect(ledger.canWrite('stands-for')).toBe(true);
      const { committed, aliases } = await claimAs(asked, bought);
      expect(wonOf(committed)).toEqual([true]);
      expect(await current(ledger, bought)).toEqual(committed[0]?.entry);
      expect(await ledger.read(asked.id)).toEqual({ ...asked, entries: aliases });
      expect(aliases?.map((entry) => [entry.type, entry.standsFor])).toEqual(TYPES.map((type) => [type, bought.id]));
      const next = (await opened.reopen()).ledger;
      expect(await next.read(asked.id)).toEqual({ ...asked, entries: aliases });
      expect(await current(next, bought)).toEqual(committed[0]?.entry);
    });

    it('is stored with a claim that was lost to a purchase under way, and with none', async () => {
      const [one, other, bought] = [newReport(), newReport(), newReport()];
      const entry = await bring(ledger, bought, [CLAIM]);
      const lost = await claimAs(one, bought);
      expect(lost.committed).toEqual([{ won: false, entry }]);
      const joined = await ledger.commitAs(bought, [], await aliasTo(other, bought));
      expect(joined.committed).toEqual([]);
      for (const { id } of [one, other]) expect(aliasOf((await ledger.read(id))?.entries ?? [])).toBe(bought.id);
      expect(await ledger.charged(CLAIM.charge)).toBe(1);
    });

    it('is announced to those who follow it', async () => {
      const [asked, bought] = [newReport(), newReport()];
      const heard: Entry[] = [];
      await ledger.subscribe(asked.id, (entry) => void heard.push(entry));
      await claimAs(asked, bought);
      expect(heard.map(({ type, state }) => `${type} ${state}`).toSorted()).toEqual(['PAY ALIAS', 'YOE ALIAS']);
    });

    it('is charged to what is bought alone, and not stored if nothing may be', async () => {
      const [asked, bought] = [newReport(), newReport()];
      const limited = claimOf('ann', { limit: 1 });
      await bring(ledger, newReport(), [limited]);
      const refused = await claimAs(asked, bought, limited);
      expect(refused).toMatchObject({
        aliases: null,
        committed: [{ won: false, refused: { reason: 'budget', used: 1 } }],
      });
      await ledger.setBuying(false);
      expect(await claimAs(asked, bought)).toMatchObject({
        aliases: null,
        committed: [{ refused: { reason: 'stopped' } }],
      });
      await ledger.setBuying(true);
      expect(await ledger.read(asked.id)).toBeNull();
      await claimAs(asked, bought, claimOf('ann'));
      expect(await ledger.charged({ client: 'ann', day: DAY })).toBe(2);
    });

    it('is stored if one of two types may be bought', async () => {
      const [asked, bought] = [newReport(), newReport()];
      const claims = TYPES.map((type) => stepOf(absent(bought.id, type), claimOf('bob', { limit: 1 })));
      const { committed, aliases } = await ledger.commitAs(bought, claims, await aliasTo(asked, bought));
      expect(wonOf(committed)).toEqual([true, false]);
      expect(aliases).toHaveLength(2);
    });

    it('may be passed again', async () => {
      const [asked, bought] = [newReport(), newReport()];
      const claims = [stepOf(absent(bought.id, 'PAY'), CLAIM)];
      const alias = await aliasTo(asked, bought);
      const first = await ledger.commitAs(bought, claims, alias);
      expect(await ledger.commitAs(bought, claims, alias)).toEqual(first);
      expect(wonOf(await ledger.commit(bought, claims))).toEqual([true]);
      expect(await ledger.charged(CLAIM.charge)).toBe(1);
      expect(await ledger.commitAs(bought, [], { report: asked, steps: [] })).toMatchObject({ aliases: first.aliases });
    });

    it.each([
      ['claimed', [CLAIM]],
      ['ready', [...TO_LINKED, { ...COLLECTED_ONCE, expiresAt: IN_A_WEEK }]],
    ] as const)(
      'is none while it has an entry of its own that is %s, and then nothing is claimed',
      async (_, events) => {
        const [asked, bought] = [newReport(), newReport()];
        const alias = await aliasTo(asked, bought);
        const own = await bring(ledger, asked, events, { type: 'YOE' });
        const claim = stepOf(absent(bought.id, 'PAY'), CLAIM);
        expect(await ledger.commitAs(bought, [claim], alias)).toMatchObject({
          aliases: null,
          committed: [{ won: false }],
        });
        expect(await ledger.read(bought.id)).toBeNull();
        expect((await ledger.read(asked.id))?.entries).toEqual([own]);
        await expect(aliasTo(asked, bought)).rejects.toThrow('cannot happen');
      },
    );

    it('takes the place of an entry that has expired, with its body', async () => {
      const [asked, bought] = [newReport(), newReport()];
      const expired = await bring(ledger, asked, [...TO_LINKED, COLLECTED_ONCE]);
      const { aliases } = await claimAs(asked, bought);
      expect(aliases?.find(({ type }) => type === 'PAY')?.version).toBe(expired.version + 1);
      expect(await ledger.body(expired as never)).toBeNull();
      expect(wonOf(await ledger.commit(asked, [stepOf(expired, CLAIM)]))).toEqual([false]);
    });

    it('is no claim of its own until it stands alone', async () => {
      const [asked, bought] = [newReport(), newReport()];
      const { aliases } = await claimAs(asked, bought);
      expect(wonOf(await ledger.commit(asked, [stepOf(absent(asked.id, 'PAY'), CLAIM)]))).toEqual([false]);
      const steps = (aliases ?? []).map((entry) => stepOf(entry, { kind: 'stand-alone' }));
      expect(wonOf(await ledger.commit(asked, steps))).toEqual([true, true]);
      expect(await bring(ledger, asked, [CLAIM])).toMatchObject({ state: 'INTENT' });
      expect(aliasOf((await ledger.read(asked.id))?.entries ?? [])).toBeNull();
    });
  });

  describe(`${name}: what others stand for`, () => {
    it('stands for nothing itself, and what stands for something has nothing standing for it', async () => {
      const [asked, middle, bought] = [newReport(), newReport(), newReport()];
      await claimAs(middle, bought);
      const claim = stepOf(absent(middle.id, 'PAY'), CLAIM);
      expect(await ledger.commitAs(middle, [claim], await aliasTo(asked, middle))).toMatchObject({ aliases: null });
      expect(await ledger.read(asked.id)).toBeNull();
      expect(
        await ledger.commitAs(bought, [], await aliasTo(bought, bought).catch(() => ({ report: bought, steps: [] }))),
      ).toMatchObject({
        aliases: null,
      });
    });

    it('may stand for another one once it has expired: then nothing stands for it any more', async () => {
      const [asked, middle, bought] = [newReport(), newReport(), newReport()];
      const { aliases } = await claimAs(asked, middle);
      await bring(ledger, middle, [...TO_LINKED.slice(1), COLLECTED_ONCE]);
      await claimAs(middle, bought);
      expect(await ledger.read(asked.id)).toBeNull();
      const again = await claimAs(asked, bought);
      expect(again.aliases?.every(({ version }) => version > (aliases?.[0]?.version ?? 0))).toBe(true);
    });

    it('is never both, however many make aliases at once', async () => {
      const reports = Array.from({ length: 6 }, () => newReport());
      const pairs = reports.flatMap((one) =>
        reports.filter((other) => other !== one).map((other) => [one, other] as const),
      );
      await Promise.all([...pairs, ...pairs].map(([asked, bought]) => claimAs(asked, bought).catch(onlyConflicts)));
      const targets = await Promise.all(reports.map(async ({ id }) => aliasOf((await ledger.read(id))?.entries ?? [])));
      const standing = reports.filter((_, index) => targets[index] !== null).map(({ id }) => id);
      expect(targets.filter((target) => target !== null && standing.includes(target))).toEqual([]);
      for (const [index, report] of reports.entries()) {
        const states = new Set(((await ledger.read(report.id))?.entries ?? []).map(({ state }) => state));
        expect(targets[index] === null || (states.size === 1 && states.has('ALIAS'))).toBe(true);
      }
    });

    it('is bought once, however many spellings of it are claimed at once', async () => {
      const bought = newReport();
      const spellings = Array.from({ length: 50 }, () => newReport());
      const outcomes = await Promise.all(spellings.map((asked) => claimAs(asked, bought)));
      expect(outcomes.flatMap(({ committed }) => committed).filter(({ won }) => won)).toHaveLength(1);
      for (const { id } of spellings) expect(aliasOf((await ledger.read(id))?.entries ?? [])).toBe(bought.id);
      expect(await ledger.charged(CLAIM.charge)).toBe(1);
    });

    it('takes what stands for it along when it is forgotten, and not before', async () => {
      const [asked, bought] = [newReport(), newReport()];
      await claimAs(asked, bought);
      await bring(ledger, bought, [{ kind: 'send' }, { ...REJECT, expiresAt: 2 } as LedgerEvent]);
      await ledger.prune(1, 1);
      expect(aliasOf((await ledger.read(asked.id))?.entries ?? [])).toBe(bought.id);
      await ledger.prune(2, 2);
      expect([await ledger.read(bought.id), await ledger.read(asked.id)]).toEqual([null, null]);
      const again = await claimAs(asked, bought);
      expect(again.aliases?.map(({ version }) => version)).toEqual([3, 3]);
      expect(await ledger.read(asked.id)).toEqual({ ...asked, entries: again.aliases });
    });

    it('leaves alone what stood for it, and was bought by itself since, when it is forgotten', async () => {
      const [asked, bought] = [newReport(), newReport()];
      const { aliases } = await claimAs(asked, bought);
      const steps = (aliases ?? []).map((entry) => stepOf(entry, { kind: 'stand-alone' }));
      expect(wonOf(await ledger.commit(asked, steps))).toEqual([true, true]);
      const own = await bringCollected(ledger, asked);
      await bring(ledger, bought, [{ kind: 'send' }, { ...REJECT, expiresAt: 2 } as LedgerEvent]);
      await ledger.prune(2, 2);
      expect(await ledger.read(bought.id)).toBeNull();
      expect(await current(ledger, asked)).toEqual(own);
      expect(await ledger.body(own)).toBe(BODY);
    });

    it('keeps what stands for it while another type of it is kept', async () => {
      const [asked, bought] = [newReport(), newReport()];
      await claimAs(asked, bought);
      await bring(ledger, bought, [GIVE_UP]);
      await bringCollected(ledger, bought, { type: 'YOE' });
      await ledger.prune(Date.now(), Date.now());
      expect(aliasOf((await ledger.read(asked.id))?.entries ?? [])).toBe(bought.id);
    });
  });

  async function claimAs(asked: ReportKey, bought: ReportKey, claim = CLAIM) {
    const before = await current(ledger, bought);
    const claims = [before.version > 0 ? { ...absent(bought.id, 'PAY') } : before].map((entry) => stepOf(entry, claim));
    return ledger.commitAs(bought, claims, await aliasTo(asked, bought));
  }

  /** Throws if an entry of the asked id is its own. */
  async function aliasTo(asked: ReportKey, bought: ReportKey): Promise<Alias> {
    const entries = (await ledger.read(asked.id))?.entries ?? [];
    const steps = TYPES.map((type) => entryOf(entries, asked.id, type))
      .filter((entry) => entry.state !== 'ALIAS')
      .map((entry) => stepOf(entry, { kind: 'stand-for', standsFor: bought.id }));
    return { report: asked, steps };
  }
}

/** An entry was its own by then. */
function onlyConflicts(error: unknown): void {
  if (!(error instanceof Error) || !error.message.includes('cannot happen')) throw error;
}
