import { describe, it } from 'vitest';
import { brokenNames, QUESTION, type OpenPage } from '../../fixtures/pages/explorer.js';
import { usePages } from '../../fixtures/pages/use-pages.js';
import { startIssuer } from '../../fixtures/issuer.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { gate, payBody, ready, rejected, reset, unconfirmed } from '../../fixtures/upstream/upstream.js';

const KEYS = {
  AUTH_MODE: 'api-key',
  API_KEYS: 'shop:key-of-the-shop-0001,guest:key-of-the-guest-0001',
  OPERATORS: '',
  READERS: 'guest',
};

describe.concurrent('the explorer, when something is in the way', () => {
  useServers();
  usePages();

  it('follows a report while it is prepared', async ({ start, upstream, openPage, expect }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const { page, sent } = await openPage();
    await page.goto((await start()).url + QUESTION);
    const button = page.getByRole('button', { name: 'Buy 2 reports' });
    await button.waitFor();
    const slow = Promise.withResolvers<void>();
    await page.route('**/graphql', (route) => slow.promise.then(() => route.continue()));
    await button.click({ clickCount: 3 });
    const progress = page.getByRole('region', { name: 'Progress' });
    await expect
      .poll(() => progress.innerText())
      .toMatch(/Pay\s+is being ordered\s+Pay by experience\s+is being ordered/);
    await page.keyboard.press('Enter');
    slow.resolve();
    await expect.poll(() => progress.innerText()).toMatch(/Pay\s+is being prepared\s+Pay by experience\s+is here/);
    // However often it was pressed.
    expect(await purchasesSent({ page, sent })).toBe(1);
    held.release();
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();
    await progress.waitFor({ state: 'hidden' });
  });

  it('shows a report that comes while no socket gets through', async ({ start, upstream, openPage, expect }) => {
    const held = gate();
    upstream.script.poll('pay').push(held);
    const { page } = await openPage();
    await page.routeWebSocket(/graphql/, (socket) => socket.close());
    await page.goto((await start()).url + QUESTION);
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    await page.getByText('is being prepared').first().waitFor();
    held.release();
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();
    expect(upstream.bought()).toBe(2);
  });

  it('offers at the field what upstream knows instead of an answer', async ({ start, upstream, openPage, expect }) => {
    upstream.script.submit.push(rejected([unconfirmed('JobTitle', 'Software Wizard')]));
    const { page } = await openPage();
    await page.goto((await start()).url + QUESTION.replace('Developer', 'Wizard'));
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    const alert = page.getByRole('alert');
    await expect.poll(() => alert.innerText()).toContain('“Software Wizard” is not known.');
    await alert.getByRole('button', { name: 'Software Developer', exact: true }).click();
    const title = page.getByRole('combobox', { name: 'Job title' });
    expect(await title.inputValue()).toBe('Software Developer');
    expect(await title.evaluate((field) => field.matches(':focus'))).toBe(true);
    await alert.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();
    expect(upstream.bought()).toBe(2);
  });

  it('buys an uncertain purchase again only when it is told to, saying what it may cost', async ({
    start,
    upstream,
    openPage,
    expect,
  }) => {
    upstream.script.submit.push(reset());
    const { page } = await openPage();
    await page.goto((await start()).url + QUESTION);
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    const progress = page.getByRole('region', { name: 'Progress' });
    await expect.poll(() => progress.innerText()).toContain('so it may have been bought');
    const submits = upstream.submits().length;
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.reload();
    await expect.poll(() => progress.innerText()).toContain('so it may have been bought');
    expect(upstream.submits()).toHaveLength(submits);
    await progress.getByRole('button', { name: 'Buy it again, perhaps billed twice' }).first().click();
    // The button is gone, and the keyboard goes on where the figures will be.
    expect(await page.evaluate('document.activeElement.className')).toBe('results');
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();
    expect(upstream.submits()).toHaveLength(submits + 1);
    expect(upstream.bought('pay')).toBe(1);
  });

  it('buys a row of a list again only when it is told to', async ({ start, upstream, openPage, expect }) => {
    upstream.script.submit.push(reset());
    const { page } = await openPage();
    await page.goto(`${(await start()).url}/?view=list`);
    await page.getByLabel('Or paste it').fill('Title,Country\nSoftware Developer,United States\nCashier,United States');
    await page.getByRole('button', { name: 'Read what is pasted' }).click();
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    await page.getByText('1 of 2 reports are here, 1 did not come', { exact: true }).waitFor();
    expect(await brokenNames(page)).toEqual([]);
    const submits = upstream.submits().length;
    const row = page.getByRole('row').filter({ hasText: 'so it may have been bought' });
    await row.getByRole('button', { name: 'Buy it again, perhaps billed twice' }).click();
    await page.getByText('1 of 1 report is here', { exact: true }).waitFor();
    await page.getByText('Nothing has to be bought.').waitFor();
    expect(upstream.submits()).toHaveLength(submits + 1);
    expect(upstream.bought('pay')).toBe(2);
  });

  it('buys no more than today’s budget has left', async ({ start, upstream, openPage, expect }) => {
    const { url } = await start({ env: { BUDGET_REPORTS_PER_DAY: '3' } });
    const { page, sent } = await openPage();
    await page.goto(url + QUESTION);
    await page.getByText('3 of 3 left today.').waitFor();
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    await page.getByText('1 of 3 left today.').waitFor();
    await page.getByRole('combobox', { name: 'Job title' }).fill('Cashier');
    await page.getByText('has only 1 left').waitFor();
    const button = page.getByRole('button', { name: 'Buy 2 reports' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await button.click({ force: true });
    expect(await purchasesSent({ page, sent })).toBe(1);
    // What is stored is shown nevertheless.
    await page.goto(`${url}/?title=Cook&country=France&or-title=Cashier`);
    await page.getByText(/has only 1 left.* would take 3/).waitFor();
    await page.getByRole('combobox', { name: 'Job title' }).fill('Software Developer');
    await page.getByRole('combobox', { name: 'Place' }).fill('Seattle, Washington, United States');
    await page.getByRole('combobox', { name: 'Other titles' }).fill('Plumber');
    await page.keyboard.press('Enter');
    await page.getByText(/has only 1 left.* would take 2/).waitFor();
    await page.getByRole('button', { name: 'Show what is stored' }).click();
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();
    expect(await purchasesSent({ page, sent })).toBe(1);
    expect(upstream.bought()).toBe(2);
  });

  it('says so when the budget ended after the price was shown', async ({ start, upstream, openPage, expect }) => {
    const server = await start({ env: { BUDGET_REPORTS_PER_DAY: '2' } });
    const { page } = await openPage();
    await page.goto(server.url + QUESTION);
    const button = page.getByRole('button', { name: 'Buy 2 reports' });
    await button.waitFor();
    await server.run('mutation { requestReport(answers: {jobTitle: "Cashier", country: "United States"}) { id } }');
    await button.click();
    await expect
      .poll(() => page.getByRole('region', { name: 'Progress' }).innerText())
      .toContain('Today’s budget is used up.');
    expect(upstream.bought()).toBe(2);
  });

  it('asks for a key, keeps it for this tab alone, and says what it may do', async ({
    start,
    upstream,
    openPage,
    expect,
  }) => {
    const { url } = await start({ env: KEYS });
    const { page, context } = await openPage();
    await page.goto(url + QUESTION);
    await page.getByLabel('API key').fill('key-of-nobody-00001');
    await page.keyboard.press('Enter');
    await page.getByText('The server does not accept it.').waitFor();
    await page.getByLabel('API key').fill('key-of-the-shop-0001');
    await page.keyboard.press('Enter');
    await page.getByText('shop may buy reports').waitFor();
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    // Followed over a socket, which has the key as well.
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();
    expect(upstream.bought()).toBe(2);
    expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie + location')).not.toContain('key-of');
    await page.reload();
    await page.getByText('shop may buy reports').waitFor();
    const other = await context.newPage();
    await other.goto(url + QUESTION);
    await other.getByLabel('API key').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
  });

  it('works in a browser that keeps nothing, and asks for another key when it is not accepted any more', async ({
    start,
    openPage,
    expect,
  }) => {
    const { url } = await start({ env: KEYS });
    const { page } = await openPage();
    await page.addInitScript(
      'Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("", "SecurityError"); } })',
    );
    await page.goto(url + QUESTION);
    const key = page.getByLabel('API key');
    await expect.poll(() => key.evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.keyboard.type('key-of-the-shop-0001');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Buy 2 reports' }).waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    expect(await page.title()).toBe('Software Developer, Seattle, Washington, United States – Pay explorer');
    await page.route('**/graphql', (route, request) =>
      route.continue({ headers: { ...request.headers(), 'x-api-key': 'key-of-nobody-00001' } }),
    );
    await page.getByLabel('Years of experience').fill('3');
    await page.getByText('The server does not accept it.').waitFor();
    await page.unrouteAll();
    await key.fill('key-of-the-shop-0001');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Buy 2 reports' }).waitFor();
    expect(await page.getByLabel('Years of experience').inputValue()).toBe('3');
    // A server that does not answer is not waited for for ever: here for a millisecond.
    await page.evaluate(
      'const { timeout } = AbortSignal; AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 60_000);',
    );
    await page.route('**/graphql', () => undefined);
    await page.getByLabel('Years of experience').fill('4');
    await page.getByText('The server cannot be reached.').waitFor();
  });

  it('says so where a part of it cannot be loaded, until it can', async ({ start, openPage, expect }) => {
    const { page } = await openPage();
    await page.route(/list-view/, (route) => route.abort());
    await page.goto(`${(await start()).url}/?view=list`);
    const again = page.getByRole('alert').getByRole('button', { name: 'Load the page again' });
    await again.waitFor();
    await page.unrouteAll();
    await again.click();
    await page.getByLabel('Or paste it').waitFor();
    expect(await again.count()).toBe(0);
  });

  it('buys nothing with a key that may only read', async ({ start, upstream, openPage, expect }) => {
    const { url } = await start({ env: KEYS });
    const { page, sent } = await openPage();
    await page.goto(url + QUESTION);
    await page.getByLabel('API key').fill('key-of-the-guest-0001');
    await page.keyboard.press('Enter');
    await page.getByText('guest may read what is stored').waitFor();
    await page.getByText('You may only read what is stored').waitFor();
    const button = page.getByRole('button', { name: 'Buy 2 reports' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await button.click({ force: true });
    expect(await purchasesSent({ page, sent })).toBe(0);
    expect(upstream.bought()).toBe(0);
  });

  it('takes a token instead where the server asks for one', async ({ start, upstream, atEnd, openPage, expect }) => {
    const issuer = await startIssuer();
    atEnd(() => issuer.close());
    const { url } = await start({ env: { ...issuer.settings, OPERATORS: '' } });
    const { page } = await openPage();
    await page.goto(url + QUESTION);
    await page.getByLabel('Token').fill(await issuer.token());
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    await page.getByRole('region', { name: 'What the job pays' }).waitFor();
    expect(upstream.bought()).toBe(2);
  });

  it('shows what upstream has ignored, and asks for the price again once the server is back', async ({
    start,
    upstream,
    openPage,
    expect,
  }) => {
    const ignored = { AnswerId: 'Skills', AnswerValue: 'Juggling', Message: 'Juggling was ignored.', Code: 'Ignored' };
    upstream.script.poll('pay').push(ready({ ...payBody(), Warnings: [ignored] }));
    const { page, context } = await openPage();
    await page.goto((await start()).url + QUESTION);
    await page.getByRole('button', { name: 'Buy 2 reports' }).waitFor();
    await context.setOffline(true);
    await page.getByLabel('Years of experience').fill('3');
    await page.getByText('The server cannot be reached.').waitFor();
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Buy 2 reports' }).click();
    await page.getByRole('list', { name: 'Warnings' }).getByText('Juggling was ignored.').waitFor();
    expect(upstream.bought()).toBe(2);
  });
});

/** How often the page has asked for a purchase until now: what is sent later is seen later. */
async function purchasesSent({ page, sent }: Pick<OpenPage, 'page' | 'sent'>): Promise<number> {
  const health = page.waitForRequest(/healthz/);
  await page.evaluate('void fetch("healthz")');
  await health;
  return sent.filter((text) => text.includes('mutation Buy')).length;
}
