import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LedgerTooNew } from '../../src/datasources/reports/ports.js';
import { storeUnavailable } from '../../src/errors.js';
import { FORMATS } from '../../src/storage/shared/formats.js';
import type { Database } from '../../src/storage/postgres/connections.js';
import { joinMembers, type MembershipOptions } from '../../src/storage/postgres/membership.js';

const LEASE_MS = 15_000;
/** A third of a lease. */
const RENEWAL_MS = 5_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a lease', () => {
  it('is over here before it is over for the database', async () => {
    const { member, database } = await join();
    database.isAway = true;
    await vi.advanceTimersByTimeAsync(0.9 * LEASE_MS - 1);
    expect(member.isValid()).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(member.isValid()).toBe(false);
  });

  it('lasts as long as it is renewed, and again after an outage', async () => {
    const { member, database } = await join();
    await vi.advanceTimersByTimeAsync(10 * LEASE_MS);
    expect(member.isValid()).toBe(true);
    database.isAway = true;
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(member.isValid()).toBe(false);
    database.isAway = false;
    await vi.advanceTimersByTimeAsync(LEASE_MS / 15);
    expect(member.isValid()).toBe(true);
  });

  it('counts from before it was asked for, however long the answer took', async () => {
    const slow = createFakeDatabase();
    slow.answerMs = 1_900;
    const joining = joinMembers(slow.database, OPTIONS);
    await vi.advanceTimersByTimeAsync(1_900);
    const joined = await joining;
    slow.isAway = true;
    await vi.advanceTimersByTimeAsync(0.9 * LEASE_MS - 1_900);
    expect(joined.isValid()).toBe(false);
    await joined.leave();

    const { member, database } = await join();
    database.answerMs = 1_900;
    await vi.advanceTimersByTimeAsync(RENEWAL_MS + 1_900);
    database.isAway = true;
    await vi.advanceTimersByTimeAsync(0.9 * LEASE_MS - 1_900);
    expect(member.isValid()).toBe(false);
  });

  it('is not made longer by a clock that is set back, nor by one that stands still while the machine sleeps', async () => {
    const { member, database } = await join();
    // As after a sleep: the monotonic clock has not moved.
    vi.setSystemTime(Date.now() + LEASE_MS);
    expect(member.isValid()).toBe(false);
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    expect(member.isValid()).toBe(true);
    database.isAway = true;
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    vi.setSystemTime(Date.now() - LEASE_MS);
    expect(member.isValid()).toBe(false);
  });
});

describe('others', () => {
  it('are taken for dead only once the own lease was held for as long without a gap', async () => {
    const { member, database } = await join();
    const retired = async (): Promise<boolean> => {
      const before = database.retirements;
      await member.retireOthers();
      return database.retirements > before;
    };
    await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
    expect(await retired()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await retired()).toBe(true);

    database.isAway = true;
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    database.isAway = false;
    expect(await retired()).toBe(false);
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    expect(member.isValid()).toBe(true);
    expect(await retired()).toBe(false);
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(await retired()).toBe(true);
  });
});

describe('a process that was taken for dead', () => {
  it('has no lease until it has joined again, as another', async () => {
    const lost = vi.fn<() => void>();
    const { member, database } = await join({ onLost: lost });
    const former = member.id;
    database.members.clear();
    database.answerMs = 1_000;
    await vi.advanceTimersByTimeAsync(RENEWAL_MS + 1_000);
    expect(lost).toHaveBeenCalledOnce();
    expect(member.isValid()).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(member.isValid()).toBe(true);
    database.answerMs = 0;
    expect(member.id).not.toBe(former);
    expect([...database.members]).toEqual([member.id]);
    await member.retireOthers();
    expect(database.retirements).toBe(0);
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(lost).toHaveBeenCalledOnce();
  });

  it('goes on no more if it cannot read what the others have stored', async () => {
    const refused = vi.fn<(refusal: Error) => void>();
    const { member, database } = await join({ onRefused: refused });
    expect(member.refusal()).toBe(null);
    database.members.clear();
    database.joined = { outcome: 'unknown', number: FORMATS.length + 1, name: 'newer' };
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    expect(member.refusal()).toBeInstanceOf(LedgerTooNew);
    expect(refused.mock.calls).toEqual([[member.refusal()]]);
    await vi.advanceTimersByTimeAsync(10 * LEASE_MS);
    expect(database.joins).toBe(2);
  });
});

