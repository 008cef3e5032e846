import { expect, it } from 'vitest';
import { createSlots } from '../../src/lib/slots.js';

const NEVER = new AbortController().signal;

it('gives its slots in the order in which they are asked for, and one that is given back to the next', async () => {
  const slots = createSlots(2);
  const order: string[] = [];
  const first = await slots.take(NEVER);
  await slots.take(NEVER);
  const third = slots.take(NEVER).then((giveBack) => {
    order.push('third');
    return giveBack;
  });
  const fourth = slots.take(NEVER).then(() => order.push('fourth'));
  await Promise.resolve();
  expect(order).toEqual([]);
  first();
  (await third)();
  await fourth;
  expect(order).toEqual(['third', 'fourth']);
});

it('forgets who no longer waits', async () => {
  const slots = createSlots(1);
  const giveBack = await slots.take(NEVER);
  const controller = new AbortController();
  const gone = slots.take(controller.signal);
  const reason = new Error('gone');
  controller.abort(reason);
  await expect(gone).rejects.toBe(reason);
  await expect(slots.take(controller.signal)).rejects.toBe(reason);
  giveBack();
  (await slots.take(NEVER))();
});
