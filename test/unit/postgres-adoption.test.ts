import { expect, it, onTestFinished, vi } from 'vitest';
import { createAdopt } from '../../src/storage/postgres/adoption.js';
import type { Database } from '../../src/storage/postgres/connections.js';
import { createOwned } from '../../src/storage/postgres/owned.js';
import type { Reads } from '../../src/storage/postgres/reads.js';

it('those that are gone are found before anything is taken over, and all of that before doubts', async () => {
  const { adopt, asked, owned } = adopting({ taken: [[{ report_id: 'r', type: 'PAY', version: 4, state: 'LINKED' }]] });
  // Its other type is what another process does.
  expect(await adopt(10, [])).toEqual([{ id: 'r', entries: [{ type: 'PAY' }] }]);
  expect(asked).toEqual(['retire', 'take over']);
  expect(owned.isPolled({ id: 'r', type: 'PAY' })).toBe(true);
  expect(await adopt(10, [])).toEqual([]);
  expect(asked).toEqual(['retire', 'take over', 'retire', 'take over', 'doubts']);
  expect(await adopt(10, [])).toEqual([]);
  expect(asked.slice(5), 'doubts are nobody’s, and read once').toEqual(['retire', 'take over']);
});

it('a process that hands over, or of which the lease may be over, takes nothing and takes nobody for dead', async () => {
  const { adopt, asked, owned, member } = adopting({ taken: [] });
  member.isValid = () => false;
  expect(await adopt(10, [])).toEqual([]);
  member.isValid = () => true;
  owned.handOver();
  expect(await adopt(10, [])).toEqual([]);
  expect(asked).toEqual([]);
});

it('what may have been stored without being known is looked for once, when nothing drives it', async () => {
  const { adopt, asked, owned } = adopting({ taken: [] });
  await adopt(10, []);
  const looks = (): number => asked.filter((what) => what === 'own').length;
  owned.unlearned('r');
  await adopt(10, ['r']);
  expect(looks()).toBe(0);
  await adopt(10, []);
  await adopt(10, []);
  expect(looks()).toBe(1);
});

it('what is its own and not driven is looked for once a minute, apart from what it polls', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const polled = { report_id: 'polled', type: 'PAY', version: 4, state: 'LINKED' };
  const left = { report_id: 'left', type: 'PAY', version: 2, state: 'SENDING' };
  const { adopt, asked, owned } = adopting({ taken: [], mine: [polled, left] });
  await adopt(10, []);
  await adopt(10, []);
  expect(asked).not.toContain('own');
  owned.add({ reportId: 'polled', type: 'PAY', version: 4, state: 'LINKED' });
  vi.advanceTimersByTime(60_000);
  expect(await adopt(10, [])).toMatchObject([{ id: 'left' }]);
  await adopt(10, []);
  expect(asked.filter((what) => what === 'own')).toHaveLength(1);
});

interface InDatabase {
  /** What each statement takes over. */
  readonly taken: readonly (readonly object[])[];
  /** What this process owns. */
  readonly mine?: readonly { readonly report_id: string; readonly type: string; readonly version: number }[];
}

/** `asked`: the statements so far, by what they do. */
function adopting({ taken, mine = [] }: InDatabase) {
  const asked: string[] = [];
  const left = [...taken];
  const owned = createOwned();
  const member = {
    id: 'me',
    isValid: () => true,
    retireOthers: async () => void asked.push('retire'),
  };
  const answers: readonly [
    statement: RegExp,
    what: string,
    answer: (values: readonly unknown[]) => readonly object[],
  ][] = [
    [/take_over/, 'take over', () => left.shift() ?? []],
    [/UPDATE/, 'take up', ([, ids]) => mine.filter(({ report_id: id }) => (ids as readonly string[]).includes(id))],
    [/owner = \$1/, 'own', () => mine],
    [/doubts/, 'doubts', () => []],
  ];
  const rows = async (sql: string, values: readonly unknown[] = []): Promise<readonly object[]> => {
    const [, what = sql, answer] = answers.find(([statement]) => statement.test(sql)) ?? [];
    asked.push(what);
    return answer?.(values) ?? [];
  };
  const reads = {
    many: async (ids: readonly string[]) => ids.map((id) => ({ id, entries: [{ type: 'PAY' }, { type: 'YOE' }] })),
  } as unknown as Reads;
  const database = { schema: 'jobalyzer', rows } as unknown as Database;
  return { adopt: createAdopt(database, member as never, owned, reads), asked, owned, member };
}
