import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchPurchases, type MatchableRow, type SentPurchase } from '../../src/datasources/reports/reconcile/match.js';

const START = Date.UTC(2026, 10, 26, 12);
const MINUTE = 60_000;

function sent(purchaseId: string, minutes: number, more: Partial<SentPurchase> = {}): SentPurchase {
  const sentAt = START + minutes * MINUTE;
  return { purchaseId, type: 'PAY', requestKey: 'nurse', sentAt, upstreamReportId: null, outcome: 'unknown', ...more };
}

function row(upstreamReportId: string | null, minutes: number, more: Partial<MatchableRow> = {}): MatchableRow {
  const recordedAt = new Date(START + minutes * MINUTE);
  return { upstreamReportId, type: 'PAY', requestKey: 'nurse', recordedAt, successful: true, ...more };
}

/** By their names. */
function match(purchases: readonly SentPurchase[], rows: readonly MatchableRow[]) {
  const { assigned, ambiguous } = matchPurchases(purchases, rows);
  return {
    assigned: Object.fromEntries(
      [...assigned].map(([{ purchaseId }, { upstreamReportId }]) => [purchaseId, upstreamReportId]),
    ),
    ambiguous: Object.fromEntries(
      [...ambiguous].map(([{ purchaseId }, own]) => [purchaseId, own.map(({ upstreamReportId }) => upstreamReportId)]),
    ),
  };
}

describe('a row of the usage log', () => {
  it('is the purchase of its request and type that was sent at about its time', () => {
    const doubt = sent('a', 0);
    expect(match([doubt], [row('r', 1)])).toEqual({ assigned: { a: 'r' }, ambiguous: {} });
    for (const other of [
      row('r', 1, { type: 'YOE' }),
      row('r', 1, { type: null }),
      row('r', 1, { requestKey: 'cook' }),
      row('r', 1, { requestKey: null }),
      row('r', 1, { recordedAt: null }),
    ]) {
      expect(match([doubt], [other])).toEqual({ assigned: {}, ambiguous: {} });
    }
  });

  it('was recorded from a minute before the sending to fifteen minutes after', () => {
    const found = (minutes: number) => match([sent('a', 0)], [row('r', minutes)]).assigned;
    const millisecond = 1 / MINUTE;
    expect([-1, 15].map(found)).toEqual([{ a: 'r' }, { a: 'r' }]);
    expect([-1 - millisecond, 15 + millisecond].map(found)).toEqual([{}, {}]);
  });

  it('is no candidate if it is known to be another purchase of ours', () => {
    const bought = sent('bought', 0, { upstreamReportId: 'r', outcome: 'accepted' });
    expect(match([bought, sent('a', 0.5)], [row('r', 1)])).toEqual({ assigned: { bought: 'r' }, ambiguous: {} });
    expect(match([{ ...bought, type: 'YOE' }, sent('a', 0.5)], [row('r', 1)]).assigned).toEqual({ a: 'r' });
  });

  it('may be that of a purchase that was accepted, or is on its way, as well', () => {
    for (const outcome of ['accepted', 'unknown'] as const) {
      const purchases = [sent('a', 0), sent('b', 1, { outcome })];
      expect(match(purchases, [row('r', 1.5)])).toEqual({ assigned: {}, ambiguous: { a: ['r'], b: ['r'] } });
      expect(match(purchases, [row('r', 1.5), row('q', 0.1)]).assigned).toEqual({ a: 'q', b: 'r' });
    }
  });

  it('is never that of a purchase that was not accepted, and of one that was refused only without success', () => {
    const refused = sent('refused', 0, { outcome: 'refused' });
    const doubt = sent('a', 1);
    expect(match([refused, doubt], [row('r', 1.5)]).assigned).toEqual({ a: 'r' });
    expect(match([{ ...refused, outcome: 'not-accepted' }, doubt], [row('r', 1.5)]).assigned).toEqual({ a: 'r' });
    const failed = row('failed', 1.5, { successful: false });
    expect(match([refused, doubt], [failed]).ambiguous).toEqual({ refused: ['failed'], a: ['failed'] });
    expect(match([refused, doubt], [failed, row('r', 2)]).assigned).toEqual({ refused: 'failed', a: 'r' });
  });
});

