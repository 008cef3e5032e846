import { describe, it, vi } from 'vitest';
import type { SimulatorSettingsChange } from '../../src/simulator/settings.js';
import { AuditDocument, PayOnlyDocument } from '../generated/operations.js';
import { startTestServer } from '../fixtures/server/server.js';
import { countsOf, uncertainOf } from '../fixtures/server/uncertain.js';
import {
  loggedSettings,
  lookLater,
  lookUntil,
  loseResponses,
  startLoggingSimulator,
} from '../fixtures/server/usage-log.js';

/** In another encoding it is other bytes. */
const ANSWERS = { jobTitle: 'Registered Nurse', country: 'United States', employerProductActivity: 'Cafés' };
const MONTH = new Date().toISOString().slice(0, 7);
const AS_USUAL: SimulatorSettingsChange = { faults: [], usage: { damage: null, encoding: 'utf-8', dates: 'iso' } };
const COLUMNS = ['REPORTID', 'REPORT_DATE', 'REPORT_TYPE', 'RESPONSE', 'SUCCESSFUL'];

const UNREADABLE: readonly [string, SimulatorSettingsChange, RegExp][] = [
  ['is HTML', { faults: ['usage-html'] }, /HTML/],
  ['is empty', { faults: ['usage-empty'] }, /empty/],
  ['is truncated', { faults: ['usage-truncated'] }, /before all of it had come/],
  ['ends within a cell', { usage: { damage: 'unclosed-quote' } }, /quot/],
  ['has a row with a cell too few', { usage: { damage: 'ragged' } }, /columns|cells/],
  ['has a row of 10 MB', { usage: { damage: 'huge' } }, /MB|long/],
  ['is UTF-16', { usage: { encoding: 'utf-16le' } }, /UTF-8/],
  ['is Latin-1', { usage: { encoding: 'latin1' } }, /UTF-8/],
  ['has American dates', { usage: { dates: 'us' } }, /REPORT_DATE/],
  ['has its dates in seconds', { usage: { dates: 'epoch' } }, /REPORT_DATE/],
  ['lacks a column', { usage: { columns: COLUMNS } }, /no column REQUEST/],
  ['gets 401', { faults: ['usage-401'] }, /401|access token/],
  ['gets 500', { faults: ['usage-500'] }, /500/],
];

// The log is looked at every few seconds, for which all of these wait.
vi.setConfig({ maxConcurrency: UNREADABLE.length });

describe.concurrent('a usage log that', () => {
  it.for(UNREADABLE)(
    '%s leaves a doubt as it is, which is said once, and nothing is bought',
    async (given, context) => {
      const [, change, why] = given;
      const { expect, onTestFinished } = context;
      const simulator = await startLoggingSimulator();
      onTestFinished(() => simulator.close());
      const server = await startTestServer({ env: loggedSettings(simulator) });
      onTestFinished(() => server.close());
      loseResponses(simulator);
      await server.run(PayOnlyDocument, { answers: ANSWERS });
      lookLater(server);
      const [doubt] = await uncertainOf(server);
      expect(doubt).toBeDefined();

      const { columns } = simulator.settings().usage;
      simulator.configure(change);
      for (let round = 0; round < 2; round++) {
        const { usageReads } = simulator.counters();
        await lookUntil(server, () => expect(simulator.counters().usageReads).toBeGreaterThan(usageReads));
      }
      const audit = await server.run(AuditDocument, { month: MONTH });
      expect(audit.errors).toMatchObject([
        { extensions: { code: 'UPSTREAM_BAD_RESPONSE' }, message: expect.stringMatching(why) },
      ]);

      expect(await uncertainOf(server)).toMatchObject([{ since: doubt?.since, reason: doubt?.reason }]);
      expect(await countsOf(server)).toMatchObject({ submitted: 1, uncertain: 1, recovered: 0 });
      const said = server.logged.filter((line) => line.includes('usage log cannot be read'));
      expect(said).toEqual([expect.stringMatching(why)]);

      // It was nothing but the log.
      simulator.configure({ ...AS_USUAL, usage: { ...AS_USUAL.usage, columns } });
      await lookUntil(server, async () =>
        expect(await countsOf(server)).toMatchObject({ collected: 1, uncertainNow: 0 }),
      );
      expect(simulator.counters().posts).toBe(1);
    },
  );
});
