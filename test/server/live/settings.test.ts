import { mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { PayOnlyDocument } from '../../generated/operations.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { newDirectory } from '../../fixtures/directory.js';
import { post } from '../../fixtures/server/post.js';
import { launchServer, type ServerProcess } from '../../fixtures/server/server-process.js';
import { codes } from '../../fixtures/server/responses.js';
import { serverSettings } from '../../fixtures/server/settings.js';
import { useServers } from '../../fixtures/server/use-servers.js';
import { status } from '../../fixtures/upstream/upstream.js';

describe.concurrent('a server process', () => {
  useServers({ pendingPolls: 0 });

  it('reads a .env as editors of Windows write it, and announces no playground beside real credentials', async (context) => {
    const { upstream, expect } = context;
    const cwd = await directory(context);
    const settings = Object.entries(serverSettings(upstream.url, 'data', upstream.options));
    const lines = settings.map(([name, value]) =>
      value.includes('&') ? `${name}="${value}"` : `export ${name} = ${value}`,
    );
    await writeFile(join(cwd, '.env'), `\uFEFF${lines.join('\r\n')}\r\n`);
    const server = launched(context, {}, cwd);
    const url = await server.listening;
    expect((await post(url, PayOnlyDocument, { answers: numbered() })).errors).toEqual([]);
    expect(upstream.bought()).toBe(1);
    expect((await fetch(url.replace('/graphql', '/graphiql'))).status).toBe(404);
    expect(server.log()).not.toContain('graphiql');
  });

  it('does not start with a misspelt credential, and names the right one', async (context) => {
    const { expect } = context;
    const cwd = await directory(context);
    await writeFile(join(cwd, '.env'), 'JOBALYZER_CLIENT_ID=acme\n');
    const settings = { JOBALYZER_CLEINT_SECRET: 's3cret', PORT: '0', DATA_DIR: cwd };
    const server = launched(context, { ...settings, JOBALYZER_CLIENT_ID: '' }, cwd);
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(server.log()).toContain('JOBALYZER_CLEINT_SECRET is not a setting');
    expect(server.log()).toContain('Did you mean JOBALYZER_CLIENT_SECRET?');
    expect(server.log()).not.toContain('s3cret');
  });

  it('says what is odd in its log, if it starts all the same', async (context) => {
    const { upstream, launch, expect } = context;
    const server = launch(await directory(context), { REPORT_TTL_HOUR: '1' });
    await server.listening;
    expect(server.log()).toContain(
      'REPORT_TTL_HOUR is not a setting and has no effect. Did you mean REPORT_TTL_HOURS?',
    );
    expect(upstream.bought()).toBe(0);
  });

  it.for([
    ['is missing', null, 'cannot be read (ENOENT)'],
    ['is empty', '\n', 'is empty'],
    ['has several lines', 's3cret\ns3cret\n', 'has more than one line'],
  ] as const)('does not start if the file of its secret %s', async ([, text, fault], context) => {
    const { upstream, expect } = context;
    const cwd = await directory(context);
    const file = join(cwd, 'secret');
    if (text !== null) await writeFile(file, text);
    const { JOBALYZER_CLIENT_SECRET: _, ...settings } = serverSettings(upstream.url, cwd, upstream.options);
    const server = launched(context, { ...settings, JOBALYZER_CLIENT_SECRET_FILE: file }, cwd);
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(server.log()).toContain(`JOBALYZER_CLIENT_SECRET_FILE: ${file} ${fault}.`);
    expect(server.log()).not.toContain('s3cret');
  });
});

describe.concurrent('a secret in a file', () => {
  useServers({ pendingPolls: 0 });

  it.for(['written in place', 'replaced by a rename', 'replaced by another link'] as const)(
    'is renewed without a restart: %s',
    async (way, context) => {
      const { upstream, start, expect } = context;
      const files = await directory(context);
      const file = join(files, 'secret');
      await mkdir(join(files, 'old'));
      await writeFile(join(files, 'old', 'secret'), `${upstream.options.clientSecret}\n`);
      await symlink(join('old', 'secret'), file);
      const server = await start({ env: { JOBALYZER_CLIENT_SECRET: '', JOBALYZER_CLIENT_SECRET_FILE: file } });
      expect((await server.run(PayOnlyDocument, { answers: numbered(1) })).errors).toEqual([]);

      upstream.options.clientSecret = 'another&s3cret';
      const text = `${upstream.options.clientSecret}\n`;
      if (way === 'written in place') await writeFile(file, text);
      else if (way === 'replaced by a rename') {
        await writeFile(`${file}.new`, text);
        await rename(`${file}.new`, file);
      } else {
        await mkdir(join(files, 'new'));
        await writeFile(join(files, 'new', 'secret'), text);
        await unlink(file);
        await symlink(join('new', 'secret'), file);
      }
      await expect.poll(() => server.logged.join('')).toContain('the client secret has changed');
      upstream.revokeTokens();
      expect((await server.run(PayOnlyDocument, { answers: numbered(2) })).errors).toEqual([]);
      expect(upstream.tokensIssued).toBe(2);
      expect(server.logged.join('')).not.toContain('s3cret');
    },
  );

  it('that was refused, and is renewed, is tried at once and not when the refusal is forgotten', async (context) => {
    const { upstream, start, expect } = context;
    const file = join(await directory(context), 'secret');
    await writeFile(file, upstream.options.clientSecret);
    upstream.script.token.push(status(401, undefined, { 'retry-after': '600' }));
    const server = await start({ env: { JOBALYZER_CLIENT_SECRET: '', JOBALYZER_CLIENT_SECRET_FILE: file } });
    const refused = await server.run(PayOnlyDocument, { answers: numbered(1) });
    expect(codes(refused)).toEqual({ 'report.pay': 'UPSTREAM_UNAUTHORIZED' });

    upstream.options.clientSecret = 'another&s3cret';
    await writeFile(file, upstream.options.clientSecret);
    await expect.poll(() => server.logged.join('')).toContain('the client secret has changed');
    expect((await server.run(PayOnlyDocument, { answers: numbered(2) })).errors).toEqual([]);
    expect(upstream.count('token')).toBe(2);
  });
});

function launched({ atEnd }: TestContext, settings: Readonly<Record<string, string>>, cwd: string): ServerProcess {
  const server = launchServer({ settings, cwd });
  atEnd(() => server.end('SIGKILL'));
  return server;
}

async function directory({ atEnd }: TestContext): Promise<string> {
  const { path, remove } = await newDirectory();
  atEnd(remove);
  return path;
}
