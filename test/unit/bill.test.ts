import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBill, type BillPeriod } from '../../src/datasources/reports/reconcile/bill.js';
import type { BilledPurchase, BilledRow } from '../../src/datasources/reports/reconcile/bill-rows.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOVEMBER: BillPeriod = {
  from: Date.parse('2026-11-01T00:00:00Z'),
  until: Date.parse('2026-12-01T00:00:00Z'),
  readAt: Date.parse('2026-12-05T00:00:00Z'),
};
const NOON = Date.parse('2026-11-15T12:00:00Z');

let made = 0;

function purchase(given: Partial<BilledPurchase> = {}): BilledPurchase {
  made += 1;
  return {
    purchaseId: `purchase-${made}`,
    reportId: `report-${made}`,
    type: 'PAY',
    requestKey: 'developers',
    sentAt: NOON,
    upstreamReportId: null,
    outcome: 'bought',
    ...given,
  };
}

function row(given: Partial<Omit<BilledRow, 'recordedAt'>> & { readonly at?: number } = {}): BilledRow {
  const { at = NOON + SECOND, ...others } = given;
  return {
    upstreamReportId: null,
    recordedAt: new Date(at),
    type: 'PAY',
    successful: true,
    requestKey: 'developers',
    rating: 0.8,
    isForeign: false,
    ...others,
  };
}

