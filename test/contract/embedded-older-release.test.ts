import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/storage/sqlite/database.js';
import { createSqliteLedger } from '../../src/storage/sqlite/ledger.js';
import { newDirectory } from '../fixtures/directory.js';
import { writerOn } from '../fixtures/writer.js';
import {
  bring,
  CLAIM,
  current,
  DAY,
  FAILURE,
  GIVE_UP,
  LINK_FOUND,
  LOSE,
  newReport,
  RESPONSE,
  RESUBMIT,
  SEND,
} from './steps.js';

/** Entries as release 0.1.0 wrote them, with what this release calls them. */
const WRITTEN = [
  {
    row: '{"state":"SENDING","answer":null,"doubt":null}',
    read: { state: 'SENDING', response: null, doubt: null },
  },
  {
    row: '{"state":"SENDING","answer":"{\\"Links\\": 1}","doubt":null}',
    read: { state: 'SENDING', response: '{"Links": 1}', doubt: null },
  },
  {
    row: '{"state":"SENDING","answer":null,"doubt":{"failure":{"code":"UPSTREAM_TIMEOUT","message":"No."},"answer":"{}","since":7}}',
    read: {
      state: 'SENDING',
      response: null,
      doubt: { failure: { code: 'UPSTREAM_TIMEOUT', message: 'No.' }, response: '{}', since: 7 },
    },
  },
  {
    row: '{"state":"INTENT","doubt":{"failure":{"code":"UPSTREAM_TIMEOUT","message":"No."},"answer":null,"since":7}}',
    read: {
      state: 'INTENT',
      doubt: { failure: { code: 'UPSTREAM_TIMEOUT', message: 'No.' }, response: null, since: 7 },
    },
  },
  { row: '{"state":"INTENT","doubt":null}', read: { state: 'INTENT', doubt: null } },
  {
    row: '{"state":"UNCERTAIN","failure":{"code":"UPSTREAM_TIMEOUT","message":"No.","details":{"answer":1}},"answer":"{}","since":7}',
    read: {
      state: 'UNCERTAIN',
      failure: { code: 'UPSTREAM_TIMEOUT', message: 'No.', details: { answer: 1 } },
      response: '{}',
      since: 7,
    },
  },
];

describe('the ledger of an older release', () => {
  it.each(WRITTEN)('is read: $row', async ({ row, read }) => {
    const { db, ledger } = await opened();
    const report = newReport();
    await bring(ledger, report, [CLAIM]);
    db.prepare('UPDATE entries SET state = ?, version = 4, data = ?').run(read.state, row);
    const entry = { reportId: report.id, type: 'PAY', version: 4, at: expect.any(Number), ...read };
    expect(await current(ledger, report)).toStrictEqual(entry);
    expect((await ledger.adopt(1_000, []))[0]?.entries).toStrictEqual([entry]);
  });

  it('is continued: a link is read from a response that it stored', async () => {
    const { db, ledger } = await opened();
    const report = newReport();
    await bring(ledger, report, [CLAIM]);
    db.prepare('UPDATE entries SET state = ?, data = ?').run('SENDING', WRITTEN[1]?.row ?? '');
    expect(await bring(ledger, report, [LINK_FOUND])).toMatchObject({ state: 'LINKED' });
  });
});

describe('what an older release finds in a ledger of this one', () => {
  const failure = FAILURE;
  const charge = { client: 'anonymous', day: DAY };
  const again = RESUBMIT;
  const body = RESPONSE.kind === 'response' ? RESPONSE.body : null;

  it.each([
    ['a claim', [CLAIM], { state: 'INTENT', charge, doubt: null }],
    ['a purchase in flight', [CLAIM, SEND], { state: 'SENDING', charge, answer: null, doubt: null }],
    ['its response', [CLAIM, SEND, RESPONSE], { state: 'SENDING', charge, answer: body, doubt: null }],
    ['a doubt', [CLAIM, SEND, LOSE], { state: 'UNCERTAIN', charge, failure, answer: null, since: 1_000 }],
    [
      'a doubt with a response',
      [CLAIM, SEND, RESPONSE, LOSE],
      { state: 'UNCERTAIN', charge, failure, answer: body, since: 1_000 },
    ],
    [
      'the second purchase of a doubt, claimed',
      [CLAIM, SEND, RESPONSE, LOSE, again],
      { state: 'INTENT', charge, doubt: { charge, failure, answer: body, since: 1_000 } },
    ],
    [
      'the second purchase of a doubt, in flight',
      [CLAIM, SEND, LOSE, again, SEND],
      { state: 'SENDING', charge, answer: null, doubt: { charge, failure, answer: null, since: 1_000 } },
    ],
    [
      'a doubt whose second purchase was given up',
      [CLAIM, SEND, RESPONSE, LOSE, again, GIVE_UP],
      { state: 'UNCERTAIN', charge, failure, answer: body, since: 1_000 },
    ],
  ] as const)('is %s under the keys that it knows', async (_, events, data) => {
    const { db, ledger } = await opened();
    await bring(ledger, newReport(), events, { at: 1_000 });
    expect(dataOf(db)).toStrictEqual(data);
  });
});

function dataOf(db: DatabaseSync): unknown {
  const row = db.prepare('SELECT data FROM entries').get() as { data: string };
  return JSON.parse(row.data);
}

async function opened() {
  const { path, remove } = await newDirectory();
  const { db, close } = openDatabase(path, 'ledger');
  const ledger = createSqliteLedger(db, writerOn(db));
  onTestFinished(async () => {
    await ledger.close();
    close();
    await remove();
  });
  return { db, ledger };
}
