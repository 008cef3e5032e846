import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { NotConfirmed, priceList } from '../../src/commands/price/price-list.js';
import type { Progress } from '../../src/commands/price/progress.js';
import type { PriceOptions } from '../../src/commands/price/options.js';
import type { SimulatorOptions } from '../../src/simulator/simulator.js';
import { eventually } from '../fixtures/eventually.js';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';
import { testDirectory } from '../fixtures/test-directory.js';

const SIGNAL = new AbortController().signal;
const UNSEEN: Progress = { begin: () => undefined, at: () => undefined, waits: () => undefined, end: () => undefined };
const AT_ONCE: SimulatorOptions = { delayMs: { min: 0, max: 0 } };
const NURSES = [
  'Id,Title,Country,Years',
  ...Array.from({ length: 8 }, (_, at) => `${at},Registered Nurse,Canada,${at}`),
];

afterEach(() => vi.unstubAllEnvs());

async function start(env: Readonly<Record<string, string>> = {}, simulator = AT_ONCE): Promise<TestServer> {
  const server = await startTestServer({ env, overrides: { simulator } });
  onTestFinished(() => server.close());
  return server;
}

function bought({ app }: TestServer): number {
  return app.simulator?.counters().submittedReports ?? Number.NaN;
}

/** Prices a list, whose lines are given, and resolves to all that can be seen of it. */
async function price(
  server: TestServer,
  list: readonly string[] | Buffer,
  options: Partial<PriceOptions> = {},
  signal = SIGNAL,
) {
  const directory = await testDirectory();
  const [input, output] = [join(directory, 'jobs.csv'), join(directory, 'priced.csv')];
  await writeFile(input, Array.isArray(list) ? `${list.join('\r\n')}\r\n` : (list as Buffer));
  const said: string[] = [];
  const given: PriceOptions = {
    input,
    output,
    types: ['PAY'],
    most: null,
    buyUnknown: false,
    url: server.url,
    yes: true,
    force: false,
    ...options,
  };
  const outcome = await priceList(given, { say: (line) => void said.push(line), progress: UNSEEN }, signal).catch(
    (error: unknown) => error,
  );
  const files = await readdir(directory);
  const text = files.includes('priced.csv') ? await readFile(output, 'utf8') : '';
  const delimiter = text.split('\r\n')[0]?.includes(';') ? ';' : ',';
  const rows: Record<string, string>[] = parse(text, { bom: true, columns: true, delimiter });
  return { outcome, said, files: files.sort(), text, rows, errors: rows.map((row) => row['Error']) };
}

describe('a priced list', () => {
  it('has all that was in it, figures for each row or why it has none, and cells that are no formulas', async () => {
    const server = await start();
    const { outcome, text, rows, said, files } = await price(
      server,
      [
        'Note,Title,City,State,Country,Years,Salary',
        '=1+1,software developer,Seattle,WA,United States,5,-5',
        '"a ""b"", c",Wizard of Oz,,,Canada,,',
        '@x,Nurse,,,,,',
        'long,Accountant,,,Canada,5-7,,more',
        'blank,Florbologist,,,Canada,,7,,,',
      ],
      { types: ['PAY', 'YOE'] },
    );
    expect(outcome).toBe(2);
    expect(text.startsWith('\ufeffNote,Title,City,State,Country,Years,Salary,P10,')).toBe(true);
    expect(text.split('\r\n')).toHaveLength(7);
    const [developer, wizard, nurse, accountant, matched] = rows;
    expect(developer).toMatchObject({
      Note: "'=1+1",
      Salary: '-5',
      Currency: 'USD',
      Per: 'year',
      'Matched title': 'Software Developer',
      Error: '',
      Remarks: '',
    });
    expect(developer?.['Report id']).toMatch(/^[\w-]{43}$/);
    const figures = ['P10', 'P25', 'Median', 'P75', 'P90'].map((name) => Number(developer?.[name]));
    expect(figures).toEqual(figures.toSorted((a, b) => a - b));
    expect(Number(developer?.['Median at 20 years'])).toBeGreaterThan(Number(developer?.['Median at 0 years']));
    expect(developer?.['Median at own years']).toBe(developer?.['Median at 5 years']);
    expect(wizard).toMatchObject({ Note: 'a "b", c', Error: 'UNKNOWN_ANSWER', Median: '' });
    expect(wizard?.['Remarks']).toContain('Job title “Wizard of Oz” is not known.');
    expect(nurse).toMatchObject({ Note: "'@x", Error: 'BAD_ROW', Remarks: 'Country is missing.' });
    expect(accountant).toMatchObject({
      Salary: ',more',
      Error: 'BAD_ROW',
      Remarks: expect.stringContaining('8 cells'),
    });
    expect(matched).toMatchObject({ Salary: '7', Remarks: 'Job title “Florbologist” is taken for “Biologist”.' });
    expect(bought(server)).toBe(4);
    expect(said).toEqual(
      expect.arrayContaining([
        expect.stringContaining('SIMULATED DATA'),
        '5 rows, of which 2 cannot be priced: the output says why.',
        'Jobalyzer does not know every answer of 1 row: see the column Remarks.',
        'Jobalyzer takes the title of 1 row for another: see the column Remarks.',
        '6 distinct reports: 0 stored, 4 to buy.',
        'To read the remarks first, use --max-reports 0: it writes the output, and buys nothing.',
        '2 others with an unknown answer: not bought unless you say --buy-unknown.',
        'Bought: 4 reports.',
      ]),
    );
    expect(files).toEqual(['jobs.csv', 'priced.csv']);
  });

  it('is as the program that it is from writes and reads numbers: semicolons go with decimal commas', async () => {
    const server = await start();
    const utf16 = Buffer.from('\ufeffTitel;Title;Country;Years\r\nMüller;Software Developer;Canada;30\r\n', 'utf16le');
    const { text, rows } = await price(server, utf16);
    expect(text).toContain('Titel;Title;Country;Years;P10;');
    expect(rows[0]?.['Titel']).toBe('Müller');
    expect(rows[0]?.['Rating']).toMatch(/^0,\d+$/);
  });
});

