import { Client } from 'pg';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import type { Backend } from '../../src/datasources/reports/ports.js';
import { openPostgresBackend } from '../../src/storage/postgres/backend.js';
import { createDatabase, type Database } from '../fixtures/postgres/database.js';
import { chargesSuite } from './charges-suite.js';
import { ledgerSuite } from './ledger-suite.js';
import { notificationSuite } from './notification-suite.js';
import { purchasesSuite } from './purchases-suite.js';
import { queueSuite } from './queue-suite.js';
import { aliasSuite } from './alias-suite.js';
import { standingSuite } from './standing-suite.js';
import type { OpenedBackend } from './steps.js';
import { uncertainSuite } from './uncertain-suite.js';

const SCHEMA = 'jobalyzer';

/** One for all tests, emptied before each: creating schemas takes long where disks are slow. */
let database: Database;
let cleaner: Client;
beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl') ?? '');
  cleaner = new Client({ connectionString: database.url });
  await cleaner.connect();
});
afterAll(async () => {
  await cleaner.end();
  await database.drop();
});

async function empty(): Promise<void> {
  const { rows } = await cleaner.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> 'migrations'",
    [SCHEMA],
  );
  await cleaner.query(rows.map(({ tablename }) => `DELETE FROM ${SCHEMA}.${tablename};`).join(''));
  if (rows.length > 0) await cleaner.query(`INSERT INTO ${SCHEMA}.meta VALUES ('since', $1)`, [Date.now()]);
}

// Each in a block of its own, whose hooks are for its tests only.
describe('the ledger', () => {
  ledgerSuite('postgres', openEmptied);
});
describe('charges', () => {
  chargesSuite('postgres', openEmptied);
});
describe('notifications', () => {
  notificationSuite('postgres', openEmptied);
});
describe('what is uncertain', () => {
  uncertainSuite('postgres', openEmptied);
});
describe('purchases', () => {
  purchasesSuite('postgres', openEmptied);
});
describe('the queue', () => {
  queueSuite('postgres', openEmptied);
});
describe('the standing', () => {
  standingSuite('postgres', openEmptied);
});
describe('aliases', () => {
  aliasSuite('postgres', openEmptied);
});

async function close({ ledger, queue }: Backend): Promise<void> {
  await queue.close();
  await ledger.close();
}

async function openEmptied(): Promise<OpenedBackend> {
  await empty();
  const settings = {
    url: database.url,
    listenUrl: null,
    schema: SCHEMA,
    connections: 3,
    leaseMs: 15_000,
  };
  const first = await openPostgresBackend(settings, { release: 'test', patienceMs: 15_000 });
  let current: Backend = first;
  return {
    backend: first,
    async reopen() {
      await close(current);
      current = await openPostgresBackend(settings, { release: 'test', patienceMs: 15_000 });
      return current;
    },
    close: () => close(current),
  };
}
