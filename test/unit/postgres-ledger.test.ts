import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import { createPostgresLedger, type LedgerParts } from '../../src/storage/postgres/ledger.js';
import { createOwned } from '../../src/storage/postgres/owned.js';
import type { Writer } from '../../src/storage/postgres/writer.js';
import { CLAIM, newReport, SEND, stepOf } from '../contract/steps.js';

it('what was stored for a member that was taken for dead meanwhile is not sent: others may have it', async () => {
  const { ledger, renew } = ledgerOfMember();
  onTestFinished(() => ledger.close());
  const report = newReport();
  const claimed = stepOf(absent(report.id, 'PAY'), CLAIM);
  const [sending] = await ledger.commit(report, [stepOf(claimed.after, SEND)]);
  expect(sending).toMatchObject({ won: true, entry: { state: 'SENDING' } });
  expect(ledger.mayBuy([sending?.entry ?? claimed.after])).toBe(true);

  const other = newReport();
  const late = ledger.commit(other, [stepOf(stepOf(absent(other.id, 'PAY'), CLAIM).after, SEND)]);
  renew();
  const [stored] = await late;
  expect(stored).toMatchObject({ won: true, entry: { state: 'SENDING' } });
  expect(ledger.mayBuy([stored?.entry ?? claimed.after])).toBe(false);
});

it('a process that stops leaves once everything is stored, and not before', async () => {
  const { ledger, ended } = ledgerOfMember();
  await ledger.close();
  expect(ended).toEqual(['stored', 'left', 'disconnected']);
});

/** A ledger whose every commit wins. `renew`: its process becomes another member. `ended`: what its end has done so far. */
function ledgerOfMember() {
  let id = 'first';
  const ended: string[] = [];
  const end = (what: string) => async (): Promise<void> => {
    await turn();
    ended.push(what);
  };
  const write: Writer['write'] = async (_report, steps) => ({
    committed: steps.map(({ after }) => ({ won: true, entry: { ...after, version: after.version + 1 } })),
    aliases: null,
  });
  const ledger = createPostgresLedger({
    since: 0,
    trustedAt: null,
    database: { schema: 'jobalyzer', rows: async () => [], close: end('disconnected') },
    member: {
      get id() {
        return id;
      },
      isValid: () => true,
      refusal: () => null,
      leave: end('left'),
    },
    owned: createOwned(),
    buying: { isKnownToBeOn: () => true, close: () => undefined },
    notifications: { send: () => undefined, close: async () => undefined },
    polling: { entered: () => undefined },
    watching: { changed: () => undefined, close: () => undefined },
    writer: { write, drain: end('stored') },
  } as unknown as LedgerParts);
  return { ledger, ended, renew: () => void (id = 'second') };
}