describe('nothing is bought', () => {
  it('before somebody has confirmed it', async () => {
    const server = await start();
    const { outcome, said, files } = await price(server, NURSES, { yes: false });
    expect(outcome).toBeInstanceOf(NotConfirmed);
    expect(outcome).toMatchObject({ message: 'Nothing was bought: run it with --yes to buy 8 reports.' });
    expect(said).toContain('8 distinct reports: 0 stored, 8 to buy.');
    expect(bought(server)).toBe(0);
    expect(files).toEqual(['jobs.csv']);
  });

  it('beyond --max-reports, which goes to the first rows, and the rest is bought by the next run', async () => {
    const server = await start();
    const list = ['Title,Country,Years', 'Wizard of Oz,Canada,1', ...NURSES.slice(1).map((line) => line.slice(2))];
    const first = await price(server, list, { most: 3, buyUnknown: true });
    expect(first.outcome).toBe(2);
    // What is refused counts for nothing.
    expect(first.errors.slice(0, 3)).toEqual(['UNCONFIRMED_ANSWER', '', '']);
    expect(first.errors.filter((code) => code === 'NOT_BOUGHT').length).toBeGreaterThanOrEqual(5);
    expect(first.said).toContain('No more than 3 of them will be bought (--max-reports).');
    expect(bought(server)).toBeLessThanOrEqual(3);

    const second = await price(server, list);
    expect(second.errors).toEqual(['UNCONFIRMED_ANSWER', ...Array(8).fill('')]);
    expect(bought(server)).toBe(8);
  });

  it('that is stored: then nobody has to confirm it', async () => {
    const server = await start();
    await price(server, NURSES);
    const again = await price(server, NURSES, { yes: false });
    expect(again).toMatchObject({ outcome: 0, errors: Array(8).fill('') });
    expect(again.said).toContain('8 distinct reports: 8 stored, 0 to buy.');
    expect(bought(server)).toBe(8);
  });

  it('beyond the budget of the day', async () => {
    const server = await start({ BUDGET_REPORTS_PER_DAY: '3' });
    const { outcome, errors, said } = await price(server, NURSES);
    expect(outcome).toBe(2);
    expect(errors.filter((code) => code === '')).toHaveLength(3);
    expect(errors.filter((code) => code === 'BUDGET_EXCEEDED')).toHaveLength(5);
    expect(said).toEqual(expect.arrayContaining([expect.stringContaining('The budget of today has 3 left')]));
    expect(bought(server)).toBe(3);

    // Nobody is asked about what cannot be.
    const spent = await price(server, NURSES, { yes: false });
    expect(spent.outcome).toBe(2);
    expect(spent.errors).toEqual(errors);
    expect(spent.said.at(-3)).toMatch(
      /^The budget of today is used up, and is renewed at .*: only what is stored is priced\.$/,
    );
  });

  it('beyond what of the budget is confirmed', async () => {
    const server = await start({ BUDGET_REPORTS_PER_DAY: '3' });
    const { outcome } = await price(server, NURSES, { yes: false });
    expect(outcome).toMatchObject({ message: 'Nothing was bought: run it with --yes to buy 3 reports.' });
  });

  it('while an operator has stopped purchases', async () => {
    const server = await start();
    await server.run('mutation { setBuying(enabled: false) }');
    const { outcome, errors, said, rows } = await price(server, NURSES, { yes: false });
    expect(outcome).toBe(2);
    expect(new Set(errors)).toEqual(new Set(['BUYING_STOPPED']));
    // The server is not asked to buy what nobody has confirmed.
    expect(rows[0]?.['Remarks']).toBe('An operator has stopped purchases: only what is stored is priced.');
    expect(said).toContain('An operator has stopped purchases: only what is stored is priced.');
    expect(bought(server)).toBe(0);
  });

  it('by a client that may only read', async () => {
    const server = await start({ AUTH_MODE: 'api-key', API_KEYS: 'r:a-reader-s-key,w:a-buyer-s-key', READERS: 'r' });
    vi.stubEnv('JOBALYZER_API_KEY', 'a-reader-s-key');
    const { errors, said } = await price(server, NURSES, { yes: false });
    expect(new Set(errors)).toEqual(new Set(['FORBIDDEN']));
    expect(said).toContain('This client may not buy: only what is stored is priced.');
    vi.stubEnv('JOBALYZER_API_KEY', 'a-buyer-s-key');
    expect(await price(server, NURSES)).toMatchObject({ outcome: 0 });
    vi.stubEnv('JOBALYZER_API_KEY', 'nobody-s-key');
    const message = 'The server does not accept the key in JOBALYZER_API_KEY.';
    expect(await price(server, NURSES)).toMatchObject({ outcome: { message } });
    vi.stubEnv('JOBALYZER_API_KEY', '');
    expect(await price(server, NURSES)).toMatchObject({
      outcome: { message: 'The server wants a key: set JOBALYZER_API_KEY.' },
      files: ['jobs.csv'],
    });
  });
});

