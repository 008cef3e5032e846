import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startSimulator } from '../../../src/simulator/simulator.js';
import { openBrowser } from '../../fixtures/browser.js';
import {
  accessibilityFaults,
  newPage,
  sidewaysScroll,
  type OpenPage,
  type PageOptions,
} from '../../fixtures/pages/explorer.js';
import { startTestServer } from '../../fixtures/server/server.js';
import { upstreamSettings } from '../../fixtures/server/settings.js';

const TITLES = ['Software Developer', 'Registered Nurse', 'Accountant', 'Electrician'];
const DIFFERENT = 160;
const SAME = 20;
const UNKNOWN = 8;
const WRONG = 12;

describe('a list of jobs in the explorer', () => {
  let browser: Browser;
  let closeBrowser: (() => Promise<void>) | undefined;

  // The first run may have to install the browser.
  beforeAll(async () => {
    ({ browser, close: closeBrowser } = await openBrowser());
  }, 600_000);

  afterAll(async () => {
    await closeBrowser?.();
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  async function open({ env = {}, ...options }: { env?: Record<string, string> } & PageOptions = {}) {
    const simulator = await startSimulator({ delayMs: { min: 0, max: 0 } });
    onTestFinished(() => simulator.close());
    const given = { ...upstreamSettings(simulator.origin), ANSWER_CHECK: 'correct', ...env };
    const server = await startTestServer({ env: given });
    onTestFinished(() => server.close());
    const opened = await newPage(browser, options);
    await opened.page.goto(`${server.url}/?view=list`);
    return { ...opened, server, simulator };
  }

  it('is priced, bought once for all rows that ask for the same, and taken along as a table', async () => {
    const { page, simulator, complaints, sent } = await open();
    await drop(page, listOf200());
    await expect
      .poll(() => totals(page))
      .toEqual({ Rows: '200', Reports: `${DIFFERENT + UNKNOWN}`, Stored: '0', 'To buy': `${DIFFERENT}` });
    await buyButton(page, DIFFERENT).waitFor();
    expect(simulator.counters().posts).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByLabel('Buy at most').fill('10');
    await buyButton(page, 10).click();
    await page.getByText('10 of 10 reports are here', { exact: true }).waitFor();
    expect(simulator.counters().acceptedPosts).toBe(10);

    // Closed in the middle, it goes on from there with the same file.
    simulator.configure({ latencyMs: 300 });
    await buyButton(page, DIFFERENT - 10).click();
    await page.getByText(/^[1-9]\d* of 150 reports are here/).waitFor();
    await page.reload();
    simulator.configure({ latencyMs: 0 });
    await drop(page, listOf200());
    const rest = page.getByRole('button', { name: /^Buy \d+ reports?$/ });
    await rest.waitFor();
    expect(Number((await totals(page))['Stored'])).toBeGreaterThan(10);
    await rest.click();
    const last = page.getByText(/^(\d+) of \1 reports are here$/, { exact: true }).and(page.locator('label'));
    await last.waitFor();
    // Some were on the way before.
    await expect.poll(() => totals(page)).toMatchObject({ Stored: `${DIFFERENT}`, 'To buy': '0' });
    expect(simulator.counters()).toMatchObject({ submittedReports: DIFFERENT, duplicates: 0 });
    expect(await announced(page)).toContain(`${await last.innerText()}.`);

    const { name, rows } = await saved(page);
    expect(name).toBe('jobs-priced.csv');
    expect(rows).toHaveLength(200);
    expect(rows[0]).toMatchObject({ Title: TITLES[0], Years: '0', Notes: "'=1+1", Currency: 'USD', Per: 'year' });
    expect(rows.filter(({ Median }) => Number(Median) > 0)).toHaveLength(DIFFERENT + SAME);
    const [own] = rows.filter(({ Title }) => Title === 'registered nurse');
    expect(own).toMatchObject({ 'Matched title': 'Registered Nurse', Error: '' });
    expect(rows.filter(({ Error }) => Error === 'BAD_ROW')).toHaveLength(WRONG);
    expect(rows.at(-1)?.['Remarks']).toContain('Years of experience must be');
    for (const { P10, Median, P90 } of rows.filter(({ P10 }) => P10)) {
      expect(Number(P10)).toBeLessThan(Number(Median));
      expect(Number(Median)).toBeLessThan(Number(P90));
    }

    await page.reload();
    await drop(page, listOf200());
    await expect.poll(() => totals(page)).toMatchObject({ Stored: `${DIFFERENT}`, 'To buy': '0' });
    await page.getByText('Nothing has to be bought.').waitFor();
    expect((await saved(page)).rows).toEqual(rows);
    expect(simulator.counters().posts).toBe(DIFFERENT);
    expect(page.url()).toMatch(/\/\?view=list$/);
    // Nothing of a row but its answers is sent.
    expect(sent.filter((text) => text.includes('=1+1'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('ends with the day’s budget, says so, and keeps what was bought', async () => {
    const { page, server, simulator } = await open({ env: { BUDGET_REPORTS_PER_DAY: '12' } });
    await drop(page, listOf200());
    // Not more than the budget has.
    await buyButton(page, 12).waitFor();
    await page.getByText('12 of 12 left today.').waitFor();
    // Two of them for somebody else, after the price was shown.
    await server.run('mutation { requestReport(answers: {jobTitle: "Cashier", country: "Canada"}) { id } }');
    await buyButton(page, 12).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('Today’s budget is used up.');
    await expect.poll(() => totals(page)).toMatchObject({ Stored: '10', 'To buy': `${DIFFERENT - 10}` });
    expect(simulator.counters().submittedReports).toBe(12);
    await page.getByText(/is used up until/).waitFor();
    const { rows } = await saved(page);
    expect(rows.filter(({ Median }) => Median !== '').length).toBeGreaterThanOrEqual(10);
  });

  it('waits as long as the server asks, stops when it is told to, and goes on', async () => {
    const env = { RATE_LIMIT_MAX: '20', RATE_LIMIT_WINDOW_MS: '6000', MAX_REPORTS_PER_OPERATION: '1' };
    const { page, simulator } = await open({ env });
    await drop(page, listOf(30));
    await buyButton(page, 30).click();
    await page.getByText(/^Waiting: Too many questions/).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    const again = page.getByRole('button', { name: /^Buy \d+ reports$/ });
    await again.waitFor();
    const bought = simulator.counters().submittedReports;
    expect(bought).toBeGreaterThan(0);
    expect(bought).toBeLessThan(20);
    expect(await again.innerText()).toBe(`Buy ${30 - bought} reports`);
    await again.click();
    await page.getByText(`${30 - bought} of ${30 - bought} reports are here`, { exact: true }).waitFor();
    expect(simulator.counters()).toMatchObject({ submittedReports: 30, duplicates: 0 });
  });

  it('shows a key that may only read what is stored, and offers nothing to buy', async () => {
    const env = {
      AUTH_MODE: 'api-key',
      API_KEYS: 'shop:key-of-the-shop-0001,guest:key-of-the-guest-0001',
      OPERATORS: '',
      READERS: 'guest',
    };
    const { page, simulator, sent } = await open({ env });
    await page.getByLabel('API key').fill('key-of-the-guest-0001');
    await page.keyboard.press('Enter');
    await drop(page, listOf200());
    await page.getByText('You may only read what is stored').waitFor();
    expect(await page.getByRole('button', { name: /^Buy/ }).count()).toBe(0);
    expect(sent.filter((text) => text.includes('mutation'))).toEqual([]);
    expect(simulator.counters().posts).toBe(0);
  });

  it('says at the file or at the row what is wrong with it', async () => {
    const { page, simulator } = await open();
    const alert = page.getByRole('alert');
    for (const [content, message] of [
      ['', 'The file is empty.'],
      ['Job title,Country\n', 'It has one line only.'],
      [Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 8]), 'This is no text.'],
      [Buffer.from('Job title,Country\nCafé,France\n', 'latin1'), 'this is not UTF-8'],
    ] as const) {
      await drop(page, content);
      await expect.poll(() => alert.innerText()).toContain(message);
    }
    await dropLargeFile(page);
    await expect.poll(() => alert.innerText()).toContain('The file has 50 MB');
    await drop(page, 'Name;Where\r\nPlumber;Texas\r\n');
    await expect.poll(() => alert.innerText()).toContain('No column is called Job title.');
    await page.getByLabel('Name').selectOption('Job title');
    await expect.poll(() => alert.innerText()).toContain('No column is called Country');
    await page.getByLabel('Where').selectOption('State');
    await page.getByLabel('Country of all rows').fill('United States');
    await page.keyboard.press('Enter');
    await buyButton(page, 1).waitFor();
    expect(await page.getByRole('rowheader').innerText()).toMatch(/Plumber[^]*Texas, United States/);
    // A column has it after all.
    await page.getByText('2 of 2 columns are used').click();
    await page.getByLabel('Where').selectOption('Country');
    await expect.poll(() => page.getByRole('rowheader').innerText()).toMatch(/Plumber[^,]*Texas$/);
    expect(simulator.counters().posts).toBe(0);
  });

  it('can be used by the keyboard alone, in the dark, and on a narrow screen', async () => {
    const { page, simulator } = await open({ width: 390, colorScheme: 'dark' });
    await page.getByRole('heading', { name: 'Price a list of jobs' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await tabTo(page, 'Or paste it');
    await page.keyboard.insertText(
      'Job title\tCountry\tSkills\nAccountant\tUnited States\tJuggling\nElectrician\tCanada\t\nWizard\tCanada\t\n',
    );
    await tabTo(page, 'Read what is pasted');
    await page.keyboard.press('Enter');
    await buyButton(page, 1).waitFor();
    expect(await sidewaysScroll(page)).toBe(0);
    await tabTo(page, 'Sommelier', 'button');
    await page.keyboard.press('Enter');
    await buyButton(page, 2).waitFor();
    await expect.poll(() => announced(page)).toContain('“Sommelier” is asked for in one row.');
    // The button is gone, and the focus stays where it was.
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('The rows of the list');
    await tabTo(page, 'Pay', 'input');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await buyButton(page, 4).waitFor();
    await tabTo(page, 'Also buy the 2 reports');
    await page.keyboard.press('Space');
    await tabTo(page, 'Buy 6 reports');
    await page.keyboard.press('Enter');
    await page.getByText('6 of 6 reports are here', { exact: true }).waitFor();
    expect(simulator.counters()).toMatchObject({ submittedReports: 6, posts: 3 });
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    // All of a row is in sight.
    const figures = page.getByRole('row', { name: 'Electrician' }).getByRole('cell');
    for (const figure of await figures.all()) {
      const box = await figure.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    }
    const { rows } = await saved(page);
    expect(rows[2]).toMatchObject({ 'Job title': 'Wizard', Remarks: '“Sommelier” is asked instead of “Wizard”.' });
    expect(Number(rows[1]?.['Median at 5 years'])).toBeGreaterThan(0);
  });
});

/** 200 rows: some ask for the same as others, some for what nobody knows, and some are wrong. */
function listOf200(): string {
  const same = Array.from({ length: SAME }, (_, at) => row(at, (TITLES[at % 4] ?? '').toLowerCase(), `${at >> 2}`));
  const unknown = Array.from({ length: UNKNOWN }, (_, at) => row(at, `Wizard of house ${at}`, ''));
  const wrong = Array.from({ length: WRONG }, (_, at) => row(at, 'Accountant', at % 2 ? 'ninety' : '99'));
  return [listOf(DIFFERENT), ...same, ...unknown, ...wrong].join('\r\n');
}

/** So many rows, each for another report. */
function listOf(length: number): string {
  const rows = Array.from({ length }, (_, at) => {
    return row(at, TITLES[at % TITLES.length] ?? '', String(Math.floor(at / TITLES.length)));
  });
  return ['Title,Years,Country,Notes', ...rows].join('\r\n');
}

/** The cell of the last column is one that a spreadsheet would run. */
function row(at: number, title: string, years: string): string {
  return `${title},${years},United States,=1+${at + 1}`;
}

async function drop(page: Page, content: string | Buffer): Promise<void> {
  const another = page.getByRole('button', { name: 'Another list' });
  if (await another.isVisible()) await another.click();
  const buffer = typeof content === 'string' ? Buffer.from(content) : content;
  await page.getByLabel('Drop a file here').setInputFiles({ name: 'jobs.csv', mimeType: 'text/csv', buffer });
}

/** As a mouse does it. */
async function dropLargeFile(page: Page): Promise<void> {
  await page.evaluate(`
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(50_000_000)], 'large.csv'));
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  `);
}

function buyButton(page: Page, count: number) {
  return page.getByRole('button', { name: count === 1 ? 'Buy 1 report' : `Buy ${count} reports`, exact: true });
}

async function totals(page: Page): Promise<Record<string, string>> {
  const names = await page.locator('.totals dt').allTextContents();
  const figures = await page.locator('.totals strong').allTextContents();
  return Object.fromEntries(names.map((name, at) => [name, figures[at] ?? '']));
}

async function announced(page: Page): Promise<string> {
  return (await page.getByRole('status').allTextContents()).join(' ');
}

async function saved(page: Page): Promise<{ name: string; rows: Record<string, string>[] }> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const file = await download;
  const content = await readFile(await file.path(), 'utf8');
  return { name: file.suggestedFilename(), rows: parse(content, { bom: true, columns: true }) };
}

async function tabTo(page: OpenPage['page'], name: string, selector = '*'): Promise<void> {
  for (let tabs = 0; tabs < 40; tabs++) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(
      `((e) => e.matches('${selector}') ? [e.getAttribute('aria-label'), e.labels?.[0]?.textContent, e.textContent].join(' ') : '')(document.activeElement)`,
    )) as string;
    if (focused.includes(name)) return;
  }
  throw new Error(`${name} cannot be reached by the keyboard.`);
}
