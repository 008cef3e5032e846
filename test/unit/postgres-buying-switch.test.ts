import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Database } from '../../src/storage/postgres/connections.js';
import { BUYING, createBuyingSwitch } from '../../src/storage/postgres/buying-switch.js';
import type { Message } from '../../src/storage/postgres/notifications.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is on until the database or another process says otherwise, and as the last of them says', async () => {
  const { buying, stored } = switchOf();
  expect(buying.isKnownToBeOn()).toBe(true);
  stored.isOn = false;
  await buying.look();
  expect(buying.isKnownToBeOn()).toBe(false);
  expect(await buying.isOn()).toBe(false);
  buying.heard([BUYING, true]);
  expect(buying.isKnownToBeOn()).toBe(true);
  buying.heard([BUYING, false]);
  expect(buying.isKnownToBeOn()).toBe(false);
  buying.heard([BUYING, 'of a release that says it otherwise']);
  expect(buying.isKnownToBeOn()).toBe(false);
});

it('is known within two seconds although nothing is heard, and stays as it was known while the database is away', async () => {
  const { buying, stored } = switchOf();
  stored.isOn = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(buying.isKnownToBeOn()).toBe(false);
  stored.isAway = true;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(buying.isKnownToBeOn()).toBe(false);
  Object.assign(stored, { isOn: true, isAway: false });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(buying.isKnownToBeOn()).toBe(true);
});

it('once it is stored that it was set, this process knows and the others are told', async () => {
  const { buying, stored, sent } = switchOf();
  await buying.set(false);
  expect(stored.isOn).toBe(false);
  expect(buying.isKnownToBeOn()).toBe(false);
  await buying.set(true);
  expect(stored.isOn).toBe(true);
  expect(buying.isKnownToBeOn()).toBe(true);
  expect(sent).toEqual([
    [BUYING, false],
    [BUYING, true],
  ]);
  stored.isAway = true;
  await expect(buying.set(false)).rejects.toThrow('away');
  expect(buying.isKnownToBeOn()).toBe(true);
  expect(sent).toHaveLength(2);
});

it('stopping waits for what others are sending, and no longer than a purchase takes; allowing waits for nothing', async () => {
  const { buying, stored } = switchOf();
  stored.sendings = 1;
  const ended: string[] = [];
  const end = (what: string) => (): void => void ended.push(what);
  void buying.set(true).then(end('allowed'));
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toEqual(['allowed']);
  void buying.set(false).then(end('stopped'));
  await vi.advanceTimersByTimeAsync(39_900);
  expect(ended).toEqual(['allowed']);
  stored.sendings = 0;
  await vi.advanceTimersByTimeAsync(100);
  expect(ended).toEqual(['allowed', 'stopped']);
  stored.sendings = 1;
  void buying.set(false).then(end('stopped although others send'));
  await vi.advanceTimersByTimeAsync(39_900);
  expect(ended).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(ended).toEqual(['allowed', 'stopped', 'stopped although others send']);
});

it('asks the database no more once it is closed', async () => {
  const { buying, stored } = switchOf();
  buying.close();
  stored.isOn = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(buying.isKnownToBeOn()).toBe(true);
});

/** A switch on a database that has what `stored` says. */
function switchOf() {
  const stored = { isOn: true, isAway: false, sendings: 0 };
  const sent: Message[] = [];
  const rows = async (sql: string, parameters: readonly unknown[] = []): Promise<readonly object[]> => {
    if (stored.isAway) throw new Error('away');
    if (sql.includes('set_buying')) stored.isOn = parameters[0] === true;
    else if (sql.includes('count(*)')) return [{ count: stored.sendings }];
    else if (sql.includes('buying_stopped')) return stored.isOn ? [] : [{}];
    return [];
  };
  const buying = createBuyingSwitch(
    { schema: 'jobalyzer', rows } as unknown as Database,
    { id: 'me' },
    { send: (message) => void sent.push(message) },
  );
  onTestFinished(() => buying.close());
  return { buying, stored, sent };
}