describe('a list is priced', () => {
  it('at a server that allows little at once, and no waiting', async () => {
    const settings = {
      MAX_REPORTS_PER_OPERATION: '1',
      REPORT_WAIT_MS: '0',
      RATE_LIMIT_MAX: '15',
      RATE_LIMIT_WINDOW_MS: '1000',
    };
    const server = await start(settings, { delayMs: { min: 100, max: 300 } });
    const { outcome, errors } = await price(server, NURSES, { types: ['PAY', 'YOE'] });
    expect(errors).toEqual(Array(8).fill(''));
    expect(outcome).toBe(0);
    expect(bought(server)).toBe(16);
  });

  it('whose rows are together more than a request may be', async () => {
    const server = await start();
    const skills = Array.from({ length: 80 }, (_, at) => `${'x'.repeat(190)}${at}`).join(';');
    const list = ['Title,Country,Years,Skills', ...NURSES.slice(1).map((line) => `${line.slice(2)},${skills}`)];
    const doubled = [...list, ...list.slice(1).map((line) => `${line}0`), ...list.slice(1).map((line) => `${line}1`)];
    const { outcome, errors, said } = await price(server, doubled);
    expect(outcome).toBe(2);
    expect(said).toContain('24 others with an unknown answer: not bought unless you say --buy-unknown.');
    expect(new Set(errors)).toEqual(new Set(['UNKNOWN_ANSWER']));
  });

  it('without asking again for rows that are the same', async () => {
    // Less than one request for each twenty rows, in ten minutes.
    const server = await start({ RATE_LIMIT_MAX: '40', RATE_LIMIT_WINDOW_MS: '600000' });
    const list = ['Title,Country', ...Array(1_000).fill('Registered Nurse,Canada')];
    const { outcome, errors } = await price(server, list);
    expect(outcome).toBe(0);
    expect(errors).toEqual(Array(1_000).fill(''));
    expect(bought(server)).toBe(1);
  });

  it('that Jobalyzer wants to be paid for first: nothing is said to be bought', async () => {
    const server = await start({}, { ...AT_ONCE, faults: [{ on: 'submit', kind: 'status', status: 402 }] });
    const { errors, said } = await price(server, NURSES);
    expect(errors).toEqual(Array(8).fill('REPORT_FAILED'));
    expect(said).toContain('Bought: 0 reports.');
  });

  it('with a purchase in doubt, which is said and not repeated', async () => {
    const server = await start(
      {},
      { ...AT_ONCE, faults: [{ on: 'submit', kind: 'reset', afterAccept: true, times: 1 }] },
    );
    const { outcome, errors } = await price(server, NURSES);
    expect(errors.filter((code) => code === 'SUBMISSION_UNCERTAIN')).toHaveLength(1);
    expect(errors.filter((code) => code === '')).toHaveLength(7);
    expect(outcome).toBe(2);
    expect((await price(server, NURSES)).errors).toEqual(errors);
    expect(bought(server)).toBe(8);
  });

  it('until it is interrupted: nothing is left of it but what was bought', async () => {
    const server = await start({}, { delayMs: { min: 60_000, max: 60_000 } });
    const stopping = new AbortController();
    const interrupted = price(server, NURSES, {}, stopping.signal);
    await eventually(() => expect(bought(server)).toBe(8));
    stopping.abort(new Error('Interrupted.'));
    expect(await interrupted).toMatchObject({ outcome: expect.any(Error), files: ['jobs.csv'] });
    server.app.simulator?.configure(AT_ONCE);
    expect(bought(server)).toBe(8);
  });
});
