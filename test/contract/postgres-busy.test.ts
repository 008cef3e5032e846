import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { execute, openShared, SCHEMA } from './shared-ledger.js';
import { CLAIM, newReport, stepOf, wonOf } from './steps.js';

/** Longer than any answer of the database is waited for. */
const FREEZE_MS = 3_000;

/** Nothing else happens in this process meanwhile, as if it was stopped. */
function freeze(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FREEZE_MS);
}

it('reads the answers that arrived while the process was frozen before it calls them late', async () => {
  const url = await testDatabase();
  const { ledger } = await openShared(url);
  const report = newReport();
  // What is asked for is answered during the freeze, and not before.
  const lock = `BEGIN; LOCK TABLE ${SCHEMA}.entries, ${SCHEMA}.charges, ${SCHEMA}.bodies; SELECT pg_sleep(1); COMMIT`;
  const locked = execute(url, lock);
  await delay(200);
  const claimed = ledger.commit(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]);
  // More than there are connections, so that some wait for one.
  const asked = [
    claimed,
    ledger.read(newReport().id),
    ledger.subscribe(newReport().id, () => undefined),
    ...Array.from({ length: 6 }, () => ledger.charged({ client: 'ann', day: '2026-01-31' })),
    ledger.body({ reportId: newReport().id, type: 'PAY' } as never),
  ];
  const outcomes = Promise.allSettled(asked);
  await delay(200);
  freeze();
  const failed = (await outcomes).filter(({ status }) => status === 'rejected');
  expect(failed).toEqual([]);
  expect(wonOf(await claimed)).toEqual([true]);
  await locked;
});