describe('several rows and purchases of one request', () => {
  it('are matched in order of time where there are as many', () => {
    expect(match([sent('b', 3), sent('a', 0)], [row('second', 4), row('first', 1)])).toEqual({
      assigned: { a: 'first', b: 'second' },
      ambiguous: {},
    });
  });

  it('are left undecided where there are more rows than purchases, or fewer', () => {
    expect(match([sent('a', 0)], [row('r', 2), row('q', 1)])).toEqual({ assigned: {}, ambiguous: { a: ['q', 'r'] } });
    expect(match([sent('a', 0), sent('b', 1)], [row('r', 2)])).toEqual({
      assigned: {},
      ambiguous: { a: ['r'], b: ['r'] },
    });
  });

  it('do not hold up those at another time', () => {
    const purchases = [sent('a', 0), sent('b', 1), sent('c', 60)];
    expect(match(purchases, [row('r', 2), row('q', 61)])).toEqual({
      assigned: { c: 'q' },
      ambiguous: { a: ['r'], b: ['r'] },
    });
  });

  it('are matched in a chain, of which each shares rows with the next only', () => {
    const purchases = [sent('a', 0), sent('b', 10), sent('c', 22)];
    expect(match(purchases, [row('r', 9.5), row('q', 23), row('p', 30)]).assigned).toEqual({ a: 'r', b: 'q', c: 'p' });
  });

  it('are left undecided where their order would need a row from before its purchase', () => {
    expect(match([sent('a', 0), sent('b', 10)], [row('r', 1), row('q', 2)]).assigned).toEqual({});
    const three = [sent('a', 0), sent('b', 10), sent('c', 12)];
    expect(match(three, [row('r', 1), row('q', 2), row('p', 13)]).assigned).toEqual({});
    expect(match([sent('a', 0), sent('b', 10)], [row('r', 1), row('q', 11)]).assigned).toEqual({ a: 'r', b: 'q' });
  });

  it('are left undecided where there are very many, as of a program that repeats a request', () => {
    const later = Array.from({ length: 150_000 }, (_, index) => row(`r${index}`, 16 + index / 100_000));
    const { assigned, ambiguous } = matchPurchases([sent('a', 0), sent('b', 10)], [row('r', 11), ...later]);
    expect(assigned.size).toBe(0);
    expect(ambiguous.size).toBe(2);
  });

  it('are left undecided where two are of the same moment', () => {
    expect(match([sent('a', 0), sent('b', 0)], [row('r', 1), row('q', 2)]).assigned).toEqual({});
    expect(match([sent('a', 0), sent('b', 1)], [row('r', 2), row('q', 2)]).assigned).toEqual({});
  });

  it('share what lies between them, though one of them was refused', () => {
    const purchases = [sent('a', 0), sent('refused', 5, { outcome: 'refused' }), sent('b', 6)];
    const rows = [row('r', 6.5), row('failed', 18, { successful: false })];
    expect(match(purchases, rows)).toEqual({
      assigned: {},
      ambiguous: { a: ['r'], refused: ['failed'], b: ['r', 'failed'] },
    });
  });
});

describe('a REPORTID', () => {
  it('has to be there, and of one row only, before anything is decided by it', () => {
    expect(match([sent('a', 0)], [row(null, 1)])).toEqual({ assigned: {}, ambiguous: { a: [null] } });
    const elsewhere = row('r', 600, { requestKey: 'cook' });
    expect(match([sent('a', 0)], [row('r', 1), elsewhere])).toEqual({ assigned: {}, ambiguous: { a: ['r'] } });
  });

  it('of a purchase of ours that other rows have as well does not say that they are that purchase', () => {
    const bought = sent('bought', 0, { upstreamReportId: '0', outcome: 'accepted' });
    expect(match([bought, sent('a', 30)], [row('0', 1), row('0', 31)])).toEqual({
      assigned: { bought: '0' },
      ambiguous: { a: ['0'] },
    });
    expect(match([bought, sent('a', 0.5)], [row('0', 1)])).toEqual({ assigned: { bought: '0' }, ambiguous: {} });
  });

  it('that is in the log twice, in rows that are the same, is one row', () => {
    expect(match([sent('a', 0)], [row('r', 1), row('r', 1)]).assigned).toEqual({ a: 'r' });
  });
});