describe('the two sides of a bill', () => {
  it('agree where each purchase has its row', () => {
    const rows = [row(), row({ type: 'YOE' }), row({ requestKey: 'nurses' })];
    const purchases = [purchase(), purchase({ type: 'YOE' }), purchase({ requestKey: 'nurses' })];
    expect(compareBill(NOVEMBER, rows, purchases)).toEqual({ theirs: 3, ours: 3, differences: [] });
  });

  it('differ in a row that no purchase can be, and in a purchase that has no row, the oldest first', () => {
    const strange = row({ requestKey: 'astronauts', at: NOON + 2 * MINUTE });
    const unreadable = row({ requestKey: null, at: NOON + 3 * MINUTE });
    const missing = purchase({ requestKey: 'nurses', sentAt: NOON + MINUTE });
    const { theirs, ours, differences } = compareBill(NOVEMBER, [unreadable, row(), strange], [missing, purchase()]);
    expect({ theirs, ours }).toEqual({ theirs: 3, ours: 2 });
    expect(differences).toMatchObject([
      { row: null, purchase: missing, reason: expect.stringContaining('not in the log') },
      { row: strange, purchase: null, reason: expect.stringContaining('no purchase of this server') },
      { row: unreadable, purchase: null, reason: expect.stringContaining('cannot be read') },
    ]);
  });

  it('agree in a row with another CLIENTID, where it is what was asked for', () => {
    const foreign = row({ isForeign: true });
    expect(compareBill(NOVEMBER, [foreign], [purchase()])).toEqual({ theirs: 1, ours: 1, differences: [] });
    expect(compareBill(NOVEMBER, [{ ...foreign, successful: false }], [purchase()])).toMatchObject({
      ...{ theirs: 0, ours: 1, differences: [{ reason: expect.stringContaining('not successful') }] },
    });
  });

  it('leave out a row with another CLIENTID, unless a purchase has no other one', () => {
    const foreign = row({ isForeign: true, at: NOON, upstreamReportId: 'R' });
    const agree = { theirs: 1, ours: 1, differences: [] };
    expect(compareBill(NOVEMBER, [foreign, row({ upstreamReportId: 'R' })], [purchase()])).toEqual(agree);
    const known = purchase({ upstreamReportId: 'R' });
    expect(compareBill(NOVEMBER, [foreign, row({ upstreamReportId: 'R' })], [known])).toEqual(agree);
    expect(compareBill(NOVEMBER, [foreign], [])).toEqual({ theirs: 0, ours: 0, differences: [] });
  });

  it.each([
    ['bought', false, 'not successful'],
    ['undelivered', true, 'did not deliver'],
    ['refused', true, 'refused the purchase'],
    ['uncertain', true, 'outcome is not known'],
  ] as const)('differ in a purchase that is %s here and successful there: %s', (outcome, successful, reason) => {
    const [theirs, ours] = [row({ successful }), purchase({ outcome })];
    expect(compareBill(NOVEMBER, [theirs], [ours])).toMatchObject({
      theirs: successful ? 1 : 0,
      ours: outcome === 'bought' ? 1 : 0,
      differences: [{ row: theirs, purchase: ours, reason: expect.stringContaining(reason) }],
    });
  });

  it.each([
    ['undelivered', false],
    ['refused', false],
    ['uncertain', false],
    ['undelivered', null],
  ] as const)('agree in a purchase that is %s here and not billed there: %s', (outcome, successful) => {
    expect(compareBill(NOVEMBER, [row({ successful })], [purchase({ outcome })]).differences).toEqual([]);
    expect(compareBill(NOVEMBER, [], [purchase({ outcome })])).toEqual({ theirs: 0, ours: 0, differences: [] });
  });

  it('agree in a purchase that was found in the log, whatever its row says', () => {
    const found = purchase({ outcome: 'found', upstreamReportId: 'A' });
    const sides = (successful: boolean) => compareBill(NOVEMBER, [row({ upstreamReportId: 'A', successful })], [found]);
    expect(sides(true)).toEqual({ theirs: 1, ours: 1, differences: [] });
    expect(sides(false)).toEqual({ theirs: 0, ours: 0, differences: [] });
    expect(compareBill(NOVEMBER, [], [found])).toMatchObject({
      theirs: 0,
      ours: 1,
      differences: [{ purchase: found }],
    });
  });

  it('say nothing of what was sent after the log was read', () => {
    const period = { ...NOVEMBER, readAt: NOON };
    expect(compareBill(period, [], [purchase()])).toEqual({ theirs: 0, ours: 0, differences: [] });
    expect(compareBill(period, [], [purchase({ sentAt: NOON - 1 })])).toMatchObject({ ours: 1, differences: [{}] });
    expect(compareBill(period, [row()], [purchase()])).toEqual({ theirs: 1, ours: 1, differences: [] });
  });

  it('agree in a report without any data, which is not charged', () => {
    const found = compareBill(NOVEMBER, [row({ successful: false, rating: 0 })], [purchase()]);
    expect(found).toEqual({ theirs: 0, ours: 0, differences: [] });
  });

  it('are compared by REPORTID where it is known, and not by time then', () => {
    const late = row({ upstreamReportId: 'A', at: NOON + 60 * MINUTE });
    expect(compareBill(NOVEMBER, [late], [purchase({ upstreamReportId: 'A' })]).differences).toEqual([]);
    const other = row({ upstreamReportId: 'B' });
    expect(compareBill(NOVEMBER, [other], [purchase({ upstreamReportId: 'A' })]).differences).toHaveLength(2);
  });

  it('take the first of rows that are billed with the same REPORTID, and the first of equal purchases', () => {
    const rows = [2, 1].map((seconds) => row({ upstreamReportId: 'A', at: NOON + seconds * SECOND }));
    const known = purchase({ upstreamReportId: 'A' });
    expect(compareBill(NOVEMBER, rows, [known]).differences).toMatchObject([{ row: rows[0], purchase: null }]);
    const equal = ['b', 'a'].map((purchaseId) => purchase({ purchaseId }));
    expect(compareBill(NOVEMBER, [row()], equal).differences).toMatchObject([{ row: null, purchase: equal[0] }]);
  });

  it.each([
    ['a minute before it was sent', -MINUTE, 0],
    ['earlier', -MINUTE - 1, 2],
    ['fifteen minutes after', 15 * MINUTE, 0],
    ['later', 15 * MINUTE + 1, 2],
  ])('take a row for a purchase that was recorded %s only if that can be', (_, after, differences) => {
    expect(compareBill(NOVEMBER, [row({ at: NOON + after })], [purchase()]).differences).toHaveLength(differences);
  });

  it('leave what is billed to what was bought, though an uncertain purchase of the same was sent earlier', () => {
    const doubt = purchase({ outcome: 'uncertain', sentAt: NOON - 5 * SECOND });
    expect(compareBill(NOVEMBER, [row()], [doubt, purchase()]).differences).toEqual([]);
  });

  it('count a row at its time and a purchase without a row when it was sent', () => {
    const rows = [row({ at: NOVEMBER.until + SECOND }), row({ at: NOVEMBER.from, requestKey: 'nurses' })];
    const purchases = [
      purchase({ sentAt: NOVEMBER.until - SECOND }),
      purchase({ sentAt: NOVEMBER.from - SECOND, requestKey: 'nurses' }),
      purchase({ sentAt: NOVEMBER.until, requestKey: 'clerks' }),
    ];
    expect(compareBill(NOVEMBER, rows, purchases)).toEqual({ theirs: 1, ours: 1, differences: [] });
  });

  it('have a name for each difference, also of rows that are equal in everything', () => {
    const names = compareBill(NOVEMBER, [row(), row(), row()], []).differences.map(({ name }) => name);
    expect(new Set(names)).toHaveProperty('size', 3);
  });
});

