import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { watchFile } from '../../src/lib/watched-file.js';

describe('a watched file', () => {
  it('is read again after it was written in place', async () => {
    const { path, values } = await watched();
    writeFileSync(path, 'two');
    await expect.poll(values).toEqual(['one', 'two']);
  });

  it('is read again after it was replaced by a rename', async () => {
    const { path, values } = await watched();
    writeFileSync(`${path}.new`, 'two');
    renameSync(`${path}.new`, path);
    await expect.poll(values).toEqual(['one', 'two']);
  });

  it('is read again after a link to its directory was swapped, as Kubernetes does', async () => {
    const directory = newDirectory();
    const inside = (name: string) => join(directory, name);
    for (const [name, text] of [
      ['..first', 'one'],
      ['..second', 'two'],
    ] as const) {
      mkdirSync(inside(name));
      writeFileSync(join(inside(name), 'secret'), text);
    }
    symlinkSync('..first', inside('..data'));
    symlinkSync('..data/secret', inside('secret'));
    const { values } = await watched(inside('secret'));
    symlinkSync('..second', inside('..data_tmp'));
    renameSync(inside('..data_tmp'), inside('..data'));
    await expect.poll(values).toEqual(['one', 'two']);
  });

  it('keeps its value while it is missing or wrong, which is said once each', async () => {
    const { path, values, faults } = await watched();
    rmSync(path);
    await expect.poll(faults).toEqual(['cannot be read (ENOENT)']);
    writeFileSync(path, 'wrong');
    await expect.poll(faults).toEqual(['cannot be read (ENOENT)', 'is wrong']);
    expect(values()).toEqual(['one']);
    writeFileSync(path, 'two');
    await expect.poll(faults).toEqual(['cannot be read (ENOENT)', 'is wrong', null]);
    expect(values()).toEqual(['one', 'two']);
  });

  it('is not read any more once it is closed', async () => {
    const { path, values, close } = await watched();
    close();
    writeFileSync(path, 'two');
    const other = await watched(path, () => undefined);
    writeFileSync(path, 'three');
    await expect.poll(other.values).toEqual(['two', 'three']);
    expect(values()).toEqual(['one']);
  });

  it('that cannot be used is an error that does not quote it', async () => {
    const directory = newDirectory();
    await expect(watched(join(directory, 'missing'), () => undefined)).rejects.toThrow('cannot be read (ENOENT)');
    await expect(watched(directory, () => undefined)).rejects.toThrow('is not a file');
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    await expect(watched(join(directory, 'pipe'), () => undefined)).rejects.toThrow('is not a file');
    writeFileSync(join(directory, 'binary'), Buffer.from([0xc3, 0x28]));
    await expect(watched(join(directory, 'binary'), () => undefined)).rejects.toThrow('is not text in UTF-8');
    writeFileSync(join(directory, 'large'), Buffer.alloc(1024 * 1024 + 1, 'x'));
    await expect(watched(join(directory, 'large'), () => undefined)).rejects.toThrow('is larger than');
  });
});

async function watched(path = join(newDirectory(), 'secret'), prepare = () => writeIfNew(path)) {
  prepare();
  const values: string[] = [];
  const faults: (string | null)[] = [];
  const file = await watchFile(path, {
    parse(text) {
      if (text === 'wrong' || text === '') throw new Error('is wrong');
      return text;
    },
    onChange: (value) => void values.push(value),
    onFault: (fault) => void faults.push(fault?.message ?? null),
    everyMs: 20,
  });
  onTestFinished(() => file.close());
  values.push(file.current());
  return { path, values: () => values, faults: () => faults, close: () => file.close() };
}

function writeIfNew(path: string): void {
  if (!path.includes('..') && path.endsWith('secret')) {
    try {
      writeFileSync(path, 'one', { flag: 'wx' });
    } catch {
      // It is there already.
    }
  }
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'watched-file-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}
