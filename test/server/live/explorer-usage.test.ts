import { describe, it } from 'vitest';
import { accessibilityFaults, QUESTION, sidewaysScroll } from '../../fixtures/pages/explorer.js';
import { usePages } from '../../fixtures/pages/use-pages.js';
import { lose, uncertainOf } from '../../fixtures/server/uncertain.js';
import { useServers } from '../../fixtures/server/use-servers.js';

const USAGE = '/?view=usage';

describe.concurrent('the usage view of the explorer', () => {
  useServers();
  usePages();

  it('shows operators what was bought and saved, and settles what is uncertain', async ({
    start,
    upstream,
    openPage,
    expect,
  }) => {
    const server = await start();
    await lose(server, upstream);
    const other = { jobTitle: 'Cashier', country: 'United States' };
    await lose(server, upstream, other);
    const { page, complaints } = await openPage();
    // The days are the server's, whatever the clock of this browser says.
    await page.clock.setFixedTime('2031-03-03T10:00:00Z');
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Usage' }).click();
    const uncertain = page.getByRole('region', { name: 'Uncertain purchases' });
    await expect.poll(() => uncertain.getByRole('listitem').count()).toBe(2);
    expect(await accessibilityFaults(page)).toEqual([]);

    await uncertain.getByLabel('Note on closing Cashier').fill('Asked the service.');
    await uncertain.getByRole('button', { name: 'Close: Cashier' }).click();
    await expect.poll(() => uncertain.getByRole('listitem').count()).toBe(1);
    expect(upstream.bought()).toBe(0);
    // Pressed twice, it is decided once.
    await uncertain.getByRole('button', { name: 'Buy again: Software Developer' }).click({ clickCount: 2 });
    await uncertain.getByText('There are none.').waitFor();
    expect(await uncertain.getByRole('status').innerText()).toBe('It is being bought again.');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('It is being bought again.');
    await expect.poll(() => upstream.bought()).toBe(1);
    expect(await uncertainOf(server)).toEqual([]);
    await page.reload();
    await expect
      .poll(() => page.getByRole('region', { name: 'The last 30 days' }).innerText())
      .toMatch(/Bought\s+3\s+1 billable/);
    await page.getByText('As a table').click();
    expect(await page.getByRole('row').count()).toBe(31);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => sidewaysScroll(page)).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('stops all purchases, which whoever explores is told', async ({ start, upstream, openPage, expect }) => {
    const { url } = await start();
    const { page } = await openPage();
    await page.goto(url + USAGE);
    await page.getByRole('button', { name: 'Stop all purchases' }).click();
    await page.getByText('Purchases are stopped for everybody.').waitFor();
    const other = await page.context().newPage();
    await other.goto(url + QUESTION);
    await other.getByText('An operator has stopped purchases for now.').waitFor();
    await other.getByRole('button', { name: 'Buy 2 reports' }).click({ force: true });
    expect(upstream.bought()).toBe(0);
    await page.getByRole('button', { name: 'Allow purchases again' }).click();
    await page.getByText('Reports can be bought.').waitFor();
    await other.reload();
    await other.getByRole('button', { name: 'Buy 2 reports' }).click();
    await expect.poll(() => upstream.bought()).toBe(2);
  });

  it('is not offered to others, whose requests for it are refused', async ({ start, openPage, expect }) => {
    const { url } = await start({ env: { OPERATORS: '' } });
    const { page } = await openPage();
    await page.goto(url);
    await page.getByRole('heading', { name: 'What does a job pay?' }).waitFor();
    expect(await page.getByRole('link', { name: 'Usage' }).count()).toBe(0);
    await page.goto(url + USAGE);
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).not.toBe('');
  });
});
