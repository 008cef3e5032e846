import { describe, expect, it } from 'vitest';
import { PayOnlyDocument } from '../generated/operations.js';
import { numbered } from '../fixtures/answers/answers.js';
import { newDirectory } from '../fixtures/directory.js';
import { freePort } from '../fixtures/free-port.js';
import { runCommand } from '../fixtures/server/command.js';
import { serverSettings } from '../fixtures/server/settings.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { csvOf } from '../fixtures/upstream/usage-csv.js';
import { startUsageLog } from '../fixtures/upstream/usage-log-server.js';

const MONTH = new Date().toISOString().slice(0, 7);
const KEY = 'the-key-of-an-operator';

describe.concurrent('npm run audit', () => {
  useServers();

  it('prints the differences as a table, and exits with 1 while there are any', async ({ start, upstream, atEnd }) => {
    const log = await startUsageLog(csvOf([]));
    atEnd(() => log.close());
    const { url } = await start({
      env: {
        JOBALYZER_USAGE_URL: log.url,
        ...{ AUTH_MODE: 'api-key', API_KEYS: `ops:${KEY},shop:the-key-of-a-shop`, OPERATORS: 'ops' },
      },
    });
    const audit = (settings: Record<string, string> = { JOBALYZER_API_KEY: KEY }) =>
      runCommand('audit', [MONTH, '--url', url], { settings });

    expect(await audit()).toEqual({
      code: 0,
      output: `${MONTH}: upstream bills 0 reports, this server bought 0.\nThe two agree.\n`,
      errors: '',
    });
    expect(await audit({ JOBALYZER_API_KEY: 'the-key-of-a-shop' })).toMatchObject({
      code: 2,
      output: '',
      errors: expect.stringMatching(/^audit: .*operators.*\(FORBIDDEN\)\n$/),
    });
    expect(await audit({})).toMatchObject({ code: 2, errors: expect.stringContaining('in JOBALYZER_API_KEY') });
    expect(upstream.count('submit')).toBe(0);
  });

  it('prints all pages, and nothing that a terminal would obey', async ({ start, upstream, atEnd }) => {
    const row = (number: number) => ({
      REPORTID: `\u001B[31m${number}`,
      REPORT_DATE: new Date().toISOString(),
      REPORT_TYPE: 'pay',
      REQUEST: JSON.stringify({ answers: { JobTitle: 'Spy', Country: 'Chile' } }),
      SUCCESSFUL: 'True',
    });
    const log = await startUsageLog(csvOf(Array.from({ length: 230 }, (_, number) => row(number))));
    atEnd(() => log.close());
    const server = await start({ env: { JOBALYZER_USAGE_URL: log.url } });
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    const { code, output } = await runCommand('audit', [MONTH, '--url', `${server.url}/graphql`]);
    const lines = output.split('\n');
    expect(code).toBe(1);
    expect(lines.slice(0, 2)).toEqual([
      `${MONTH}: upstream bills 230 reports, this server bought 1.`,
      'They differ in 231:',
    ]);
    expect(lines[3]).toMatch(/^TIME \(UTC\) +TYPE +REPORTID +SUCCESSFUL +REPORT HERE +DIFFERENCE$/);
    expect(lines.filter((line) => line.includes('no purchase of this server'))).toHaveLength(230);
    expect(lines.filter((line) => line.includes('Software Developer, United States ('))).toHaveLength(1);
    expect(output).not.toMatch(/[^\P{C}\n]/u);
    expect(upstream.count('submit')).toBe(1);
  });

  it('asks the server of its settings or, if none listens, opens the ledger itself', async ({
    start,
    upstream,
    atEnd,
  }) => {
    const log = await startUsageLog(csvOf([]));
    atEnd(() => log.close());
    const { path: dataDir, remove } = await newDirectory();
    atEnd(remove);
    const settings = {
      ...serverSettings(upstream.url, dataDir, upstream.options),
      JOBALYZER_USAGE_URL: log.url,
      PORT: String(await freePort()),
    };
    const { output, ...ended } = await runCommand('audit', [MONTH], { settings });
    expect(ended).toEqual({ code: 0, errors: '' });
    expect(output).toContain('The two agree.');

    const server = await start({ dataDir, env: { PORT: settings.PORT, JOBALYZER_USAGE_URL: log.url } });
    await server.run(PayOnlyDocument, { answers: numbered(1) });
    expect(await runCommand('audit', [MONTH], { settings })).toMatchObject({
      code: 1,
      output: expect.stringContaining('this server bought 1.'),
    });
  });

  it('exits with 2 where nothing can be compared', async ({ start }) => {
    const { url } = await start();
    expect(await runCommand('audit', [MONTH, '--url', url])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('JOBALYZER_USAGE_URL'),
    });
    expect(await runCommand('audit', ['2026-13', '--url', url])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('YYYY-MM'),
    });
    expect(await runCommand('audit', [])).toMatchObject({ code: 2, errors: expect.stringContaining('Usage: ') });
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    expect(await runCommand('audit', [MONTH, '--url', nowhere])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('cannot be reached'),
    });
  });

  it('exits with 2 where what it prints cannot be written, but not where its reader has had enough', async ({
    atEnd,
  }) => {
    const { path, remove } = await newDirectory();
    atEnd(remove);
    const printing = (to: string) => runCommand('audit', ['--help'], { wrapper: ['/bin/sh', '-c', to] });
    expect(await printing(`ulimit -f 0; exec "$0" "$@" > '${path}/printed'`)).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/^audit: what it prints cannot be written: .+\n$/),
    });
    expect(await printing('{ "$0" "$@"; echo $? >&2; } | exec <&-')).toEqual({ code: 0, output: '', errors: '0\n' });
  });
});
