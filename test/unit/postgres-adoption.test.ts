import { expect, it } from 'vitest';
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
  const looks = (): number => asked.filter((sql) => sql.includes('owner = $1')).length;
  owned.unlearned('r');
  await adopt(10, ['r']);
  expect(looks()).toBe(0);
  await adopt(10, []);
  await adopt(10, []);
  expect(looks()).toBe(1);
});

/** `taken`: what each statement takes over. `asked`: the statements so far, by what they do. */
function adopting({ taken }: { readonly taken: readonly (readonly object[])[] }) {
  const asked: string[] = [];
  const left = [...taken];
  const owned = createOwned();
  const member = {
    id: 'me',
    isValid: () => true,
    retireOthers: async () => void asked.push('retire'),
  };
  const rows = async (sql: string): Promise<readonly object[]> => {
    const isTakingOver = sql.includes('take_over');
    asked.push(isTakingOver ? 'take over' : sql.includes('doubts') ? 'doubts' : sql);
    return isTakingOver ? (left.shift() ?? []) : [];
  };
  const reads = {
    many: async (ids: readonly string[]) => ids.map((id) => ({ id, entries: [{ type: 'PAY' }, { type: 'YOE' }] })),
  } as unknown as Reads;
  const database = { schema: 'jobalyzer', rows } as unknown as Database;
  return { adopt: createAdopt(database, member as never, owned, reads), asked, owned, member };
}
