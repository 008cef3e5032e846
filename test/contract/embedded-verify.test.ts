import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import type { LedgerEvent } from '../../src/datasources/reports/ledger-events.js';
import type { Alias } from '../../src/datasources/reports/ports.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { verifyLedger } from '../../src/storage/sqlite/verify.js';
import { testDirectory } from '../fixtures/test-directory.js';
import {
  bring,
  bringCollected,
  bringLinked,
  CLAIM,
  DAY,
  END,
  GIVE_UP,
  IN_A_WEEK,
  LINK_FOUND,
  LOSE,
  newReport,
  REJECT,
  RESPONSE,
  RESUBMIT,
  SEND,
  stepOf,
  TO_LINKED,
} from './steps.js';

const report = newReport();

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await testDirectory();
  path = join(directory, 'ledger.sqlite');
});

describe('a sound ledger', () => {
  it('with a report in every state has no problems, open and closed', async () => {
    const { ledger } = openEmbeddedBackend(directory, 'ledger');
    await bringCollected(ledger, report);
    await bringCollected(ledger, report, { type: 'YOE' });
    await bringLinked(ledger, newReport());
    for (const events of [
      [CLAIM],
      [CLAIM, GIVE_UP],
      [CLAIM, SEND],
      [CLAIM, SEND, RESPONSE],
      [CLAIM, SEND, REJECT],
      [CLAIM, SEND, LOSE],
      [CLAIM, { kind: 'send', purchaseId: 'p1', request: '{}' } as const, { ...LOSE, purchaseId: 'p1' } as LedgerEvent],
      [CLAIM, SEND, RESPONSE, LOSE, LINK_FOUND],
      [CLAIM, SEND, RESPONSE, LOSE, RESUBMIT, SEND],
      [CLAIM, SEND, LOSE, RESUBMIT, SEND, REJECT],
      [...TO_LINKED, END],
      [...TO_LINKED, { kind: 'collect', body: '{}', rating: null, expiresAt: 1.5 } as const],
    ]) {
      await bring(ledger, newReport(), events);
    }
    await ledger.commitAs(report, [], aliasTo(report.id));
    ledger.countSaved(2);
    await ledger.usage(0, Date.now());
    expect(await verify()).toEqual({ reports: 15, entries: 17, bodies: 3, problems: 0, found: [] });
    await ledger.prune(2);
    await ledger.close();
    expect(await verify()).toEqual({ reports: 14, entries: 17, bodies: 2, problems: 0, found: [] });
  });

  it('with a late response of an id that stands for another one by now has no problems', async () => {
    const { ledger } = openEmbeddedBackend(directory, 'ledger');
    await bringCollected(ledger, report);
    const alias = aliasTo(report.id);
    await ledger.commitAs(report, [], alias);
    const late = await bring(ledger, alias.report, [{ ...RESPONSE, purchaseId: 'late' } as LedgerEvent]);
    expect(late.state).toBe('UNCERTAIN');
    await ledger.close();
    expect(await verify()).toEqual({ reports: 2, entries: 3, bodies: 1, problems: 0, found: [] });
  });

  it('with a report in which a figure is a bare NaN, as upstream may write it, has no problems', async () => {
    const { ledger } = openEmbeddedBackend(directory, 'ledger');
    const body = '{"Report": {"ReportRating": 0.5, "BasePayReport": {"Average": NaN, "Percentile50": -Infinity}}}';
    await bring(ledger, report, [...TO_LINKED, { kind: 'collect', body, rating: 0.5, expiresAt: IN_A_WEEK } as const]);
    await ledger.close();
    expect(await verify()).toEqual({ reports: 1, entries: 1, bodies: 1, problems: 0, found: [] });
  });
});

describe('in a ledger whose ids stand for others it is found', () => {
  const alias = aliasTo(report.id);

  it.each([
    [
      'that one stands for an id that stands for one itself',
      "report_id = ? AND type = 'PAY'",
      'stands for another one itself',
    ],
    [
      'that one of its entries is missing',
      "report_id = ? AND type = 'PAY'",
      'but the other entry of its id is missing',
    ],
  ])('%s', async (what, where, said) => {
    const { ledger } = openEmbeddedBackend(directory, 'ledger');
    await bringCollected(ledger, report);
    await ledger.commitAs(report, [], alias);
    await ledger.close();
    const db = new DatabaseSync(path);
    const { id } = alias.report;
    if (what.includes('itself'))
      db.prepare(`UPDATE entries SET data = json_set(data, '$.standsFor', ?) WHERE ${where}`).run(id, id);
    else db.prepare(`DELETE FROM entries WHERE ${where}`).run(id);
    db.close();
    expect((await verify()).found.join(' ')).toContain(said);
  });
});

