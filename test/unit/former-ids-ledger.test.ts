import { describe, expect, it, vi } from 'vitest';
import { withFormerIds } from '../../src/datasources/reports/former-ids-ledger.js';
import { presentReport } from '../../src/datasources/reports/former-ids.js';
import type { Entry, State } from '../../src/datasources/reports/ledger.js';
import type { PurchaseRecord } from '../../src/datasources/reports/sent-purchases.js';
import { transition } from '../../src/datasources/reports/transition.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import type { ReportKey, ReportType } from '../../src/model/report.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';

const request = { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') };
/** The report as it is requested today, and under the id of an earlier release. */
const PRESENT = presentReport({ id: 'any', request });
const FORMER: ReportKey = { id: 'former', request };
const OTHER: ReportKey = { id: 'x', request: { ...request, answers: { ...request.answers, jobTitle: '' } } };
const INTENT: State = { state: 'INTENT', doubt: null };
const SENDING: State = { state: 'SENDING', purchaseId: 'p', response: null, doubt: null };
const ABSENT: State = { state: 'ABSENT', failure: null };
const READY: State = { state: 'COLLECTED', rating: 1, warnings: [], attempt: 1, expiresAt: 5_000 };

describe('a report that is stored under two ids', () => {
  it('has the entry of each type that counts, under either id', async () => {
    const { ledger } = await aliasing({
      former: { PAY: [3, LINKED], YOE: [1, ABSENT] },
      present: { PAY: [1, ABSENT], YOE: [5, READY] },
    });
    for (const id of [FORMER.id, PRESENT.id]) {
      const record = await ledger.read(id);
      expect(record).toMatchObject({ id, request });
      expect(record?.entries).toMatchObject([
        { reportId: id, type: 'PAY', state: 'LINKED', version: 3 },
        { reportId: id, type: 'YOE', state: 'COLLECTED', version: 5 },
      ]);
    }
  });

  it('has no entry of a type that was never requested', async () => {
    const { ledger } = await aliasing({ former: { PAY: [3, LINKED] } });
    expect((await ledger.read(PRESENT.id))?.entries).toMatchObject([{ type: 'PAY' }]);
  });

  it('is listed as uncertain by its present id, and only if that is the entry that counts', async () => {
    const doubt: State = {
      state: 'UNCERTAIN',
      failure: { code: 'UPSTREAM_TIMEOUT', message: 'No.' },
      response: null,
      since: 1,
    };
    const { memory } = await aliasing({
      former: { PAY: [3, doubt], YOE: [3, doubt] },
      present: { PAY: [1, ABSENT], YOE: [5, READY] },
      other: { PAY: [3, doubt] },
    });
    const uncertain = [FORMER, OTHER].flatMap((report) =>
      (['PAY', 'YOE'] as const)
        .map((type) => memory.entry(report.id, type))
        .filter((entry) => entry.state === 'UNCERTAIN')
        .map((entry) => ({ place: { since: 1, id: report.id, type: entry.type }, report, entry })),
    );
    const aliased = withFormerIds(
      {
        ...memory.ledger,
        uncertainCount: async () => uncertain.length,
        uncertain: async () => ({ records: uncertain, total: uncertain.length, hasEarlier: false, hasLater: true }),
      },
      () => 0,
    );
    await aliased.load();
    const { records, ...page } = await aliased.ledger.uncertain(null, 5);
    expect(records).toMatchObject([
      { place: { id: FORMER.id }, report: PRESENT, entry: { reportId: PRESENT.id, type: 'PAY' } },
      { place: { id: OTHER.id }, report: OTHER, entry: { reportId: OTHER.id, type: 'PAY' } },
    ]);
    expect(page).toEqual({ total: 2, hasEarlier: false, hasLater: true });
    expect(await aliased.ledger.uncertainCount()).toBe(2);
  });

  it('is changed where it is stored, and the answer has the id that was asked for', async () => {
    const { ledger, memory } = await aliasing({
      former: { PAY: [3, LINKED], YOE: [1, ABSENT] },
      present: { YOE: [2, INTENT] },
    });
    const entries = (await ledger.read(PRESENT.id))?.entries ?? [];
    const steps = [
      transition(typed(entries, 'PAY'), { kind: 'collect', body: '{}', rating: 1, expiresAt: 9 }, 7),
      transition(typed(entries, 'YOE'), { kind: 'send', purchaseId: 'p' }, 7),
    ].filter((step) => step !== null);
    expect(await ledger.commit(PRESENT, steps)).toMatchObject([
      { won: true, entry: { reportId: PRESENT.id, type: 'PAY', state: 'COLLECTED' } },
      { won: true, entry: { reportId: PRESENT.id, type: 'YOE', state: 'SENDING' } },
    ]);
    expect(memory.entry('former', 'PAY')).toMatchObject({ reportId: 'former', state: 'COLLECTED', version: 4 });
    expect(memory.entry(PRESENT.id, 'YOE')).toMatchObject({ reportId: PRESENT.id, state: 'SENDING', version: 3 });
    expect(memory.bodies).toEqual(['{}']);
    expect(await ledger.commit(PRESENT, steps.slice(0, 1))).toMatchObject([{ won: false, entry: { version: 4 } }]);
  });

  it('has the purchases of the entries that count, and the others by an id that names them', async () => {
    const { ledger, memory } = await aliasing({
      former: { PAY: [3, LINKED], YOE: [1, ABSENT] },
      present: { PAY: [1, ABSENT], YOE: [5, READY] },
    });
    const sent = (['PAY', 'YOE'] as const).map((type) => ({ purchaseId: type, type, reportId: FORMER.id }));
    const page = () => Promise.resolve(sent as unknown as readonly PurchaseRecord[]);
    Object.assign(memory.ledger, { purchases: { between: page, sought: page, withIds: page } });
    const { between, sought, withIds } = ledger.purchases;
    for (const found of [await between(0, 1, null, 9), await sought(null, 9), await withIds(['PAY'])])
      expect(found.map(({ reportId }) => reportId)).toEqual([PRESENT.id, `=${FORMER.id}`]);
    expect((await ledger.read(`=${FORMER.id}`))?.entries).toMatchObject([{ type: 'PAY' }, { type: 'YOE', version: 1 }]);
  });

  it('has its progress, its body and its links where it is stored', async () => {
    const { ledger, memory } = await aliasing({ former: { PAY: [3, LINKED], YOE: [5, READY] } });
    const entries = (await ledger.read(PRESENT.id))?.entries ?? [];
    await ledger.progress(typed(entries, 'PAY') as never);
    expect(memory.progress).toMatchObject([{ reportId: 'former', type: 'PAY' }]);
    expect(await ledger.body(typed(entries, 'YOE') as never)).toBe('body of former YOE');
    memory.shareLink('/l', { id: 'former', type: 'PAY' }, { id: PRESENT.id, type: 'PAY' }, { id: 'z', type: 'PAY' });
    expect(await ledger.othersWithLink('/l', { id: PRESENT.id, type: 'PAY' })).toEqual([
      { id: PRESENT.id, type: 'PAY' },
      { id: 'z', type: 'PAY' },
    ]);
  });

  it('announces the changes of the entries that count, under the id that is followed, until nobody listens', async () => {
    const { ledger, memory } = await aliasing({
      former: { PAY: [3, LINKED], YOE: [1, ABSENT] },
      present: { PAY: [1, ABSENT], YOE: [2, INTENT] },
    });
    const heard: string[] = [];
    const stop = await ledger.subscribe(PRESENT.id, ({ reportId, type, version }) =>
      heard.push(`${reportId === PRESENT.id} ${type} ${version}`),
    );
    memory.put(FORMER, stored('former', 'PAY', 4, READY));
    memory.put(FORMER, stored('former', 'YOE', 2, INTENT));
    memory.put(PRESENT, stored(PRESENT.id, 'YOE', 3, SENDING));
    memory.put(PRESENT, stored(PRESENT.id, 'PAY', 2, INTENT));
    expect(heard).toEqual(['true PAY 4', 'true YOE 3']);
    stop();
    memory.put(FORMER, stored('former', 'PAY', 5, READY));
    memory.put(PRESENT, stored(PRESENT.id, 'YOE', 4, LINKED));
    expect(heard).toHaveLength(2);
  });

  it('leaves unfinished what counts, and elsewhere what may have been sent', async () => {
    const { ledger, memory } = await aliasing({
      former: { PAY: [3, LINKED], YOE: [2, SENDING] },
      present: { PAY: [4, SENDING], YOE: [2, LINKED] },
    });
    const unfinished = await ledger.adopt(1_000, []);
    const shown = unfinished.map(({ id, entries }) => [id, entries.map(({ type, state }) => `${type} ${state}`)]);
    expect(shown).toEqual([
      [PRESENT.id, ['PAY LINKED']],
      ['=former', ['YOE SENDING']],
      [PRESENT.id, ['YOE LINKED']],
      [`=${PRESENT.id}`, ['PAY SENDING']],
    ]);
    // What is named by its stored id is read and changed there.
    const exact = await ledger.read('=former');
    expect(exact).toMatchObject({ id: '=former', entries: [{ reportId: '=former' }, { reportId: '=former' }] });
    const step = transition(typed(exact?.entries ?? [], 'YOE'), { kind: 'not-accepted', purchaseId: 'p' }, 7);
    const committed = await ledger.commit({ id: '=former', request }, step ? [step] : []);
    expect(committed).toMatchObject([{ won: true, entry: { reportId: '=former', state: 'INTENT' } }]);
    expect(memory.entry('former', 'YOE').state).toBe('INTENT');
    expect(await ledger.read('=unknown')).toBeNull();
  });

  it('leaves a claim elsewhere alone: it was not sent', async () => {
    const { ledger } = await aliasing({ former: { PAY: [3, LINKED] }, present: { PAY: [1, INTENT] } });
    expect((await ledger.adopt(1_000, [])).map(({ id }) => id)).toEqual([PRESENT.id]);
  });

  it('counts by the time at which it is loaded', async () => {
    const stores = { former: { PAY: [9, READY] }, present: { PAY: [1, LINKED] } } as const;
    const before = await aliasing(stores, 4_999);
    expect((await before.ledger.read(PRESENT.id))?.entries).toMatchObject([{ state: 'COLLECTED' }]);
    const after = await aliasing(stores, 5_000);
    expect((await after.ledger.read(PRESENT.id))?.entries).toMatchObject([{ state: 'LINKED' }]);
  });
});

describe('a report that is stored under one id only', () => {
  it('is read, changed and followed as it is', async () => {
    const { ledger, memory } = await aliasing({ former: { PAY: [3, LINKED] } });
    memory.put(OTHER, stored('x', 'PAY', 1, INTENT));
    expect(await ledger.read('x')).toMatchObject({ id: 'x', request: OTHER.request });
    const heard: number[] = [];
    const stop = await ledger.subscribe('x', ({ version }) => heard.push(version));
    const step = transition(memory.entry('x', 'PAY'), { kind: 'send', purchaseId: 'p' }, 7);
    expect(await ledger.commit(OTHER, step ? [step] : [])).toMatchObject([{ entry: { reportId: 'x' } }]);
    stop();
    expect(heard).toEqual([2]);
    expect(await ledger.body(stored('x', 'PAY', 5, READY) as never)).toBe('body of x PAY');
    expect((await ledger.adopt(1_000, [])).filter(({ id }) => id === 'x')).toHaveLength(1);
  });

  it('is changed in one write, whatever is changed in it', async () => {
    const both: Stored = { PAY: [1, INTENT], YOE: [1, INTENT] };
    const { ledger, memory } = await aliasing({ present: both, other: both });
    const commit = vi.spyOn(memory.ledger, 'commit');
    for (const report of [PRESENT, OTHER]) {
      const steps = [memory.entry(report.id, 'PAY'), memory.entry(report.id, 'YOE')].map((entry) =>
        transition(entry, { kind: 'send', purchaseId: 'p' }, 7),
      );
      await ledger.commit(
        report,
        steps.filter((step) => step !== null),
      );
    }
    expect(commit.mock.calls.map(([{ id }, steps]) => [id, steps.length])).toEqual([
      [PRESENT.id, 2],
      ['x', 2],
    ]);
  });

  it('keeps its id if it is that of today, or if its request would be refused today', async () => {
    const { ledger } = await aliasing({ present: { PAY: [1, LINKED] }, other: { PAY: [1, LINKED] } });
    expect((await ledger.adopt(1_000, [])).map(({ id }) => id)).toEqual([PRESENT.id, 'x']);
  });
});

type Stored = Partial<Record<ReportType, readonly [version: number, state: State]>>;

/** A ledger with these reports in front of which the aliases are loaded. */
async function aliasing(
  given: { readonly former?: Stored; readonly present?: Stored; readonly other?: Stored },
  now = 0,
) {
  const memory = createMemoryLedger();
  for (const [report, entries] of [
    [FORMER, given.former],
    [PRESENT, given.present],
    [OTHER, given.other],
  ] as const) {
    for (const [type, [version, state]] of Object.entries(entries ?? {}))
      memory.put(report, stored(report.id, type as ReportType, version, state));
  }
  const aliased = withFormerIds(memory.ledger, () => now);
  await aliased.load();
  return { memory, ledger: aliased.ledger };
}

function stored(reportId: string, type: ReportType, version: number, state: State): Entry {
  return entryAt(version, state, { reportId, type });
}

function typed(entries: readonly Entry[], type: ReportType): Entry {
  const found = entries.find((entry) => entry.type === type);
  if (!found) throw new Error(`There is no entry of type ${type}.`);
  return found;
}
