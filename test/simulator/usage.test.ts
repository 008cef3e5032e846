import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.js';
import { USAGE_COLUMNS } from '../../src/simulator/usage/settings.js';
import { call, CLIENT, clientOf, NURSE, started, stopClock } from './helpers.js';

type Client = Awaited<ReturnType<typeof clientOf>>;
type Row = Readonly<Record<string, string>>;

async function textOf({ origin }: Simulator, { authorization }: Client): Promise<string> {
  const response = await fetch(`${origin}/usage`, { headers: { authorization } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv']);
  return response.text();
}

async function rowsOf(simulator: Simulator, client: Client): Promise<Row[]> {
  return parse(await textOf(simulator, client), { columns: true });
}

/** What is wanted of the rows after one report of each type was bought. */
async function afterBuying(simulator: Simulator) {
  const client = await clientOf(simulator);
  const { Links } = (await client.ask(NURSE)).body;
  return { client, links: Links as { PayReport: string; YearsExperienceReport: string } };
}

describe('the usage log', () => {
  it('has a row of the documented columns for each accepted report', async () => {
    const simulator = await started();
    const { client, links } = await afterBuying(simulator);
    await client.ask({ ...NURSE, City: 'Nowhere' });
    const rows = await rowsOf(simulator, client);
    expect(rows.map((row) => row['REPORT_TYPE'])).toEqual(['yoe', 'pay']);
    const [, pay] = rows;
    expect(Object.keys(pay ?? {})).toEqual(USAGE_COLUMNS);
    expect(pay).toMatchObject({ CLIENTID: CLIENT, SUCCESSFUL: 'True', YEAR: String(new Date().getUTCFullYear()) });
    expect(JSON.parse(pay?.['REQUEST'] ?? '')).toEqual({
      customerId: CLIENT,
      user: CLIENT,
      requestedReports: ['yoe', 'pay'],
      answers: NURSE,
    });
    expect(JSON.parse(pay?.['SUBMITTED_ANSWERS'] ?? '')).toContainEqual({ QuestionId: 'City', Value: NURSE.City });
    expect(JSON.parse(pay?.['RESPONSE'] ?? '')).toEqual((await client.get(links.PayReport)).body);
    expect(Math.abs(Date.parse(pay?.['REPORT_DATE'] ?? '') - Date.now())).toBeLessThan(60_000);
    expect(new Set(rows.map((row) => row['REPORTID'])).size).toBe(2);
    expect((await client.get('/usagestats')).body).toEqual({ Reports: 2, Successful: 2 });
  });

  it('is for whoever has a token', async () => {
    const simulator = await started();
    expect([
      (await call(`${simulator.origin}/usage`)).status,
      (await call(`${simulator.origin}/usagestats`)).status,
    ]).toEqual([401, 401]);
    expect(simulator.counters()).toMatchObject({ usageReads: 1, unauthorized: 2 });
  });

  it.each([
    [{ kind: 'hang', afterAccept: true }, 1],
    [{ kind: 'reset', afterAccept: true }, 1],
    [{ kind: 'slow', slowPart: 'headers', slowMs: 60_000 }, 1],
    [{ kind: 'status', status: 502 }, 0],
    [{ kind: 'reset' }, 0],
  ] as const)('has a purchase whose response is lost, if it was accepted: %j', async (fault, rows) => {
    const simulator = await started({ faults: [{ on: 'submit', ...fault }] });
    const client = await clientOf(simulator);
    const signal = AbortSignal.timeout(300);
    const body = JSON.stringify({ customerId: CLIENT, user: CLIENT, requestedReports: ['pay'], answers: NURSE });
    const headers = { authorization: client.authorization, 'content-type': 'application/json' };
    await fetch(`${simulator.origin}/jobalyzer/v1/reports`, { method: 'POST', body, headers, signal }).catch(
      () => undefined,
    );
    expect(await rowsOf(simulator, client)).toHaveLength(rows);
  });

  it('has a REPORTID that is in no link, unless the links are to contain it', async () => {
    const simulator = await started();
    const { client, links } = await afterBuying(simulator);
    const ids = (await rowsOf(simulator, client)).map((row) => row['REPORTID'] ?? '');
    expect(ids.filter((id) => JSON.stringify(links).includes(id))).toEqual([]);
    simulator.configure({ linkForms: ['report-id'] });
    const named = (await client.ask({ ...NURSE, City: 'Boston' })).body.Links;
    const [, , yoe, pay] = (await rowsOf(simulator, client)).map((row) => row['REPORTID']);
    expect(named).toMatchObject({
      PayReport: `${simulator.origin}/jobalyzer/v1/reports/pay/${pay}`,
      YearsExperienceReport: `${simulator.origin}/jobalyzer/v1/reports/yoe/${yoe}`,
    });
    expect((await client.get(named.PayReport)).status).toBe(200);
    expect((await client.get(named.PayReport.replace('/pay/', '/yoe/'))).status).toBe(404);
  });
});

describe('by its settings the usage log', () => {
  it('is late', async () => {
    const simulator = await started({ usage: { delayMs: 60_000 } });
    const { client } = await afterBuying(simulator);
    expect(await rowsOf(simulator, client)).toEqual([]);
    stopClock()(60_000);
    expect(await rowsOf(simulator, client)).toHaveLength(2);
  });

  it('has what was delivered alone', async () => {
    const simulator = await started({ usage: { recorded: 'delivery' } });
    const { client, links } = await afterBuying(simulator);
    expect(await rowsOf(simulator, client)).toEqual([]);
    await client.get(links.PayReport);
    expect((await rowsOf(simulator, client)).map((row) => row['REPORT_TYPE'])).toEqual(['pay']);
  });

  it('lacks every so many reports, and others were not successful', async () => {
    const simulator = await started({ usage: { missingEvery: 3, unsuccessfulEvery: 4 } });
    const { client } = await afterBuying(simulator);
    await client.ask({ ...NURSE, City: 'Boston' });
    const rows = await rowsOf(simulator, client);
    expect(rows.map((row) => [row['REPORT_TYPE'], row['SUCCESSFUL']])).toEqual([
      ['yoe', 'True'],
      ['pay', 'True'],
      ['pay', 'False'],
    ]);
    expect(JSON.parse(rows[2]?.['RESPONSE'] ?? '')).toMatchObject({ Report: null });
    const known = (await call(`${simulator.origin}/simulator/usage`)).body as { reportId: string; missing: boolean }[];
    expect(known.map((each) => each.missing)).toEqual([false, false, true, false]);
    expect(known.filter((each) => !each.missing).map((each) => each.reportId)).toEqual(
      rows.map((row) => row['REPORTID']),
    );
  });

  it('is spelled in other ways', async () => {
    const simulator = await started({
      usage: { columns: ['request', 'More', 'Report_Type', 'REPORTID', 'Report_Date'], types: 'name', dates: 'sql' },
    });
    const { client } = await afterBuying(simulator);
    const [row] = await rowsOf(simulator, client);
    expect(Object.keys(row ?? {})).toEqual(['request', 'More', 'Report_Type', 'REPORTID', 'Report_Date']);
    expect(row).toMatchObject({
      More: 'more',
      Report_Type: 'YearsExperienceReport',
      Report_Date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
    });
    simulator.configure({ usage: { dates: 'us', types: 'key', reportIds: false } });
    expect(simulator.settings().usage).toMatchObject({ columns: expect.arrayContaining(['More']), types: 'key' });
    expect((await rowsOf(simulator, client))[0]).toMatchObject({
      Report_Date: expect.stringMatching(/^\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M$/),
      REPORTID: '',
    });
    simulator.configure({ usage: { dates: 'epoch', lineBreak: '\r\n', byteOrderMark: true } });
    const { origin } = simulator;
    const bytes = await (await fetch(`${origin}/usage`, { headers: { authorization: client.authorization } })).bytes();
    const text = Buffer.from(bytes).toString();
    expect([text[0], text.match(/\r\n/g)?.length]).toEqual(['\uFEFF', 3]);
    expect(text).toMatch(/,\d{10}\r\n/);
  });

  it('is damaged', async () => {
    const simulator = await started({ usage: { damage: 'unclosed-quote' } });
    const { client } = await afterBuying(simulator);
    const codeOf = async () => {
      const text = await textOf(simulator, client);
      try {
        return [parse(text).length, text.length > 10_000_000];
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(await codeOf()).toBe('CSV_QUOTE_NOT_CLOSED');
    simulator.configure({ usage: { damage: 'ragged' } });
    expect(await codeOf()).toBe('CSV_RECORD_INCONSISTENT_FIELDS_LENGTH');
    simulator.configure({ usage: { damage: 'huge' } });
    expect(await codeOf()).toEqual([4, true]);
    simulator.configure({ usage: { damage: null, encoding: 'utf-16le' } });
    expect((await textOf(simulator, client)).startsWith('C\0L\0I\0')).toBe(true);
  });

  it('is as large as wanted, with rows of others', async () => {
    const simulator = await started({ usage: { padBytes: 1_000_000 } });
    const { client } = await afterBuying(simulator);
    const text = await textOf(simulator, client);
    expect([text.length > 1_000_000, text.length < 1_100_000]).toEqual([true, true]);
    const rows: Row[] = parse(text, { columns: true });
    const own = rows.filter((row) => row['CLIENTID'] === CLIENT);
    expect([own.length, rows.length > 100]).toEqual([2, true]);
    expect(own).toEqual(rows.slice(-2));
    simulator.configure({ usage: { encoding: 'latin1' } });
    const { origin } = simulator;
    const bytes = await (await fetch(`${origin}/usage`, { headers: { authorization: client.authorization } })).bytes();
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError);
  });

  it.each([
    [{ usage: { delayMs: -1 } }, 'usage.delayMs'],
    [{ usage: { colour: 'red' } }, 'usage'],
    [{ usage: { columns: [] } }, 'usage.columns'],
    [{ faults: [{ on: 'usage', kind: 'padded' }] }, 'faults.0.kind'],
  ])('is not changed by %j', async (change, named) => {
    const simulator = await started();
    const before = simulator.settings();
    expect(() => simulator.configure(change as never)).toThrow(named);
    expect(simulator.settings()).toEqual(before);
  });
});
