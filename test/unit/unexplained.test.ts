import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EARLIEST_MS, LATEST_MS } from '../../src/datasources/reports/reconcile/match.js';
import { AHEAD_MS, leftOver, mayBeAmong } from '../../src/datasources/reports/reconcile/unexplained.js';

const type = fc.constantFrom('PAY' as const, 'YOE' as const);
const SENT_AT = 10_000_000;

describe('a row that no purchase explains', () => {
  it('may be a purchase of its type, or of any, that was sent at about its time, or at any', () => {
    const time = fc.integer({ min: -2 * LATEST_MS, max: 2 * LATEST_MS }).map((after) => SENT_AT + after);
    const row = fc.record({ type: fc.option(type), recordedAt: fc.option(time, { freq: 20 }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), type, (rows, of) => {
        const may = rows.some(
          (each) =>
            (each.type === null || each.type === of) &&
            (each.recordedAt === null ||
              (each.recordedAt >= SENT_AT + EARLIEST_MS && each.recordedAt <= SENT_AT + LATEST_MS)),
        );
        expect(mayBeAmong(rows)({ type: of, sentAt: SENT_AT })).toBe(may);
      }),
    );
  });
});

describe('a row of the same request that is no purchase', () => {
  const purchase = {
    ...{ purchaseId: 'p', type: 'PAY', requestKey: 'k', sentAt: SENT_AT, upstreamReportId: null, outcome: 'unknown' },
  } as const;
  const rowAt = (after: number, upstreamReportId = 'r') => ({
    ...{ upstreamReportId, recordedAt: new Date(SENT_AT + after), type: 'PAY' as const, successful: true },
    requestKey: 'k',
  });

  it.each([
    [-AHEAD_MS - 1, false],
    [-AHEAD_MS, true],
    [100 * LATEST_MS, true],
  ])('is left over for one that was sent so many ms before it: %i, %s', (after, isLeft) => {
    const rows = [rowAt(after)];
    expect(leftOver(rows, { assigned: new Map(), ambiguous: new Map() })(purchase)).toEqual(isLeft ? rows : []);
  });

  it('is not left over if it is of another request or type, has no time, or is another purchase by now', () => {
    const taken = rowAt(1, 'taken');
    const rows = [
      { ...rowAt(1), requestKey: 'other' },
      { ...rowAt(1), type: 'YOE' as const },
      { ...rowAt(1), recordedAt: null },
      // The same report, written down a second time.
      { ...taken, recordedAt: new Date(SENT_AT + 2) },
    ];
    const assigned = new Map([[{ ...purchase, purchaseId: 'other' }, taken]]);
    expect(leftOver([...rows, taken], { assigned, ambiguous: new Map() })(purchase)).toEqual([]);
  });
});
