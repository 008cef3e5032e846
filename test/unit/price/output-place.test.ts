import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findOutputPlace } from '../../../src/commands/price/output-place.js';
import { testDirectory } from '../../fixtures/test-directory.js';

describe('the place of the output', () => {
  async function places() {
    const directory = await realpath(await testDirectory());
    const at = (name: string) => join(directory, name);
    await writeFile(at('jobs.csv'), 'a');
    return { directory, at, find: (name: string) => findOutputPlace({ input: at('jobs.csv'), output: at(name) }) };
  }

  it('is a file, there or not', async () => {
    const { directory, at, find } = await places();
    expect(await find('priced.csv')).toEqual({ path: at('priced.csv'), directory, isTaken: false });
    await writeFile(at('priced.csv'), 'b');
    expect(await find('priced.csv')).toEqual({ path: at('priced.csv'), directory, isTaken: true });
  });

  it('is what a link leads to, there or not, so that the link stays', async () => {
    const { at, find } = await places();
    await mkdir(at('elsewhere'));
    await symlink('elsewhere/priced.csv', at('one'));
    await symlink('one', at('two'));
    const place = { path: at('elsewhere/priced.csv'), directory: at('elsewhere') };
    expect(await find('two')).toEqual({ ...place, isTaken: false });
    await writeFile(at('elsewhere/priced.csv'), 'b');
    expect(await find('two')).toEqual({ ...place, isTaken: true });
  });

  it('is not the list itself, a directory, or in none', async () => {
    const { at, find } = await places();
    await mkdir(at('folder'));
    await symlink(at('jobs.csv'), at('same.csv'));
    await symlink('loop', at('loop'));
    await expect(find('jobs.csv')).rejects.toThrow('--output names the list itself');
    await expect(find('same.csv')).rejects.toThrow('--output names the list itself');
    await expect(find('folder')).rejects.toThrow('is a directory.');
    await expect(find('nowhere/priced.csv')).rejects.toThrow('There is no directory ');
    await expect(find('loop')).rejects.toThrow('loop cannot be written: ');
  });

  it('is nothing that a file would replace, such as a device', async () => {
    const { at, find } = await places();
    const server = createServer().listen(at('socket'));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    await expect(find('socket')).rejects.toThrow('socket is no file that can be written as a whole.');
  });
});