describe('a process that leaves', () => {
  it('has no lease from then on, and renews none, also one that it had just asked for', async () => {
    const lost = vi.fn<() => void>();
    const { member, database } = await join({ onLost: lost });
    database.answerMs = 1_000;
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    database.answerMs = 0;
    const leaving = member.leave();
    expect(member.isValid()).toBe(false);
    await leaving;
    expect(database.members.size).toBe(0);
    await vi.advanceTimersByTimeAsync(10 * LEASE_MS);
    expect(database).toMatchObject({ renewals: 1, joins: 1 });
    expect(lost).not.toHaveBeenCalled();
  });

  it('leaves although the database cannot be told', async () => {
    const { member, database } = await join();
    database.isAway = true;
    await expect(member.leave()).resolves.toBeUndefined();
    expect(member.isValid()).toBe(false);
    database.isAway = false;
    await vi.advanceTimersByTimeAsync(10 * LEASE_MS);
    expect(database.renewals).toBe(0);
  });
});

describe('the newest form of entries', () => {
  it('is written once every process that is left reads it, and asked for until then only', async () => {
    const { member, database } = await join();
    expect(member.format()).toBe(FORMATS.length);
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    expect(database.admissions).toBe(0);
  });

  it('is asked for with each renewal while another process does not read it', async () => {
    const { member, database } = await join({}, { format: FORMATS.length - 1 });
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    expect(member.format()).toBe(FORMATS.length - 1);
    expect(database.admissions).toBe(1);
    database.admitted = FORMATS.length;
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    expect(member.format()).toBe(FORMATS.length);
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    expect(database.admissions).toBe(2);
  });

  it('is known from the next renewal if another process has seen to it', async () => {
    const { member, database } = await join({}, { format: FORMATS.length - 1 });
    database.joined.number = FORMATS.length;
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    expect(member.format()).toBe(FORMATS.length);
    expect(database.admissions).toBe(0);
  });
});

it('a schema into which a ledger is being moved is waited for', async () => {
  const database = createFakeDatabase();
  database.joined = { outcome: 'moving', number: 0, name: '' };
  await expect(joinMembers(database.database, OPTIONS)).rejects.toThrow(/run move-ledger again/);
});

const OPTIONS: MembershipOptions = {
  leaseMs: LEASE_MS,
  release: 'test',
  onLost: () => undefined,
  onRefused: () => undefined,
};

async function join(options: Partial<MembershipOptions> = {}, { format = FORMATS.length } = {}) {
  const database = createFakeDatabase(format);
  const member = await joinMembers(database.database, { ...OPTIONS, ...options });
  onTestFinished(() => {
    database.answerMs = 0;
    return member.leave();
  });
  return { member, database };
}

/** The table of members, as the statements of a member see it. */
function createFakeDatabase(format = FORMATS.length) {
  const fake = {
    members: new Set<unknown>(),
    joined: { outcome: 'joined', number: format, name: FORMATS[format - 1] ?? '' },
    admitted: format,
    isAway: false,
    answerMs: 0,
    joins: 0,
    renewals: 0,
    retirements: 0,
    admissions: 0,
    database: { schema: 'jobalyzer', control } as unknown as Database,
  };

  async function control(sql: string, [id]: readonly unknown[]): Promise<readonly unknown[]> {
    if (fake.isAway) throw storeUnavailable(new Error('away'));
    const { answerMs } = fake;
    if (answerMs > 0) await new Promise((resolve) => setTimeout(resolve, answerMs));
    if (sql.includes('join_members')) {
      fake.joins += 1;
      if (fake.joined.outcome === 'joined') fake.members.add(id);
      return [fake.joined];
    }
    if (sql.includes('admit_formats')) {
      fake.admissions += 1;
      fake.joined.number = fake.admitted;
      return [{ format: fake.admitted }];
    }
    if (sql.startsWith('UPDATE')) {
      fake.renewals += 1;
      return fake.members.has(id) ? [{ format: fake.joined.number }] : [];
    }
    if (sql.includes('lease_until')) fake.retirements += 1;
    else fake.members.delete(id);
    return [];
  }
  return fake;
}
