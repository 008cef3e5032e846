import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../src/lib/log.js';
import { Secret } from '../../src/lib/secret.js';
import { openStorage, type Storage } from '../../src/storage/open.js';
import type { Account } from '../../src/storage/shared/account.js';
import { freePort } from '../fixtures/free-port.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { execute, SCHEMA } from './shared-ledger.js';
import { bring, CLAIM, newReport } from './steps.js';

const REAL: Account = { origin: 'https://jobalyzer.payscale.com', customerId: 'acme' };
const OTHER: Account = { origin: 'http://127.0.0.1:4010', customerId: 'simulator' };

let url: string;
beforeEach(async () => {
  url = await testDatabase();
});

it('a ledger in a database is that of one account, unless an operator says that another is the same', async () => {
  const { account, place } = await opened(REAL);
  expect(account).toEqual({ kind: 'stamped' });
  expect(place).toBe(`DATABASE_URL: the ledger in the schema ${SCHEMA}`);
  await expect(opened(OTHER)).rejects.toThrow(
    /^DATABASE_URL: .*it belongs to https:\/\/jobalyzer\.payscale\.com \(customer id acme\)/,
  );
  const { account: adopted } = await opened(OTHER, { ledgerAdopt: true });
  expect(adopted).toMatchObject({ kind: 'adopted' });
});

it('a row of it that cannot be read is counted, and said once', async () => {
  const logged: string[] = [];
  const { backend, rowsSetAside } = await opened(REAL, { logged });
  const report = newReport();
  await bring(backend.ledger, report, [CLAIM]);
  await execute(url, `UPDATE ${SCHEMA}.entries SET data = '{'`);
  expect(rowsSetAside()).toBe(0);
  for (let time = 0; time < 2; time++) await backend.ledger.read(report.id);
  expect(rowsSetAside()).toBe(1);
  expect(logged.filter((line) => line.includes('a damaged row of the ledger is left aside'))).toHaveLength(1);
});

it('a database that is away is tried again, for as long as whoever waits for it wants that', async () => {
  const away = new URL(url);
  away.port = String(await freePort());
  const reasons: string[] = [];
  const onAway = async (reason: string): Promise<void> => {
    reasons.push(reason);
    if (reasons.length === 3) throw new Error('It was stopped.');
  };
  await expect(opened(REAL, { onAway, at: away.href })).rejects.toThrow('It was stopped.');
  expect(reasons).toEqual(
    Array.from({ length: 3 }, () => expect.stringMatching(/^DATABASE_URL: the database cannot be reached/) as string),
  );
});

interface Circumstances {
  readonly ledgerAdopt?: boolean;
  readonly logged?: string[];
  readonly onAway?: (reason: string) => Promise<void>;
  readonly at?: string;
}

async function opened(
  account: Account,
  {
    ledgerAdopt = false,
    logged = [],
    onAway = () => Promise.reject(new Error('It is not away.')),
    at = url,
  }: Circumstances = {},
): Promise<Storage> {
  const database = { url: new Secret(at), listenUrl: null, passwordFile: null, schema: SCHEMA, connections: 3 };
  const storage = await openStorage(
    { dataDir: 'of no ledger', database: { ...database, leaseMs: 60_000 }, ledgerAdopt },
    {
      account,
      simulated: false,
      thread: false,
      log: createLog('trace', { write: (line: string) => void logged.push(line) }),
      onAway,
    },
  );
  onTestFinished(async () => {
    await storage.backend.queue.close();
    await storage.backend.ledger.close();
  });
  return storage;
}
