import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { newDirectory } from '../fixtures/directory.js';

/** In place of npm: prints and ends as the environment says. */
const NPM = `#!/usr/bin/env bash
case "$*" in
  ci) exit "\${INSTALLED:-0}" ;;
  test) echo "\${SUMMARY-7 passed, 0 failed}"; exit "\${TESTED:-0}" ;;
  'run check') echo checking; exit "\${CHECKED:-0}" ;;
esac
`;

describe('.ci/run', () => {
  let root: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    const { path, remove } = await newDirectory();
    onTestFinished(remove);
    root = path;
    await cp('.ci/run', join(root, '.ci', 'run'), { recursive: true });
    await mkdir(join(root, 'bin'));
    await writeFile(join(root, 'bin', 'npm'), NPM);
    await chmod(join(root, 'bin', 'npm'), 0o755);
    env = { PATH: [join(root, 'bin'), process.env['PATH']].join(delimiter) };
  });

  const run = (settings: Readonly<Record<string, string>>): Promise<{ code: number; lines: readonly string[] }> =>
    new Promise((resolve) => {
      const program = execFile(join(root, '.ci', 'run'), { env: { ...env, ...settings } }, (_, stdout) =>
        resolve({ code: program.exitCode ?? -1, lines: stdout.trimEnd().split('\n') }),
      );
    });

  it('runs the tests, then the checks, and ends with the count', async () => {
    const { code, lines } = await run({});
    expect(lines).toEqual(['7 passed, 0 failed', 'checking', '7 passed, 0 failed']);
    expect(code).toBe(0);
  });

  it.each([
    ['a failed test', { SUMMARY: '6 passed, 1 failed', TESTED: '1' }, '6 passed, 1 failed'],
    ['a failed check', { CHECKED: '2' }, '7 passed, 1 failed'],
    ['both', { SUMMARY: '6 passed, 1 failed', TESTED: '1', CHECKED: '1' }, '6 passed, 2 failed'],
    ['a run that fails beside its tests', { TESTED: '1' }, '7 passed, 1 failed'],
    ['a run without a count', { SUMMARY: 'killed' }, '0 passed, 1 failed'],
    ['a run without tests', { SUMMARY: '0 passed, 0 failed' }, '0 passed, 1 failed'],
    ['what cannot be installed', { INSTALLED: '1' }, '0 passed, 1 failed'],
  ])('fails for %s', async (_, settings, last) => {
    const { code, lines } = await run(settings);
    expect(lines.at(-1)).toBe(last);
    expect(code).toBe(1);
  });
});