const anySide = fc.record({
  requestKey: fc.constantFrom('a', 'b'),
  type: fc.constantFrom('PAY', 'YOE'),
  upstreamReportId: fc.option(fc.constantFrom('1', '2', '3')),
  after: fc.integer({ min: 0, max: 40 }).map((minutes) => NOON + minutes * MINUTE),
});
const anyRow: fc.Arbitrary<BilledRow> = fc
  .tuple(anySide, fc.option(fc.boolean()), fc.constantFrom(0, 0.5, null), fc.boolean())
  .map(([{ after: at, ...side }, successful, rating, isForeign]) =>
    row({ ...side, at, successful, rating, isForeign }),
  );
const anyPurchase: fc.Arbitrary<BilledPurchase> = fc
  .tuple(anySide, fc.constantFrom('bought', 'found', 'undelivered', 'refused', 'uncertain'))
  .map(([{ after: sentAt, ...side }, outcome]) => purchase({ ...side, sentAt, outcome }));
/** No two of them have the same REPORTID. */
const anyPurchases = fc.uniqueArray(anyPurchase, {
  maxLength: 12,
  selector: ({ purchaseId, type, upstreamReportId }) => `${type} ${upstreamReportId ?? purchaseId}`,
});
const anyBill = fc.tuple(fc.array(anyRow, { maxLength: 12 }), anyPurchases);

describe('whatever the two sides have,', () => {
  it('the differences explain the difference of the sums', () => {
    fc.assert(
      fc.property(anyBill, ([rows, purchases]) => {
        const { theirs, ours, differences } = compareBill(NOVEMBER, rows, purchases);
        const more = differences.map(({ row: there, purchase: here }) => {
          const isOurs = here?.outcome === 'bought' || here?.outcome === 'found';
          return Number(there?.successful === true) - Number(isOurs);
        });
        expect(more.reduce((sum, each) => sum + each, 0)).toBe(theirs - ours);
      }),
    );
  });

  it('no row and no purchase is in two differences, and a pair asked for the same', () => {
    fc.assert(
      fc.property(anyBill, ([rows, purchases]) => {
        const { differences } = compareBill(NOVEMBER, rows, purchases);
        const sides = differences.flatMap(({ row: there, purchase: here }) =>
          [there, here].filter((side) => side !== null),
        );
        expect(new Set(sides).size).toBe(sides.length);
        const pairs = differences.flatMap(({ row: there, purchase: here }) => (there && here ? [{ there, here }] : []));
        const unlike = pairs.filter(({ there, here }) => {
          const isSame =
            here.upstreamReportId === null
              ? there.requestKey === here.requestKey
              : there.upstreamReportId === here.upstreamReportId;
          return there.type !== here.type || !isSame;
        });
        expect(unlike).toEqual([]);
      }),
    );
  });

  it('the differences are the same in whichever order they are read', () => {
    const shuffled = anyBill.chain(([rows, purchases]) =>
      fc.record({
        given: fc.constant([rows, purchases] as const),
        rows: fc.shuffledSubarray(rows, { minLength: rows.length }),
        purchases: fc.shuffledSubarray(purchases, { minLength: purchases.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ given, rows, purchases }) => {
        const summed = (all: readonly BilledRow[], own: readonly BilledPurchase[]) => {
          const { theirs, ours, differences } = compareBill(NOVEMBER, all, own);
          return { theirs, ours, differences: differences.map(({ at, name, reason }) => [at, name, reason]) };
        };
        expect(summed(rows, purchases)).toEqual(summed(...given));
      }),
    );
  });

  it('exactly what is missing on a side is a difference', () => {
    const history = fc.array(
      fc.tuple(anySide, fc.integer({ min: -MINUTE, max: 15 * MINUTE }), fc.constantFrom('both', 'theirs', 'ours')),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(history, (events) => {
        const pairs = events.map(([{ after: sentAt, ...side }, delay, where], index) => {
          // Each asks something else, so that nothing can take the place of what is missing.
          const own = { ...side, requestKey: `question ${index}`, upstreamReportId: null };
          return { where, purchase: purchase({ ...own, sentAt }), row: row({ ...own, at: sentAt + delay }) };
        });
        const { differences } = compareBill(
          NOVEMBER,
          pairs.flatMap((pair) => (pair.where === 'ours' ? [] : pair.row)),
          pairs.flatMap((pair) => (pair.where === 'theirs' ? [] : pair.purchase)),
        );
        const missing = pairs.filter(({ where }) => where !== 'both');
        expect(new Set(differences.map((each) => each.row ?? each.purchase))).toEqual(
          new Set(missing.map((pair) => (pair.where === 'ours' ? pair.purchase : pair.row))),
        );
      }),
    );
  });
});
