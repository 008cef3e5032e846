import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createReportLoader } from '../../src/datasources/reports/loader.js';
import type { ReportService } from '../../src/datasources/reports/service.js';
import type { ReportKey, ReportType } from '../../src/model/report.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { BUYER } from '../fixtures/buyer.js';

const request = { autoResolveJobTitle: true, answers: canonicalAnswers(NURSE, 'answers') };
const [A, B] = ['a', 'b'].map((id): ReportKey => ({ id, request })) as [ReportKey, ReportKey];
const WAIT = { waitMs: 1_000, signal: new AbortController().signal, buy: true };
const READ = { ...WAIT, buy: false };

afterEach(() => void vi.restoreAllMocks());

describe('what one operation loads', () => {
  it('is bought once per report with all of its types, and each load gets its own report', async () => {
    const { loader, ensured } = loading();
    const loads = [
      loader.load(A, 'PAY', WAIT),
      loader.load(B, 'YOE', WAIT),
      loader.load(A, 'YOE', WAIT),
      loader.load(A, 'PAY', WAIT),
    ];
    expect(await Promise.all(loads)).toEqual(['a PAY', 'b YOE', 'a YOE', 'a PAY']);
    expect(ensured).toEqual(['a PAY+YOE', 'b YOE']);
  });

  it('is counted as saved where nothing was bought for it, once per load', async () => {
    const bought = loading({ bought: ['PAY'] });
    await Promise.all([
      bought.loader.load(A, 'PAY', WAIT),
      bought.loader.load(A, 'PAY', WAIT),
      bought.loader.load(A, 'YOE', WAIT),
    ]);
    expect(bought.saved).toEqual([1, 1]);
    const nothing = loading({ bought: ['PAY', 'YOE'] });
    await Promise.all([nothing.loader.load(A, 'PAY', WAIT), nothing.loader.load(A, 'YOE', WAIT)]);
    expect(nothing.saved).toEqual([]);
  });

  it('is asked for again by a later load, which may be served from memory', async () => {
    const { loader, ensured } = loading();
    await loader.load(A, 'PAY', WAIT);
    await loader.load(A, 'PAY', WAIT);
    expect(ensured).toEqual(['a PAY', 'a PAY']);
  });

  it('waits no longer because buying took its time, and never less than not at all', async () => {
    let now = 5_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const { loader, waits } = loading({ ensuring: async () => void (now += 400) });
    await loader.load(A, 'PAY', WAIT);
    await loader.load(A, 'PAY', { ...WAIT, waitMs: 300 });
    expect(waits).toEqual([600, 0]);
  });

  it('fails for the report that cannot be bought, and not for the others', async () => {
    const failing = async ({ id }: ReportKey): Promise<void> => {
      if (id === 'a') throw new RangeError('No.');
    };
    const { loader, saved } = loading({ ensuring: failing });
    const [first, second, third] = await Promise.allSettled([
      loader.load(A, 'PAY', WAIT),
      loader.load(A, 'YOE', WAIT),
      loader.load(B, 'PAY', WAIT),
    ]);
    expect([first, second]).toMatchObject([{ reason: expect.any(RangeError) }, { reason: expect.any(RangeError) }]);
    expect(third).toEqual({ status: 'fulfilled', value: 'b PAY' });
    expect(saved).toEqual([1]);
  });

  it('fails for the type that is refused, and not for the other', async () => {
    const { loader } = loading({ bought: ['PAY'], refused: new Map([['YOE', new RangeError('No more.')]]) });
    const loads = [loader.load(A, 'YOE', WAIT), loader.load(A, 'PAY', WAIT), loader.load(A, 'YOE', WAIT)];
    const [yoe, pay, again] = await Promise.allSettled(loads);
    expect(pay).toEqual({ status: 'fulfilled', value: 'a PAY' });
    for (const each of [yoe, again]) expect(each).toMatchObject({ reason: expect.any(RangeError) });
  });

  it('is not bought if that is not wished, and null if it was never requested', async () => {
    const { loader, ensured, read, saved } = loading({ requested: ['PAY'] });
    expect(await Promise.all([loader.load(A, 'PAY', READ), loader.load(A, 'YOE', READ)])).toEqual(['a PAY', null]);
    expect([ensured, read, saved]).toEqual([[], ['a PAY+YOE'], [1]]);
  });

  it('is looked for only after what the same operation buys of that report', async () => {
    const order: string[] = [];
    const { loader, ensured, read } = loading({ ensuring: async () => void order.push(read.join()) });
    await Promise.all([loader.load(A, 'PAY', READ), loader.load(A, 'PAY', WAIT)]);
    expect([ensured, read, order]).toEqual([['a PAY'], ['a PAY'], ['']]);
  });

  it('fails with an error, whatever is thrown', async () => {
    const { loader } = loading({
      // eslint-disable-next-line typescript/prefer-promise-reject-errors
      ensuring: () => Promise.reject('a text'),
    });
    await expect(loader.load(A, 'PAY', WAIT)).rejects.toThrow('a text');
  });
});

