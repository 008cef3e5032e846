import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../fixtures/eventually.js';
import { COMMANDS, runCommand } from '../../fixtures/server/command.js';
import { startTestServer, type TestServer } from '../../fixtures/server/server.js';
import { testDirectory } from '../../fixtures/test-directory.js';

/** It takes seconds, unless the machine has much else to do. */
const LONGEST_MS = 240_000;
const ROWS = 5_000;
/** Most rows of a list ask for what others ask for. */
const REPORTS = 800;
const TITLES = ['Software Developer', 'Registered Nurse', 'Accountant', 'Electrician', 'Data Scientist'];

/** A list of as many rows with as many distinct questions, some of which are in another letter case elsewhere. */
function list(): string {
  const lines = Array.from({ length: ROWS }, (_, at) => {
    const job = at % REPORTS;
    const title = TITLES[job % TITLES.length] ?? '';
    const spelling = at % 3 === 0 ? title.toUpperCase() : title;
    return [at, spelling, 'Seattle', 'Washington', 'United States', job % 41, Math.floor(job / 41)].join(',');
  });
  return `${['Id,Title,City,State,Country,Years,Size of competitors', ...lines].join('\r\n')}\r\n`;
}

/** A server whose reports are there at once. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startTestServer({ env, overrides: { simulator: { delayMs: { min: 0, max: 0 } } } });
  onTestFinished(() => server.close());
  return server;
}

function bought({ app }: TestServer): { readonly reports: number; readonly duplicates: number } {
  const { submittedReports: reports = 0, duplicates = 0 } = app.simulator?.counters() ?? {};
  return { reports, duplicates };
}

async function rowsOf(path: string): Promise<Record<string, string>[]> {
  return parse(await readFile(path), { bom: true, columns: true });
}

it(
  `a list of ${ROWS} rows that is killed in the middle, and priced again, is bought once`,
  { timeout: 3 * LONGEST_MS },
  async () => {
    const directory = await testDirectory();
    const [input, output] = [join(directory, 'jobs.csv'), join(directory, 'priced.csv')];
    await writeFile(input, list());
    const server = await start();
    const operands = [input, '--output', output, '--yes', '--url', server.url];

    const killed = spawn(process.execPath, [join(COMMANDS, 'price.js'), ...operands], { env: {}, stdio: 'ignore' });
    const exited = once(killed, 'exit');
    await eventually(() => expect(bought(server).reports).toBeGreaterThan(REPORTS / 3));
    killed.kill('SIGKILL');
    await exited;
    expect(bought(server).reports).toBeLessThan(REPORTS);
    expect(await readdir(directory)).not.toContain('priced.csv');

    const again = await runCommand('price', operands);
    expect(again).toMatchObject({ code: 0 });
    expect(again.output).toContain(`${REPORTS.toLocaleString('en')} distinct reports: `);
    expect(bought(server)).toEqual({ reports: REPORTS, duplicates: 0 });
    const rows = await rowsOf(output);
    expect(rows.map(({ Id }) => Id)).toEqual(Array.from({ length: ROWS }, (_, at) => String(at)));
    expect(rows.filter((row) => !(Number(row['Median']) > 0) || row['Error'] !== '')).toEqual([]);
    expect(new Set(rows.map((row) => row['Report id'])).size).toBe(REPORTS);
    expect((await readdir(directory)).sort()).toEqual(['jobs.csv', 'priced.csv']);
  },
);
