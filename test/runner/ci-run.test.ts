import { execFile, spawn } from 'node:child_process';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { newDirectory } from '../fixtures/directory.js';
import { eventually } from '../fixtures/eventually.js';

/** In place of npm: prints and ends as the environment says, or goes on until it is ended, and notes both. */
const NPM = `#!/usr/bin/env bash
case "$*" in
  ci) exit "\${INSTALLED:-0}" ;;
  'run build') echo building ;;
  test) echo "\${SUMMARY-7 passed, 0 failed}"; code="\${TESTED:-0}" ;;
  'run check') echo checking; code="\${CHECKED:-0}" ;;
esac
if [[ \${ENDLESS-} && $code ]]; then
  trap 'echo "end of $*" >>"$ENDLESS"; exit 1' TERM
  sleep 600 &
  echo "$*" >>"$ENDLESS"
  wait
fi
exit "\${code:-0}"
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

  it('says what the checks have printed after the tests, and ends with the count', async () => {
    const { code, lines } = await run({});
    expect(lines).toEqual(['building', '7 passed, 0 failed', 'checking', '7 passed, 0 failed']);
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

  it('ends what it has started when it is ended itself', async () => {
    const notes = join(root, 'notes');
    const noted = async (): Promise<readonly string[]> => (await readFile(notes, 'utf8')).trim().split('\n').sort();
    const program = spawn(join(root, '.ci', 'run'), { env: { ...env, ENDLESS: notes }, stdio: 'ignore' });
    await eventually(async () => expect(await noted()).toEqual(['run check', 'test']));
    program.kill('SIGTERM');
    await eventually(async () =>
      expect(await noted()).toEqual(['end of run check', 'end of test', 'run check', 'test']),
    );
  });
});