describe('what has been loaded of a report', () => {
  it('has settled once every load of this turn has, also if it failed', async () => {
    const gate = Promise.withResolvers<void>();
    const { loader } = loading({ ensuring: () => gate.promise });
    let settled = false;
    const done = loader.settled('a').then(() => (settled = true));
    // Fields that are selected later are loaded later in the same turn.
    const loads = Promise.allSettled([loader.load(A, 'PAY', WAIT), loader.load(A, 'YOE', WAIT)]);
    for (let count = 0; count < 5; count += 1) await turn();
    expect(settled).toBe(false);
    gate.reject(new Error('No.'));
    await loads;
    await done;
    expect(settled).toBe(true);
  });

  it('does not wait for another report, or for nothing', async () => {
    const gate = Promise.withResolvers<void>();
    const { loader } = loading({ obtaining: ({ id }) => (id === 'a' ? gate.promise : Promise.resolve()) });
    const first = loader.load(A, 'PAY', WAIT);
    await loader.load(B, 'PAY', WAIT);
    await loader.settled('b');
    await loader.settled('never loaded');
    gate.resolve();
    expect(await first).toBe('a PAY');
  });

  it.each([
    [0, 1],
    [1, 0],
  ])('includes every load, whichever ends last: %d, %d', async (earlier, later) => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let next = 0;
    const { loader } = loading({ obtaining: () => gates[next++]?.promise ?? Promise.resolve() });
    const loads = Promise.all([loader.load(A, 'PAY', WAIT), loader.load(A, 'YOE', WAIT)]);
    let settled = false;
    const done = loader.settled('a').then(() => (settled = true));
    gates[earlier]?.resolve();
    for (let count = 0; count < 5; count += 1) await turn();
    expect(settled).toBe(false);
    gates[later]?.resolve();
    await Promise.all([loads, done]);
  });
});

interface Given {
  /** What `ensure` buys; nothing if it is not given. */
  readonly bought?: readonly ReportType[];
  /** What it refuses; nothing if it is not given. */
  readonly refused?: ReadonlyMap<ReportType, Error>;
  /** What is stored or under way; nothing if it is not given. */
  readonly requested?: readonly ReportType[];
  readonly ensuring?: (report: ReportKey) => Promise<void>;
  readonly obtaining?: (report: ReportKey) => Promise<void>;
}

function loading({
  bought = [],
  refused = new Map(),
  requested = [],
  ensuring = () => Promise.resolve(),
  obtaining = () => Promise.resolve(),
}: Given = {}) {
  const read: string[] = [];
  const ensured: string[] = [];
  const saved: number[] = [];
  const waits: number[] = [];
  const service = {
    async ensure(report: ReportKey, types: readonly ReportType[]) {
      ensured.push(`${report.id} ${types.join('+')}`);
      await ensuring(report);
      return { bought, refused };
    },
    async requested(id: string, types: readonly ReportType[]) {
      read.push(`${id} ${types.join('+')}`);
      return types.filter((type) => requested.includes(type));
    },
    async obtain(report: ReportKey, type: ReportType, { waitMs }: { waitMs: number }) {
      waits.push(waitMs);
      await obtaining(report);
      return `${report.id} ${type}`;
    },
    usage: { countSaved: (reports: number) => void saved.push(reports) },
  };
  return {
    loader: createReportLoader(service as unknown as ReportService, BUYER, () => new AbortController().signal),
    ensured,
    read,
    saved,
    waits,
  };
}
