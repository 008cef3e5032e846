import { describe, expect, it } from 'vitest';
import { createBuying } from '../../src/datasources/reports/buying.js';

/** A switch whose ledger stores when the test says so. */
function switching() {
  let stored = true;
  const writes: (() => void)[] = [];
  const buying = createBuying({
    buying: async () => stored,
    setBuying: (enabled) =>
      new Promise<void>((resolve) => {
        writes.push(() => {
          stored = enabled;
          resolve();
        });
      }),
  });
  const write = async (): Promise<void> => {
    await turns();
    writes.shift()?.();
    await turns();
  };
  return { buying, write };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.finally(() => (settled = true));
  await turns();
  return settled;
}

describe('the stop switch', () => {
  it('lets nothing leave from the moment it is asked to, even before that is stored', async () => {
    const { buying, write } = switching();
    const departure = buying.depart();
    const stopping = buying.set(false);
    await turns();
    expect(() => departure.leave()).toThrow(expect.objectContaining({ code: 'BUYING_STOPPED' }));
    departure.end();
    await write();
    expect(await stopping).toBe(false);
    const later = buying.depart();
    expect(() => later.leave()).toThrow(expect.objectContaining({ code: 'BUYING_STOPPED' }));
  });

  it('waits for what was about to leave until it has been given up', async () => {
    const { buying, write } = switching();
    const [first, second] = [buying.depart(), buying.depart()];
    const stopping = buying.set(false);
    await write();
    first.end();
    expect(await isSettled(stopping)).toBe(false);
    second.end();
    expect(await stopping).toBe(false);
  });

  it('does not wait for what has left', async () => {
    const { buying, write } = switching();
    buying.depart().leave();
    const stopping = buying.set(false);
    await write();
    expect(await stopping).toBe(false);
  });

  it('does what it is asked to one after another', async () => {
    const { buying, write } = switching();
    const [stopping, starting] = [buying.set(false), buying.set(true)];
    await write();
    expect(await stopping).toBe(false);
    await write();
    expect(await starting).toBe(true);
    expect(() => buying.depart().leave()).not.toThrow();
  });

  it('that cannot be stored stays as it was', async () => {
    const buying = createBuying({
      buying: async () => true,
      setBuying: () => Promise.reject(new Error('The disk is full.')),
    });
    await expect(buying.set(false)).rejects.toThrow('The disk is full.');
    expect(() => buying.depart().leave()).not.toThrow();
    await expect(buying.set(true)).rejects.toThrow('The disk is full.');
  });
});
