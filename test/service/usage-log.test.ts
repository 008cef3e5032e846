import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createJobalyzerClient, type Timeouts } from '../../src/datasources/jobalyzer/client.js';
import { encodeReportsRequest } from '../../src/datasources/jobalyzer/encode.js';
import { pollOutcome } from '../../src/datasources/jobalyzer/poll-response.js';
import { requestKeyOf } from '../../src/datasources/jobalyzer/usage-log/request-key.js';
import type { LoggedReport, UsageLogQuery } from '../../src/datasources/jobalyzer/usage-log/usage-log.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { startSimulator, type SimulatorOptions } from '../../src/simulator/simulator.js';
import { megabytesNow } from '../fixtures/heap.js';

const REQUEST = {
  autoResolveJobTitle: true,
  answers: canonicalAnswers(
    { jobTitle: 'Registered Nurse', country: 'United States', city: 'Seattle', skills: ['Telemetry', 'Acute Care'] },
    'answers',
  ),
};
const CUSTOMER = 'the-customer';
const KEY = requestKeyOf(JSON.stringify(encodeReportsRequest(REQUEST, ['PAY', 'YOE'], CUSTOMER)), CUSTOMER) ?? '';
const HELD = { on: 'submit', kind: 'hang', afterAccept: true } as const;
/** Of the log that is read in flat memory: `USAGE_LOG_MB=500` reads one of the size that is wanted. */
const LARGE = Number(process.env['USAGE_LOG_MB'] ?? 50) * 1_000_000;
const never = new AbortController().signal;

describe('the usage log of the simulator', () => {
  it('tells what became of a purchase whose response was held back', async () => {
    const { buy, read } = await connected({ faults: [HELD] });
    const before = Date.now();
    expect(await buy()).toMatchObject({ kind: 'uncertain' });
    const rows = await read({ wanted: new Set([KEY]), since: before });
    expect(rows.map(({ type, requestKey, successful }) => ({ type, requestKey, successful }))).toEqual([
      { type: 'PAY', requestKey: KEY, successful: true },
      { type: 'YOE', requestKey: KEY, successful: true },
    ]);
    for (const { type, response } of rows) {
      const collected = { kind: 'response', status: 200, headers: {}, text: response ?? '' } as const;
      expect(pollOutcome(collected, type ?? 'PAY', before)).toMatchObject({
        kind: 'ready',
        rating: expect.any(Number),
      });
    }
  });

  it('has nothing of a purchase that did not arrive', async () => {
    const { buy, read } = await connected({ faults: [{ on: 'submit', kind: 'hang' }] });
    expect(await buy()).toMatchObject({ kind: 'uncertain' });
    expect(await read()).toEqual([]);
  });

  it('is found in each of its spellings', async () => {
    const { simulator, buy, read } = await connected();
    await buy();
    const rows = await read();
    const spellings: SimulatorOptions['usage'][] = [
      {
        columns: [
          'ReportRating',
          'SUCCESSFUL',
          'New',
          'response',
          'Request',
          'REPORT_TYPE',
          'Report_Date',
          'reportid',
          'ClientId',
        ],
      },
      { dates: 'sql', types: 'name' },
      { lineBreak: '\r\n', byteOrderMark: true },
    ];
    for (const usage of spellings) {
      simulator.configure({ usage });
      expect(await read()).toEqual(rows);
    }
  });

  it.each([
    [{ usage: { damage: 'unclosed-quote' } }, 'within a quoted cell'],
    [{ usage: { damage: 'ragged' } }, 'as many cells'],
    [{ usage: { encoding: 'utf-16le' } }, 'UTF-8'],
    [{ usage: { encoding: 'latin1', padBytes: 1 } }, 'UTF-8'],
    [{ usage: { dates: 'us' } }, 'REPORT_DATE'],
    [{ usage: { dates: 'epoch' } }, 'REPORT_DATE'],
    [{ usage: { columns: ['REPORTID', 'REQUEST'] } }, 'no column REPORT_DATE'],
    [{ faults: ['usage-html'] }, 'HTML'],
    [{ faults: ['usage-401'] }, '401'],
    [{ faults: ['usage-500'] }, '500'],
    [{ faults: ['usage-empty'] }, 'empty'],
    [{ faults: ['usage-truncated'] }, 'connection was lost'],
    [{ faults: [{ on: 'usage', kind: 'reset' }] }, 'cannot be reached'],
    [{ faults: [{ on: 'usage', kind: 'hang' }] }, 'in time'],
    [{ faults: [{ on: 'usage', kind: 'slow', slowMs: 60_000 }] }, 'in time'],
  ] as [SimulatorOptions, string][])('is not believed in part: %j', async (wrong, reason) => {
    const { simulator, buy, read } = await connected({}, reason === 'in time' ? { usage: 500 } : {});
    await buy();
    simulator.configure(wrong);
    await expect(read()).rejects.toMatchObject({
      name: 'UsageLogUnreadable',
      message: expect.stringContaining(reason),
    });
  });

  it('is read in memory that does not grow with it, and leaves turns to others', { timeout: 600_000 }, async () => {
    const { buy, read } = await connected({ usage: { padBytes: LARGE } });
    await buy();
    const held: number[] = [];
    let [rows, inTurn, most] = [0, 0, 0];
    const reading = { goesOn: true };
    const turn = (): void => {
      inTurn = 0;
      if (reading.goesOn) setImmediate(turn);
    };
    turn();
    await read({}, () => {
      rows += 1;
      most = Math.max(most, (inTurn += 1));
      if (rows % 5_000 === 0) held.push(megabytesNow());
    });
    reading.goesOn = false;
    expect(rows).toBeGreaterThan(LARGE / 5_000);
    expect(most).toBeLessThan(200);
    expect(held.length).toBeGreaterThan(2);
    // Most of the log would be more. What is still on its way, and what earlier tests left, vary by some megabytes.
    expect(Math.max(...held) - (held[0] ?? 0)).toBeLessThan(32);
  });
});

async function connected(options: SimulatorOptions = {}, timeouts: Partial<Timeouts> = {}) {
  const simulator = await startSimulator({ delayMs: { min: 0, max: 0 }, ...options });
  onTestFinished(() => simulator.close());
  const { origin } = simulator;
  const client = createJobalyzerClient(
    {
      ...{ apiUrl: origin, authUrl: origin, usageUrl: origin, apiVersion: 'v1', customerId: CUSTOMER },
      ...{ clientId: 'id', clientSecret: () => 'secret', timeouts: { submit: 500, usage: 500_000, ...timeouts } },
    },
    pino({ level: 'silent' }),
  );
  onTestFinished(() => client.close());
  const sending = {
    beforeConnect: () => undefined,
    beforeSend: () => Promise.resolve(),
    beforeFirstByte: () => undefined,
    settled: Promise.resolve(),
  };
  const rows: LoggedReport[] = [];
  return {
    simulator,
    buy: () => client.purchase(REQUEST, ['PAY', 'YOE'], sending, never),
    async read(query: UsageLogQuery = {}, each = (row: LoggedReport): void => void rows.push(row)) {
      rows.length = 0;
      await client.usageLog?.read(query, each, never);
      return [...rows];
    },
  };
}
