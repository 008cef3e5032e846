import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { chmod, cp, mkdtemp, open, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PROGRAMS } from '../../../scripts/build/bundle.js';
import { addressedTo, blocks } from '../../documents/programs.js';
import { installPackage, type InstalledPackage } from '../../fixtures/server/package.js';
import { launchServer } from '../../fixtures/server/server-process.js';

const run = promisify(execFile);

/** Every program that an operator runs, and one that the server itself is. */
const SUBCOMMANDS = [
  ...PROGRAMS.filter((name) => name.startsWith('commands/')).map((name) => name.slice('commands/'.length)),
  ...['simulator', 'check-config'],
];

/** Right only if the documents know their types. */
const TYPED = `
const result = await run(PayOnlyDocument, { answers: { jobTitle: 'Electrician', country: 'Canada' } });
const median: number | null | undefined = result.data?.report?.pay?.basePay?.percentile50;
console.log(median);
// @ts-expect-error A job has a country.
await run(PayOnlyDocument, { answers: { jobTitle: 'Electrician' } });
`;

describe('the package', () => {
  let installed: InstalledPackage;
  let content: string;

  beforeAll(async () => {
    installed = await installPackage();
    content = join(installed.directory, 'node_modules', 'jobalyzer-graphql');
    return () => installed.remove();
  });

  it('leaves the checkout as it was, and depends on no other package', async () => {
    expect(installed.manifest).toBe(await readFile('package.json', 'utf8'));
    const manifest = JSON.parse(await readFile(join(content, 'package.json'), 'utf8')) as object;
    expect(Object.keys(manifest).filter((name) => /dependencies|scripts/i.test(name))).toEqual([]);
  });

  it('has no tests, no sources and nothing of this machine, but the licenses of what it contains', async () => {
    const names = await readdir(content, { recursive: true });
    expect(names.filter((name) => /^(src|test|scripts)\b|\.map$|\.built\.json$|\.compile-cache/.test(name))).toEqual(
      [],
    );
    const here = [resolve('.'), realpathSync('node_modules'), homedir()].filter((path) => path.length > 1);
    const found = run('grep', ['-rlF', ...here.flatMap((path) => ['-e', `${path}/`]), content]);
    await expect(found).rejects.toMatchObject({ code: 1, stdout: '' });
    for (const [directory, name] of [
      ['', 'fastify'],
      ['explorer', 'react'],
      ['playground', 'graphiql'],
    ] as const) {
      const licenses = await readFile(join(content, 'dist', directory, 'THIRD-PARTY-LICENSES.md'), 'utf8');
      expect(licenses).toMatch(new RegExp(`^## ${name} .*\\d[^]{0,400}Permission is hereby granted`, 'm'));
    }
  });

  it('can be read by whoever unpacks it, though nobody else can read the checkout', async () => {
    const { stdout } = await run('tar', ['-tvzf', installed.tarball]);
    const modes = stdout.split('\n').map((line) => line.slice(0, 10));
    expect(new Set(modes)).toEqual(new Set(['-rw-r--r--', '-rwxr-xr-x', '']));
  });

  it('serves reports and pages where only DATA_DIR can be written, and ends with 0', async () => {
    const { program, home, user } = installed;
    const server = launchServer({ entry: program, cwd: home, settings: { PORT: '0' }, user });
    onTestFinished(() => server.end('SIGKILL').then(() => undefined));
    const url = await server.listening;
    const asked = await installed.node('--no-warnings', await clientProgram(url));
    expect(Number(asked.stdout)).toBeGreaterThan(0);
    for (const [path, text] of Object.entries({
      '/': '<title>',
      '/graphiql/': '<title>',
      '/schema.graphql': 'type Query',
    })) {
      expect(await (await fetch(new URL(path, url))).text()).toContain(text);
    }
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });

    expect((await installed.node(program, 'backup', 'copy')).stdout).toContain('1 reports');
    expect((await installed.node(program, 'verify', 'copy')).stdout).toContain('no problems');
    expect(await readdir(home)).toEqual(['copy', 'data']);
  });

  it('ends with the shell that npm runs it in, which passes no signals on', async () => {
    const { program, home, user } = installed;
    // A shell that has something left to do stays.
    const wrapper = ['sh', '-c', '"$@"; exit $?', 'sh'];
    const settings = { PORT: '0', DATA_DIR: 'of-npx', npm_lifecycle_script: 'jobalyzer-graphql' };
    const server = launchServer({ entry: program, cwd: home, settings, user, wrapper });
    onTestFinished(() => server.end('SIGKILL').then(() => undefined));
    await server.listening;
    // Resolves when nobody has its output open any more.
    expect(await server.end('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
    expect(server.log()).toContain('stopping');
  });

  it('says which commands there are, and what each of them does', async () => {
    const { node, program } = installed;
    const { stdout } = await node(program, '--help');
    expect([...stdout.matchAll(/^ {2}([a-z][a-z-]+) {2,}\S/gm)].map(([, name = '']) => name).sort()).toEqual(
      SUBCOMMANDS.toSorted(),
    );
    expect((await node(program, 'help')).stdout).toBe(stdout);
    for (const name of SUBCOMMANDS) {
      const words = name === 'price' ? ['help', name] : [name, '--help'];
      expect((await node(program, ...words)).stdout).toContain(`Usage: jobalyzer-graphql ${name}`);
    }
    expect((await node(program, '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await node(program, 'check-config')).stdout)).toMatchObject({ dataDir: './data' });
  });

  it.each([
    [['serve'], 'there is no command "serve"; there are simulator, '],
    [['help', 'serve'], 'there is no command "serve"; there are simulator, '],
    [['--port'], 'there is no command "--port"'],
    [['check-config', 'now'], 'check-config has no "now"'],
    [['backup'], 'Usage: jobalyzer-graphql backup <directory>'],
    [['backup', '--force', 'there'], "backup: Unknown option '--force'. --help shows more.\n"],
    [['verify', 'nowhere'], 'There is no ledger in nowhere: it does not exist.'],
  ])('refuses %j', async (words, reason) => {
    await expect(installed.node(installed.program, ...words)).rejects.toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: expect.stringContaining(reason) as string,
    });
  });

  it.each(['--help', 'help simulator', 'check-config', 'help backup'])(
    'prints %s also to somebody who reads none of it, and says if it cannot be written',
    async (words) => {
      expect(await printsTo('closed', words)).toEqual({ code: 0, said: '' });
      const lost = {
        code: 1,
        said: expect.stringMatching(/^[a-z-]+: what it prints cannot be written: .*\n$/) as string,
      };
      expect(await printsTo('full', words)).toEqual(lost);
    },
  );

  it('says in one line which Node it needs', async () => {
    const future = join(dirname(installed.tarball), 'future');
    await cp(join(content, 'bin'), join(future, 'bin'), { recursive: true });
    await writeFile(join(future, 'package.json'), '{"engines":{"node":">=99.1"}}');
    await expect(installed.node(join(future, 'bin', 'jobalyzer-graphql.cjs'))).rejects.toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: `jobalyzer-graphql needs Node 99.1 or later; this is ${process.version}.\n`,
    });
  });

  it('has the schema, and documents whose types need no other package', async () => {
    const program = await clientProgram();
    await writeFile(program, `${await readFile(program, 'utf8')}${TYPED}`);
    const strict = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom'];
    const tsc = resolve('node_modules', 'typescript', 'bin', 'tsc');
    const compiled = await run(process.execPath, [tsc, ...strict, '--types', '', program], {
      cwd: dirname(program),
    }).catch((error: unknown) => error);
    expect(compiled).toMatchObject({ stdout: '' });
    const schema = createRequire(program).resolve('jobalyzer-graphql/schema.graphql');
    expect(await readFile(schema, 'utf8')).toBe(await readFile('schema.graphql', 'utf8'));
  });

  /** Runs it with an output that nobody reads, or that is full; resolves to its exit code and what it says about it. */
  async function printsTo(output: 'closed' | 'full', words: string): Promise<{ code: unknown; said: string }> {
    const full = await open('/dev/full', 'w');
    onTestFinished(() => full.close());
    const child = spawn(process.execPath, [installed.program, ...words.split(' ')], {
      ...{ cwd: installed.home, env: {} },
      stdio: ['ignore', output === 'full' ? full.fd : 'pipe', 'pipe'],
    });
    child.stdout?.destroy();
    const [said, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
    return { code, said };
  }

  /** That of docs/clients/codegen.md, where the package is installed. */
  async function clientProgram(url = 'http://localhost:4000/graphql'): Promise<string> {
    const client = await mkdtemp(join(dirname(installed.tarball), 'client-'));
    await chmod(client, 0o755);
    await symlink(dirname(content), join(client, 'node_modules'));
    const text = blocks('docs/clients/codegen.md', 'ts').find((block) =>
      block.includes('jobalyzer-graphql/operations'),
    );
    await writeFile(join(client, 'client.mts'), addressedTo(url, text ?? ''));
    return join(client, 'client.mts');
  }
});
