import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLogOutput } from '../../src/lib/log-output.js';
import { eventually } from '../fixtures/eventually.js';
import { testDirectory } from '../fixtures/test-directory.js';

const LINE = `${'x'.repeat(999)}\n`;
const notice = (dropped: number): string => `${dropped} dropped\n`;

describe('the output of the log', () => {
  it('is all that was written before it was closed, in order', async () => {
    const { read, output } = await pipe();
    for (let index = 0; index < 100; index += 1) output.write(`${index}\n`);
    await output.close();
    expect(read()).toBe(Array.from({ length: 100 }, (_, index) => `${index}\n`).join(''));
  });

  it('says how many lines a reader that stopped has missed, once it reads again', async () => {
    const { read, output } = await pipe();
    // Ten times as much as waits for a reader.
    for (let index = 0; index < 10_000; index += 1) output.write(LINE);
    let text = '';
    // Until it has written some of what waits: while all of that waits, whatever comes is dropped.
    await eventually(() => expect((text += read())).toContain('dropped\nx'));
    output.write('afterwards\n');
    await eventually(() => expect((text += read())).toContain('afterwards'));
    const lines = text.split('\n');
    const written = lines.filter((line) => line.startsWith('x')).length;
    expect(lines).toContain(`${10_000 - written} dropped`);
    expect(written).toBeGreaterThan(1_000);
    expect(lines.filter((line) => line.endsWith('dropped'))).toHaveLength(1);
  });

  it('says how many lines could not be written at all, once they can be', async () => {
    const { read, close, reopen, output } = await pipe();
    close();
    output.write('lost\n');
    output.write('lost\n');
    // Until they were tried to be written: the first line alone, then the rest.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    reopen();
    output.write('kept\n');
    let text = '';
    await eventually(() => expect((text += read())).toContain('kept'));
    const [said, ...rest] = text.trim().split('\n');
    expect([said, rest.filter((line) => line === 'lost').length]).toEqual([
      expect.stringMatching(/^[12] dropped$/),
      2 - Number.parseInt(said ?? '', 10),
    ]);
    expect(rest).toContain('kept');
  });

  it.runIf(process.platform === 'linux')('closes in time on a full disk and on a pipe that nobody reads', async () => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const { output: unread } = await pipe();
    for (const output of [openLogOutput(full, notice), unread]) {
      for (let index = 0; index < 1_000; index += 1) output.write(LINE);
      await expect(output.close()).resolves.toBeUndefined();
      output.write(LINE);
    }
  });
});

/** An output to a pipe, and its reader, which reads what has arrived when it is called. */
async function pipe() {
  const path = join(await testDirectory(), 'pipe');
  execFileSync('mkfifo', [path]);
  const open = (): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let reader = open();
  const output = openLogOutput(openSync(path, constants.O_WRONLY), notice);
  onTestFinished(() => {
    closeSync(reader);
    return output.close();
  });
  const buffer = Buffer.alloc(1024 * 1024);
  return {
    output,
    close: () => closeSync(reader),
    reopen: () => void (reader = open()),
    read(): string {
      try {
        return buffer.toString('utf8', 0, readSync(reader, buffer));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return '';
        throw error;
      }
    },
  };
}
