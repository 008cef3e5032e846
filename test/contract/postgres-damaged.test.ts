import { beforeEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { testDatabase } from '../fixtures/postgres/test-database.js';
import { execute, openShared, SCHEMA } from './shared-ledger.js';
import { bring, bringLinked, CLAIM, current, newReport, RESUBMIT, SEND, stepOf, wonOf } from './steps.js';

let url: string;
let told: object[];
let ledger: Ledger;
beforeEach(async () => {
  url = await testDatabase();
  told = [];
  ({ ledger } = await openShared(url, { onUnreadable: (row) => told.push(row) }));
});

const kept = () => execute(url, `SELECT report_id, version, state, data FROM ${SCHEMA}.damaged_entries`);

describe('an entry that cannot be read', () => {
  it('is uncertain, is reported once, and is kept when it is replaced', async () => {
    const report = newReport();
    const linked = await bringLinked(ledger, report);
    await execute(url, `UPDATE ${SCHEMA}.entries SET data = '{"state":"LINKED"'`);
    const before = await current(ledger, report);
    expect(await current(ledger, report)).toEqual(before);
    expect(before).toMatchObject({ state: 'UNCERTAIN', version: linked.version });
    expect(told).toEqual([
      { table: 'entries', reportId: report.id, type: 'PAY', fault: 'has data that cannot be read' },
    ]);
    expect(await ledger.usage(0, Date.now())).toMatchObject({ submitted: 1, uncertain: 0 });
    expect(await kept()).toEqual([]);

    const claims = [stepOf(before, RESUBMIT), stepOf(before, RESUBMIT)];
    const outcomes = await Promise.all(claims.map((claim) => ledger.commit(report, [claim])));
    expect(wonOf(outcomes.flat()).filter(Boolean)).toHaveLength(1);
    expect(await kept()).toEqual([
      { report_id: report.id, version: linked.version, state: 'LINKED', data: '{"state":"LINKED"' },
    ]);
    expect(await ledger.usage(0, Date.now())).toMatchObject({ submitted: 1, uncertain: 1 });
    expect(await current(ledger, report)).toMatchObject({ state: 'INTENT', version: linked.version + 1 });
  });
});

describe('a report whose request cannot be read', () => {
  it('keeps nobody from those that are read or taken up with it', async () => {
    const [damaged, other] = [newReport(), newReport()];
    for (const report of [damaged, other]) await bring(ledger, report, [CLAIM, SEND]);
    await execute(url, `UPDATE ${SCHEMA}.reports SET request = '{' WHERE id = '${damaged.id}'`);
    const [failed, found] = await Promise.allSettled([ledger.read(damaged.id), ledger.read(other.id)]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('is damaged') } });
    expect(found).toMatchObject({ status: 'fulfilled', value: { id: other.id } });
    expect(told).toEqual([{ table: 'reports', reportId: damaged.id, type: null, fault: 'its request cannot be read' }]);
    await execute(url, `DELETE FROM ${SCHEMA}.members`);
    const next = await openShared(url);
    expect((await next.ledger.adopt(10, [])).map(({ id }) => id)).toEqual([other.id]);
  });
});
