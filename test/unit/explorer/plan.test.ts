import { expect, it } from 'vitest';
import {
  labelOf,
  leftToday,
  obstacleTo,
  planOf,
  withoutPurchase,
  type Known,
  type Statuses,
} from '../../../explorer/purchase/plan.js';
import { targetsOf } from '../../../explorer/purchase/targets.js';
import { EMPTY } from '../../../explorer/question/question.js';

const NURSE = { ...EMPTY, jobTitle: 'Nurse', place: 'Austin, Texas, United States' };
const NEW: Statuses = { pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' };
const STORED: Statuses = { pay: 'READY', yoe: 'READY' };
const ASKER = {
  name: 'shop',
  operator: false,
  canBuy: true,
  buying: true,
  budget: { limit: 10, used: 9, resetsAt: '2026-11-27T00:00:00.000Z' },
};

/** Reports about answers that differ. */
function reports(...statuses: readonly Statuses[]): Known[] {
  return statuses.map((status, at) => ({ id: String(at), status }));
}

it('the pay and the experience of a job are asked for, and the pay alone of what it is compared with', () => {
  const targets = targetsOf({ ...NURSE, otherPlaces: ['France'], otherTitles: ['Surgeon'] });
  expect(targets.map(({ label, types }) => [label, types])).toEqual([
    ['Austin', ['PAY', 'YOE']],
    ['France', ['PAY']],
    ['Surgeon', ['PAY']],
  ]);
  expect(targets[1]?.answers).toEqual({ jobTitle: 'Nurse', country: 'France' });
  expect(targets[2]?.answers).toMatchObject({ jobTitle: 'Surgeon', city: 'Austin' });
});

it('what is compared with itself is asked for once, and priced once', () => {
  const twice = { ...NURSE, otherPlaces: ['Austin,  Texas, United States ', 'France'], otherTitles: ['Nurse'] };
  expect(targetsOf(twice).map(({ label }) => label)).toEqual(['Austin', 'France']);
  // The server knows better which answers are the same.
  const [same] = reports(NEW);
  const plan = planOf(targetsOf({ ...NURSE, otherPlaces: ['austin, texas, usa', 'France'] }), [
    same!,
    same!,
    ...reports(NEW, NEW).slice(1),
  ]);
  expect(plan).toMatchObject({ buy: [['PAY', 'YOE'], [], ['PAY']], count: 3, total: 3 });
});

it('cities of the same name are told apart', () => {
  const places = ['Springfield, Illinois, United States', 'Springfield, Missouri, United States'];
  expect(targetsOf({ ...NURSE, otherPlaces: places }).map(({ label }) => label)).toEqual(['Austin', ...places]);
});

it.each<[readonly Statuses[], string]>([
  [[NEW], 'Buy 2 reports'],
  [[{ ...NEW, pay: 'READY' }], 'Buy 1 report'],
  [[STORED], 'Show, both are stored'],
  [[{ pay: 'PENDING', yoe: 'READY' }], 'Show, one is on the way'],
  [[{ pay: 'PENDING', yoe: 'SUBMITTING' }], 'Show, 2 are on the way'],
  [[{ pay: 'FAILED', yoe: 'READY' }], 'Show what is stored'],
  [[{ pay: 'FAILED', yoe: 'FAILED' }], 'Show'],
  [[STORED, STORED], 'Show, all 3 are stored'],
  // The experience of what is compared is not asked for.
  [[STORED, NEW], 'Buy 1 report'],
  [[NEW, NEW], 'Buy 3 reports'],
])('%j: the button says %j', (statuses, label) => {
  const targets = targetsOf({ ...NURSE, otherPlaces: statuses.length > 1 ? ['France'] : [] });
  const plan = planOf(targets, reports(...statuses));
  expect(labelOf(plan)).toBe(label);
  expect(plan.buy.flat()).toHaveLength(plan.count);
});

it('what would be more than the budget has left is not bought', () => {
  const two = planOf(targetsOf(NURSE), reports(NEW));
  const one = planOf(targetsOf(NURSE), reports({ ...NEW, yoe: 'READY' }));
  const none = planOf(targetsOf(NURSE), reports(STORED));
  expect(leftToday(ASKER)).toBe(1);
  expect(obstacleTo(two, ASKER)).toContain('has only 1 left');
  expect(obstacleTo(one, ASKER)).toBeNull();
  expect(obstacleTo(one, { ...ASKER, budget: { ...ASKER.budget, used: 10 } })).toContain('is used up');
  expect(obstacleTo(two, { ...ASKER, budget: { ...ASKER.budget, limit: null } })).toBeNull();
  expect(obstacleTo(two, { ...ASKER, canBuy: false })).toContain('only read');
  expect(obstacleTo(two, { ...ASKER, canBuy: false, buying: false })).toContain('stopped');
  expect(obstacleTo(none, { ...ASKER, canBuy: false })).toBeNull();
  // What is there of it can be shown nevertheless.
  expect(withoutPurchase(one)).toMatchObject({ buy: [[]], count: 0, total: 2 });
});
