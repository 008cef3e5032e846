import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageDocument } from '../../generated/operations.js';
import { accessibilityFaults, QUESTION, sidewaysScroll } from '../../fixtures/pages/explorer.js';
import { usePages } from '../../fixtures/pages/use-pages.js';
import { startTestServer, type TestServer } from '../../fixtures/server/server.js';

const SALARY = '132000';

/** Texts of a picture that run into others on their line. */
const WRITTEN_OVER = `[...document.querySelectorAll('[aria-label="Side by side"] .range, .bar')].flatMap((row) => {
  const texts = [...row.querySelectorAll('text')].map((text) => ({ text, box: text.getBoundingClientRect() }));
  return texts.flatMap(({ text, box }) =>
    texts.some((other) => other.text !== text && other.box.left < box.right && box.left < other.box.right &&
      Math.abs(other.box.top - box.top) < 8) ? [text.textContent] : []);
})`;

describe('the explorer in a browser', () => {
  usePages();
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(() => server?.close());

  const submitted = async (): Promise<number | undefined> => (await server.run(UsageDocument)).data?.usage?.submitted;

  it('answers a question that is asked by the keyboard alone, and buys only when the button is pressed', async ({
    openPage,
  }) => {
    const before = (await submitted()) ?? 0;
    const { page, sent, complaints } = await openPage();
    await page.goto(server.url);
    await tabTo(page, 'combobox', 'Job title');
    await choose(page, 'softw', 'Software Developer');
    await page.keyboard.press('Tab');
    await choose(page, 'seatt', 'Seattle, Washington, United States');
    await page.keyboard.press('Tab');
    await page.keyboard.type('12');
    await page.keyboard.press('Tab');
    await page.keyboard.type(SALARY);
    const button = page.getByRole('button', { name: 'Buy 2 reports' });
    await button.waitFor();
    expect(await submitted()).toBe(before);

    await tabTo(page, 'button', 'Buy 2 reports');
    await page.keyboard.press('Enter');
    await expect.poll(() => announced(page)).toMatch(/Pay is (being|here)/);
    await expect.poll(() => announced(page)).toContain('Pay is here. Pay by experience is here.');
    const card = page.getByRole('region', { name: 'Where your salary falls' });
    expect(await card.innerText()).toMatch(/Your \$132,000 is more than \d+% of people in this job earn\./);
    expect(await card.innerText()).toMatch(/Confidence\s+0\.\d+\s+Profiles\s+\d+/);
    const answers =
      '{ jobTitle: "Software Developer", city: "Seattle", state: "Washington", country: "United States", yearsExperience: 12 }';
    const { data } = await server.run<{ report: { pay: string; yoe: string } }, never>(
      `{ report(answers: ${answers}) { pay: expiresAt(type: PAY) yoe: expiresAt(type: YOE) } }`,
    );
    const { pay = '', yoe = '' } = data?.report ?? {};
    for (const [name, expiresAt] of [
      ['Where your salary falls', pay],
      ['Pay over a career', yoe],
    ] as const) {
      const day = new Date(expiresAt).toLocaleDateString('en-US', { dateStyle: 'medium' });
      expect(await page.getByRole('region', { name }).innerText()).toContain(`Kept until\n${day}`);
    }
    expect(await submitted()).toBe(before + 2);

    await page.reload();
    await page.getByRole('button', { name: 'Show, both are stored' }).waitFor();
    await card.waitFor();
    expect(await submitted()).toBe(before + 2);
    expect(new URL(page.url()).hash).toBe(`#salary=${SALARY}`);
    // What follows the # is in no request; Playwright shows it nevertheless.
    expect(sent.filter((text) => text.replace(`#salary=${SALARY}`, '').includes(SALARY))).toEqual([]);
    const origins = sent.filter((text) => URL.canParse(text)).map((url) => new URL(url).host);
    expect(new Set(origins)).toEqual(new Set([new URL(server.url).host]));
    expect(complaints).toEqual([]);
  });

  it('buys nothing when it is opened, typed into, shared or gone back to', async ({ openPage }) => {
    const before = await submitted();
    const { page, context } = await openPage();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${server.url}/?title=Plumber&country=United+States#salary=${SALARY}`);
    await page.getByRole('button', { name: 'Buy 2 reports' }).waitFor();
    await page.getByLabel('Years of experience').fill('3');
    await expect.poll(() => page.url()).toContain('years=3');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Copied, without your salary.').waitFor();
    const link = (await page.evaluate('navigator.clipboard.readText()')) as string;
    expect(link).toBe(`${server.url}/?title=Plumber&country=United+States&years=3`);
    await page.goto(link);
    await page.goBack();
    await page.getByRole('button', { name: 'Buy 2 reports' }).waitFor();
    // What is typed after a question was shown does not take its place.
    await page.goBack();
    await expect.poll(() => page.getByLabel('Years of experience').inputValue()).toBe('');
    await page.getByRole('button', { name: 'Buy 2 reports' }).waitFor();
    expect(await submitted()).toBe(before);
  });

  it('has room for what has no room to break, and leaves the button in reach while a place is typed', async ({
    openPage,
  }) => {
    const { page, complaints } = await openPage({ width: 390 });
    const long = (letter: string): string => letter.repeat(120);
    await page.goto(`${server.url}/?title=${long('T')}&city=${long('C')}&country=France&skill=${long('S')}`);
    await page.getByText(`“${long('T')}” is not known`).waitFor();
    expect(await sidewaysScroll(page)).toBe(0);
    await page.goto(server.url);
    await page.getByRole('combobox', { name: 'Job title' }).fill('Accountant');
    await page.getByRole('combobox', { name: 'Place' }).fill('United States');
    await page.getByRole('option', { name: 'Seattle, Washington, United States' }).waitFor();
    await page.getByRole('button', { name: /^Buy 2|^Show, both/ }).click({ trial: true });
    expect(complaints).toEqual([]);
  });

  it.for([
    { width: 1400, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
  ] as const)(
    'has no fault of accessibility and no sideways scrolling: $width px, $colorScheme',
    async (look, { openPage }) => {
      const { page } = await openPage(look);
      await page.goto(server.url);
      await page.getByRole('heading', { name: 'What does a job pay?' }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.goto(`${server.url}${QUESTION}&years=12#salary=${SALARY}`);
      await page.getByRole('button', { name: /^(Buy 2 reports|Show, both)/ }).click();
      await page.getByRole('region', { name: 'Where your salary falls' }).waitFor();
      await page.getByText('As a table').first().click();
      await page.getByText('Degree, skills').click();
      await page.getByRole('combobox', { name: 'Skills' }).fill('pyth');
      await page.getByRole('option', { name: 'Python' }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await sidewaysScroll(page)).toBe(0);
    },
  );

  it('shows pictures of all that has come, and prices each place that is compared before it is bought', async ({
    openPage,
  }) => {
    const before = (await submitted()) ?? 0;
    const { page, complaints } = await openPage();
    await page.goto(`${server.url}/?title=Software+Developer&country=United+States&years=7`);
    await page.getByRole('button', { name: 'Buy 2 reports' }).waitFor();
    await page.getByText('Compare with other places or titles').click();
    await page.getByRole('combobox', { name: 'Other locations' }).focus();
    await page.keyboard.type('denv');
    await page.getByRole('option', { name: 'Denver, Colorado, United States' }).click();
    await page.getByRole('combobox', { name: 'Other titles' }).focus();
    await page.keyboard.type('Accountant');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Buy 4 reports' }).click();
    const pictures = ['What the job pays', 'Pay over a career', 'Side by side', 'What goes with higher pay'];
    for (const name of [...pictures, 'What total pay is made of']) {
      const card = page.getByRole('region', { name, exact: true });
      await card.getByRole('img').waitFor();
      await card.getByText('As a table').click();
      expect(await card.getByRole('row').count(), name).toBeGreaterThan(2);
    }
    await expect
      .poll(() => page.getByRole('region', { name: 'Side by side' }).first().innerText())
      .toMatch(/United States[^]*Denver[^]*Accountant/);
    expect(await page.getByText('Medians do not add up').isVisible()).toBe(true);
    expect(await submitted()).toBe(before + 4);

    await page.getByRole('radio', { name: 'Degrees' }).check();
    await page.getByRole('rowheader', { name: 'Doctorate (PhD)' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => sidewaysScroll(page)).toBe(0);
    await page.setViewportSize({ width: 320, height: 844 });
    await expect.poll(() => page.evaluate(WRITTEN_OVER)).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => page.getByRole('navigation').count()).toBe(0);
    expect(await submitted()).toBe(before + 4);
    expect(complaints).toEqual([]);
  });

  it('says before it buys what would be corrected or ignored, and asks in upstream’s spelling', async ({
    openPage,
  }) => {
    const before = (await submitted()) ?? 0;
    const { page } = await openPage();
    await page.goto(
      `${server.url}/?title=electrician&city=boston&state=massachusetts&country=united+states&skill=Juggling`,
    );
    await page.getByText('Will be asked as “Electrician”.').waitFor();
    await page.getByText('“Juggling” is not known.').waitFor();
    // Also of what it is compared with, which is priced once however often it is entered.
    await page.getByText('Compare with other places or titles').click();
    const others = page.getByRole('combobox', { name: 'Other titles' });
    await others.fill('Dragon Tamer');
    // This one only ends what an input method has composed.
    await others.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    expect(await others.inputValue()).toBe('Dragon Tamer');
    await page.keyboard.press('Enter');
    await page.getByText('“Dragon Tamer” is not known.').waitFor();
    await page.getByRole('button', { name: 'Buy 3 reports' }).waitFor();
    await page.getByRole('button', { name: 'Remove Dragon Tamer' }).click();
    await page.getByRole('combobox', { name: 'Other locations' }).fill('boston, massachusetts, united states');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Buy 2 reports' }).waitFor();
    expect(await submitted()).toBe(before);
    await page.getByRole('button', { name: 'Remove Juggling' }).click();
    await page.getByText('“Juggling” is not known.').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Place' }).inputValue()).toBe(
      'Boston, Massachusetts, United States',
    );
    expect(new URL(page.url()).searchParams.get('title')).toBe('Electrician');
    expect(await submitted()).toBe(before + 2);
  });

  it('gives its figures as CSV, and its picture as PNG', async ({ openPage }) => {
    const { page, complaints } = await openPage();
    await page.goto(`${server.url}${QUESTION}&years=12`);
    await page.getByRole('button', { name: /^(Buy 2 reports|Show, both)/ }).click();
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();

    const csv = await saved(page, 'CSV: What the job pays');
    expect(csv.name).toBe('simulated-what-the-job-pays-software-developer-seattle-washington.csv');
    const lines = csv.content.toString('utf8').split('\r\n');
    expect(lines[0]).toBe('\ufeffPercentile,Base pay (USD per year)');
    expect(lines[50]).toMatch(/^50,\d+$/);
    const png = await saved(page, 'PNG: What the job pays');
    expect(png.name).toMatch(/\.png$/);
    expect(png.content.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(png.content.length).toBeGreaterThan(10_000);
    expect(complaints).toEqual([]);

    // A form that is higher than the window stays beside the pictures with its end, where the button is.
    await page.setViewportSize({ width: 1400, height: 500 });
    await page.evaluate('scrollTo(0, 800)');
    await expect
      .poll(() =>
        page.evaluate("Math.round(innerHeight - document.querySelector('.side').getBoundingClientRect().bottom)"),
      )
      .toBe(16);
  });

  it('says what the server says is wrong with an answer, at the field', async ({ openPage }) => {
    const { page } = await openPage();
    await page.goto(`${server.url}${QUESTION}&years=99`);
    await expect.poll(() => page.getByRole('alert').innerText()).toBe('Must be from 0 to 80; it is 99.');
    const years = page.getByLabel('Years of experience');
    expect(await years.getAttribute('aria-invalid')).toBe('true');
    await page.getByText('The form says what has to be changed.').first().waitFor();
    // Never left out of what is asked.
    await years.fill('1e1');
    await expect.poll(() => page.getByRole('alert').innerText()).toBe('Enter a whole number of years, such as 5.');
    expect(await page.getByRole('button', { name: 'Show pay' }).getAttribute('aria-disabled')).toBe('true');
  });
});

async function tabTo(page: Page, role: 'button' | 'combobox', name: string): Promise<void> {
  const wanted = page.getByRole(role, { name });
  await wanted.waitFor();
  for (let tabs = 0; tabs < 10; tabs++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element.matches(':focus'))) return;
  }
  throw new Error(`${name} cannot be reached by the keyboard.`);
}

/** Types into the field that has the focus, and takes the first suggestion. */
async function choose(page: Page, typed: string, suggestion: string): Promise<void> {
  await page.keyboard.type(typed);
  await page.getByRole('option', { name: suggestion, exact: true }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate('document.activeElement.value')).toBe(suggestion);
}

/** What a screen reader was last told about the reports. */
async function announced(page: Page): Promise<string> {
  return (await page.getByRole('status').allTextContents()).join(' ');
}

async function saved(page: Page, button: string): Promise<{ name: string; content: Buffer }> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await download;
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}
