import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMED_FAULTS } from '../../src/simulator/named-faults.js';
import { readCommandLine, whyNotInProduction } from '../../src/simulator/command-line.js';

describe('the command line of the simulator', () => {
  it('defaults to port 4010 and the default settings', () => {
    expect(readCommandLine([])).toMatchObject({
      kind: 'run',
      options: { port: 4010, delayMs: { min: 200, max: 2_000 }, faults: [] },
    });
  });

  it('reads every flag', () => {
    const args = [
      ...['--port', '0', '--client-id', 'me', '--client-secret', 's', '--letter-case', 'camel', '--wrapper=Reports'],
      ...['--mixed-links', '--delay-min', '1', '--delay-max', '2', '--retry-after-ms=-1', '--latency-ms', '3'],
      ...['--token-life-ms', '4', '--expires-in', '5', '--link-life-ms', '6', '--link-origin', 'http://127.0.0.2:1'],
      ...[
        '--unknown-answers',
        'ignore',
        '--affinity',
        '--date-offset-ms=-8',
        '--link-form',
        'signed',
        '--fault',
        'poll-404=3',
      ],
      ...['--seed', '7', '--fault', '{"on":"poll","kind":"reset"}', '--fault', '{"on":"token","kind":"hang"}'],
    ];
    expect(readCommandLine(args)).toEqual({
      kind: 'run',
      options: {
        port: 0,
        clientId: 'me',
        clientSecret: 's',
        letterCase: 'camel',
        wrapper: 'Reports',
        unknownAnswers: 'ignore',
        mixedLinks: true,
        delayMs: { min: 1, max: 2 },
        retryAfterMs: -1,
        latencyMs: 3,
        tokenLifeMs: 4,
        expiresIn: 5,
        linkLifeMs: 6,
        linkOrigin: 'http://127.0.0.2:1',
        linkForms: ['signed'],
        affinity: true,
        dateOffsetMs: -8,
        seed: 7,
        faults: [
          { on: 'poll', kind: 'status', status: 404, times: 3 },
          { on: 'poll', kind: 'reset' },
          { on: 'token', kind: 'hang' },
        ],
      },
    });
  });

  it('accepts null and keywords for the retry hint', () => {
    for (const [text, value] of [
      ['null', null],
      ['absent', 'absent'],
    ]) {
      expect(readCommandLine(['--retry-after-ms', String(text)])).toMatchObject({ options: { retryAfterMs: value } });
    }
  });

  it.each([
    [['--letter-case', 'upper'], '--letter-case: "upper" is not allowed; expected pascal or camel'],
    [['--port', '70000'], '--port: "70000" is not allowed; expected a whole number from 0 to 65535'],
    [['--latency-ms', 'fast'], '--latency-ms: "fast" is not allowed; expected milliseconds, 0 to 600000'],
    [['--fault', '{"on":"poll"}'], '--fault: '],
    [['--fault', 'boom'], 'expected a name below'],
    [['--link-form', 'round'], '--link-form: "round" is not allowed; expected other-scheme, '],
    [['--delay-min', '9', '--delay-max', '8'], '--delay-min: 9 is above --delay-max, 8'],
    [['--client-id', 'me'], '--client-secret: is missing'],
    [['--colour', 'red'], "Unknown option '--colour'; allowed are --port"],
    [['somewhere'], 'somewhere'],
  ])('rejects %j with the flag, the fault and the allowed values', (args, reason) => {
    const read = readCommandLine(args);
    expect(read.kind).toBe('refused');
    expect(read).toHaveProperty('reason', expect.stringContaining(reason));
  });

  it('explains its flags with --help', () => {
    const read = readCommandLine(['--help']);
    if (read.kind !== 'help') throw new Error(`It is ${read.kind}`);
    expect(readCommandLine(['-h'])).toEqual(read);
    const refused = readCommandLine(['--colour']);
    const flags = refused.kind === 'refused' ? (/allowed are (.+)$/.exec(refused.reason)?.[1] ?? '').split(', ') : [];
    expect(flags).toEqual(expect.arrayContaining(['--port', '--letter-case', '--mixed-links', '--fault', '--help']));
    const explained = [...read.text.matchAll(/^ +(--[\w-]+) +\w.+$/gm)].map(([, flag]) => flag);
    expect(explained).toHaveLength(flags.length);
    expect(new Set(explained)).toEqual(new Set(flags));
    expect(read.text).toContain('SIMULATOR=true');
    for (const name of Object.keys(NAMED_FAULTS)) expect(read.text).toContain(`  ${name} `);
  });

  it('is refused in production without SIMULATOR=true', () => {
    expect(whyNotInProduction({})).toBeNull();
    expect(whyNotInProduction({ NODE_ENV: 'production' })).toContain('SIMULATOR=true');
    expect(whyNotInProduction({ NODE_ENV: 'production', SIMULATOR: 'yes' })).not.toBeNull();
    expect(whyNotInProduction({ NODE_ENV: 'production', SIMULATOR: 'true' })).toBeNull();
  });
});

describe('the simulator process', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'simulator-'));
    const config = {
      extends: path.join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        rootDir: path.join(root, 'src'),
        outDir: folder,
        typeRoots: [path.join(root, 'node_modules/@types')],
      },
      include: [],
      files: [path.join(root, 'src/simulator/main.ts')],
    };
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    await promisify(execFile)(path.join(root, 'node_modules/.bin/tsc'), ['-p', folder]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, [path.join(folder, 'simulator/main.js'), ...args], {
      env: { PATH: process.env['PATH'], ...env },
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += String(chunk)));
    child.stderr.on('data', (chunk) => (said.err += String(chunk)));
    return { child, said, ended: once(child, 'close').then(([code]) => code as number | null) };
  };

  it.each(['SIGTERM', 'SIGINT'] as const)('prints its address, serves, and exits with 0 on %s', async (signal) => {
    const { child, said, ended } = run(['--port', '0', '--client-id', 'me', '--client-secret', 'hush-hush']);
    await expect.poll(() => said.out).toContain('/simulator/counters');
    const origin = /JOBALYZER_URL=(\S+)/.exec(said.out)?.[1] ?? '';
    expect((await fetch(`${origin}/status`)).headers.get('x-jobalyzer-simulator')).toBe('true');
    expect(said.out).toContain('Jobalyzer simulator, with invented data');
    expect(said.out).not.toContain('hush-hush');
    child.kill(signal);
    expect(await ended).toBe(0);
  });

  it('exits promptly on SIGTERM with requests in progress', async () => {
    const { child, said, ended } = run(['--port', '0', '--latency-ms', '60000']);
    await expect.poll(() => said.out).toContain('/simulator/counters');
    const origin = /JOBALYZER_URL=(\S+)/.exec(said.out)?.[1] ?? '';
    const waiting = fetch(`${origin}/jobalyzer/v1/impact/skills`).catch(() => 'ended');
    const counters = async () => (await fetch(`${origin}/simulator/counters`)).json();
    await expect.poll(counters).toMatchObject({ lookups: 1 });
    const start = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(await waiting).toBe('ended');
  });

  it('does not start in production', async () => {
    const { said, ended } = run(['--port', '0'], { NODE_ENV: 'production' });
    expect(await ended).toBe(1);
    expect(said.err).toContain('SIMULATOR=true');
    expect(said.out).toBe('');
  });

  it('does not start with an invalid flag, which it names', async () => {
    const { said, ended } = run(['--wrapper', 'Envelope']);
    expect(await ended).toBe(1);
    expect(said.err).toBe('simulator: --wrapper: "Envelope" is not allowed; expected Report, Reports or none\n');
  });
});