describe('whatever was sent and logged', () => {
  const few = (...names: string[]) => fc.constantFrom(...names);
  const minutes = fc.integer({ min: 0, max: 80 }).map((half) => half / 2);
  const type = fc.constantFrom('PAY' as const, 'YOE' as const);
  const purchase = fc.record({
    type,
    requestKey: few('nurse', 'cook'),
    sentAt: minutes.map((at) => START + at * MINUTE),
    upstreamReportId: fc.option(few('r1', 'r2'), { freq: 4 }),
    outcome: fc.constantFrom('accepted' as const, 'unknown' as const, 'refused' as const, 'not-accepted' as const),
  });
  const purchases = fc
    .uniqueArray(purchase, {
      maxLength: 8,
      // What is known before is no other purchase's, as the ledger makes sure of.
      selector: (each) => each.upstreamReportId && JSON.stringify([each.upstreamReportId, each.type]),
      comparator: (a, b) => a !== null && a === b,
    })
    .map((list): SentPurchase[] => list.map((each, index) => ({ ...each, purchaseId: `p${index}` })));
  const rows = fc.array(
    fc.record({
      type: fc.option(type, { freq: 9 }),
      requestKey: fc.option(few('nurse', 'cook'), { freq: 9 }),
      recordedAt: fc.option(
        minutes.map((at) => new Date(START + at * MINUTE)),
        { freq: 9 },
      ),
      upstreamReportId: fc.option(few('r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'), { freq: 9 }),
      successful: fc.boolean(),
    }),
    { maxLength: 8 },
  );

  it('no report is two purchases, and none has a report of another request, type or time', () => {
    fc.assert(
      fc.property(purchases, rows, (sentOnes, logged) => {
        const { assigned } = matchPurchases(sentOnes, logged);
        const identities = [...assigned].map(([each, { upstreamReportId }]) => `${upstreamReportId} ${each.type}`);
        expect(new Set(identities).size).toBe(assigned.size);
        for (const [own, found] of assigned) {
          expect(found.upstreamReportId).not.toBeNull();
          expect(found.type).toBe(own.type);
          expect(found.upstreamReportId).toBe(own.upstreamReportId ?? found.upstreamReportId);
          if (own.upstreamReportId !== null) continue;
          expect(found.requestKey).toBe(own.requestKey);
          const after = (found.recordedAt?.getTime() ?? 0) - own.sentAt;
          expect(after).toBeGreaterThanOrEqual(-MINUTE);
          expect(after).toBeLessThanOrEqual(15 * MINUTE);
          expect(own.outcome).not.toBe('not-accepted');
          expect(own.outcome === 'refused' && found.successful).toBe(false);
          const others = sentOnes.filter((each) => each !== own && each.type === own.type);
          expect(others.map((each) => each.upstreamReportId)).not.toContain(found.upstreamReportId);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('what is decided does not depend on the order in which it is told', () => {
    const named = ({ assigned, ambiguous }: ReturnType<typeof matchPurchases>) => ({
      assigned: new Map([...assigned].map(([{ purchaseId }, { upstreamReportId }]) => [purchaseId, upstreamReportId])),
      ambiguous: new Map(
        [...ambiguous].map(([{ purchaseId }, own]) => [purchaseId, new Set(own.map((each) => each.upstreamReportId))]),
      ),
    });
    fc.assert(
      fc.property(purchases, rows, (sentOnes, logged) => {
        const there = named(matchPurchases(sentOnes, logged));
        expect(named(matchPurchases(sentOnes.toReversed(), logged.toReversed()))).toEqual(there);
      }),
    );
  });

  it('no more is decided of a doubt if another purchase might have its row', () => {
    fc.assert(
      fc.property(purchases, rows, fc.nat(), (sentOnes, logged, at) => {
        const without = matchPurchases(sentOnes, logged);
        const doubled = sentOnes[at % Math.max(sentOnes.length, 1)];
        if (!doubled || doubled.upstreamReportId !== null || !without.assigned.has(doubled)) return;
        const twin = { ...doubled, purchaseId: 'twin' };
        expect(matchPurchases([...sentOnes, twin], logged).assigned.has(doubled)).toBe(false);
      }),
    );
  });
});
