import { describe, expect, it } from 'vitest';
import type { LoggedReport } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import type { Entry } from '../../src/datasources/reports/ledger.js';
import type { ReportRecord } from '../../src/datasources/reports/ports.js';
import type { AskedPurchase } from '../../src/datasources/reports/reconcile/around.js';
import { learnIds, learnTemplate } from '../../src/datasources/reports/reconcile/learn.js';
import type { LearnedId, PurchaseRecord } from '../../src/datasources/reports/sent-purchases.js';

/** A purchase with its row, and the link of its report. */
interface Known extends Partial<AskedPurchase> {
  readonly id: string;
  readonly link?: string;
  /** Whether the link was made of a REPORTID, as one that is to be learned. */
  readonly isMade?: boolean;
}

const asked = ({ id, link: _link, isMade: _isMade, ...given }: Known): AskedPurchase => ({
  ...{ purchaseId: id, type: 'PAY', reportId: id, requestKey: 'k', sentAt: 1, upstreamReportId: null },
  ...{ outcome: 'accepted', ...given },
});
const rowOf = ({ id }: Known): LoggedReport => ({ upstreamReportId: id }) as LoggedReport;

async function learned(known: readonly Known[]): Promise<string | null> {
  const read = async (id: string): Promise<ReportRecord | null> => {
    const found = known.find((each) => each.id === id);
    if (!found) return null;
    const { link = `/pay/${id}`, isMade = false } = found;
    const entry = { reportId: id, type: 'PAY', state: 'LINKED', link, ...(isMade && { fromLog: 'p' }) };
    return { id, entries: [entry as unknown as Entry] } as unknown as ReportRecord;
  };
  const assigned = new Map(known.map((each) => [asked(each), rowOf(each)]));
  return (await learnTemplate({ read }, 'PAY', assigned))?.('R') ?? null;
}

describe('how links are made', () => {
  const several = (count: number, from: number, prefix: string): Known[] =>
    Array.from({ length: count }, (_, number) => {
      const id = `id${from + number}`;
      return { id, sentAt: from + number, link: `${prefix}/${id}` };
    });

  it('is learned from the latest six, whatever those before looked like, in whatever order they are', async () => {
    const [former, latest] = [several(6, 100, '/v1'), several(6, 200, '/v2')];
    expect(await learned([...former, ...latest])).toBe('/v2/R');
    expect(await learned([...latest.toReversed(), ...former.toReversed()])).toBe('/v2/R');
    expect(await learned([...former, ...latest.slice(0, 5)])).toBeNull();
  });

  it('is not learned from the link of a repeat, nor from what was asked for as the other type', async () => {
    const two = several(2, 100, '/pay');
    const repeated = { id: 'doubt', link: '/pay/repeat', outcome: 'unknown', sentAt: 300 } as const;
    expect(await learned([repeated, ...two])).toBe('/pay/R');
    expect(await learned([{ ...repeated, outcome: 'accepted' }, ...two])).toBeNull();
    const other = { id: 'other', link: '/yoe/other', type: 'YOE', sentAt: 300 } as const;
    expect(await learned([other, ...two])).toBe('/pay/R');
  });

  it('is not learned from a link that was made so', async () => {
    const [one, other] = several(2, 100, '/pay') as [Known, Known];
    expect(await learned([one, other])).toBe('/pay/R');
    expect(await learned([one, { ...other, isMade: true }])).toBeNull();
  });
});

describe('REPORTIDs', () => {
  it('are stored in parts, and are theirs whose they are then', async () => {
    const stored: LearnedId[][] = [];
    const records = {
      learn: async (some: readonly LearnedId[]) => void stored.push([...some]),
      // One is another purchase's.
      withIds: async (ids: readonly string[]) =>
        ids.map((id) => {
          const upstreamReportId = id === 'p250' ? null : id;
          return { purchaseId: id, type: 'PAY', upstreamReportId } as unknown as PurchaseRecord;
        }),
    };
    const all = Array.from({ length: 450 }, (_, number) => ({ id: `p${number}` }));
    const kept = await learnIds(records, new Map(all.map((each) => [asked(each), rowOf(each)])));
    expect(stored.map(({ length }) => length)).toEqual([200, 200, 50]);
    expect(stored.flat().map(({ purchaseId }) => purchaseId)).toEqual(all.map(({ id }) => id));
    expect([...kept.keys()].map(({ purchaseId }) => purchaseId)).toEqual(
      all.map(({ id }) => id).filter((id) => id !== 'p250'),
    );
  });

  it('that are known are not stored again, and others than those that a row has are not taken', async () => {
    const records = {
      learn: () => Promise.reject(new Error('There is nothing to learn.')),
      withIds: async () => [],
    };
    const [same, another] = [asked({ id: 'a', upstreamReportId: 'a' }), asked({ id: 'b', upstreamReportId: 'x' })];
    const assigned = new Map([same, another].map((each) => [each, rowOf({ id: each.purchaseId })]));
    expect([...(await learnIds(records, assigned)).keys()]).toEqual([same]);
  });
});