describe('in an unsound ledger it is found', () => {
  const entry = `Entry ${report.id} PAY:`;
  const data = (change: string) => `UPDATE entries SET data = json_set(data, ${change})`;

  it.each([
    [
      'that a request is not JSON',
      "UPDATE reports SET request = '{'",
      `Report ${report.id}: its request cannot be read.`,
    ],
    ['that a request has no answers', "UPDATE reports SET request = '{}'", 'its request cannot be read.'],
    [
      'that answers were changed',
      "UPDATE reports SET request = json_set(request, '$.answers.jobTitle', 'Nurse')",
      `Report ${report.id}: its answers are those of report `,
    ],
    ['that a report is missing', 'DELETE FROM reports', `${entry} has no report.`],
    ['that a type does not exist', "UPDATE entries SET type = 'GDP'", `GDP: has a type that does not exist.`],
    ['that a version is impossible', 'UPDATE entries SET version = 0', `${entry} has the version 0.`],
    ['that a state is not JSON', "UPDATE entries SET data = 'null'", `${entry} has data that cannot be read.`],
    [
      'that a state is unknown',
      data("'$.state', 'SOLD'"),
      `${entry} has the state "SOLD", which this release does not`,
    ],
    ['that a field is wrong', data("'$.rating', 'high'"), `${entry} has a state COLLECTED whose rating is wrong:`],
    ['that a field is missing', "UPDATE entries SET data = json_remove(data, '$.attempt')", 'whose attempt is wrong:'],
    [
      'that two states differ',
      "UPDATE entries SET state = 'FAILED'",
      'is FAILED by its column and COLLECTED by its data.',
    ],
    ['that two expiries differ', 'UPDATE entries SET expires_at = 7', `${entry} expires at 7 by its column and at `],
    ['that a body is missing', 'DELETE FROM bodies', `${entry} is COLLECTED, but its body is missing.`],
    ['that a body is not JSON', "UPDATE bodies SET body = '{'", `Body ${report.id} PAY: it is not JSON.`],
    ['that a body has no entry', "INSERT INTO bodies VALUES ('r', 'PAY', '{}')", 'Body r PAY: its entry is missing.'],
    [
      'that a purchase was not noted',
      "DELETE FROM journal WHERE kind = 'SUBMITTED'",
      `${entry} is COLLECTED, but its journal has -1 purchases in progress.`,
    ],
    [
      'that a purchase never ended',
      "INSERT INTO journal (at, kind, report_id, type) SELECT at, 'SUBMITTED', report_id, type FROM journal LIMIT 1",
      `${entry} is COLLECTED, but its journal has 1 purchases in progress.`,
    ],
    [
      'that a collection was not noted',
      "UPDATE journal SET kind = 'FAILED' WHERE kind IN ('COLLECTED', 'BILLABLE')",
      'purchases in progress.',
    ],
    [
      'that a failure stands for a collection',
      "DELETE FROM journal WHERE kind = 'BILLABLE'; UPDATE journal SET kind = 'FAILED' WHERE kind = 'COLLECTED'",
      `${entry} is COLLECTED, but its journal has no collection.`,
    ],
    [
      'that one report is billed twice',
      "INSERT INTO journal (at, kind, report_id, type) SELECT at, 'BILLABLE', report_id, type FROM journal LIMIT 1",
      `${entry} has more billable reports than collected ones in its journal.`,
    ],
    [
      'that a kind is unknown',
      "INSERT INTO journal (at, kind, report_id, type) SELECT at, 'X', report_id, type FROM journal LIMIT 1",
      'its kind is X.',
    ],
    [
      'that a journal line has no entry',
      "INSERT INTO journal (at, kind, report_id, type) VALUES (1, 'SUBMITTED', 'r', 'YOE')",
      'Journal line 4: there is no entry r YOE.',
    ],
    ['that its start is missing', "DELETE FROM meta WHERE key = 'since'", 'It does not say since when it counts.'],
    [
      'that a charge was lost',
      'UPDATE charges SET reports = 0',
      `Charges of anonymous on ${DAY}: they are 0, but 1 purchases are charged to them.`,
    ],
    [
      'that a purchase has no entry',
      "INSERT INTO purchases (purchase_id, type, report_id, sent_at, request) VALUES ('p', 'PAY', 'r', 1, '{}')",
      'Purchase p PAY: there is no entry r PAY.',
    ],
    [
      'that the request of a purchase is not JSON',
      "INSERT INTO purchases (purchase_id, type, report_id, sent_at, request) SELECT 'p', type, report_id, 1, '{' FROM entries",
      'Purchase p PAY: its request is not JSON.',
    ],
    [
      'that the outcome of a purchase is unknown to this release',
      "INSERT INTO purchases (purchase_id, type, report_id, sent_at, request, outcome) SELECT 'p', type, report_id, 1, '{}', 'lost' FROM entries",
      'Purchase p PAY: its outcome is lost.',
    ],
    ['that a count is impossible', 'INSERT INTO saved_by_minute VALUES (60000, -1)', 'it has -1 reports at 60000.'],
    [
      'that a newer release wrote it',
      "INSERT INTO migrations VALUES (9999, '9999-later', 1, 1)",
      'This release cannot use it: it was written by a newer release',
    ],
  ])('%s', async (_, sql, problem) => {
    await collectedOne();
    alter(sql);
    const { found, problems } = await verify();
    expect(problems).toBe(found.length);
    expect(found.filter((line) => line.includes(problem))).toHaveLength(1);
  });

  it('that it is no ledger', async () => {
    new DatabaseSync(path).close();
    expect((await verify()).found).toEqual(['It is not a ledger, or an empty one.']);
    writeFileSync(path, 'This is no database, but long enough to be looked at as one. '.repeat(50));
    expect((await verify()).found).toEqual(['It could not be read to its end: file is not a database.']);
  });
});

it('changes nothing in a ledger of an earlier release, which it accepts', async () => {
  await collectedOne();
  alter('DROP TRIGGER saved_to_minute; DROP TABLE migrations; PRAGMA user_version = 4');
  expect(await verify()).toMatchObject({ problems: 0 });
  alter('CREATE TABLE migrations (x)');
});

async function collectedOne(): Promise<void> {
  const { ledger } = openEmbeddedBackend(directory, 'ledger');
  await bringCollected(ledger, report);
  await ledger.close();
}

async function verify() {
  const found: string[] = [];
  return { ...(await verifyLedger(path, (problem) => found.push(problem))), found };
}

function alter(sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

/** What makes a new id stand for this one. */
function aliasTo(standsFor: string): Alias {
  const asked = newReport();
  const steps = (['PAY', 'YOE'] as const).map((type) =>
    stepOf(absent(asked.id, type), { kind: 'stand-for', standsFor }),
  );
  return { report: asked, steps };
}
