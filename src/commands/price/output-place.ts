import { readlink, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { PriceOptions } from './options.js';

/** Where the output is written. */
export interface OutputPlace {
  /** Of the file itself, where a link was named: the link stays. */
  readonly path: string;
  readonly directory: string;
  /** Whether there is a file. */
  readonly isTaken: boolean;
}

/** Finds where the output is to be. Throws an Error in words if none can be written there. */
export async function findOutputPlace({ input, output }: Pick<PriceOptions, 'input' | 'output'>): Promise<OutputPlace> {
  const path = await linkedFrom(output);
  const directory = dirname(path);
  const [source, target, parent] = await Promise.all(
    [input, path, directory].map((each) => stat(each).catch(() => null)),
  );
  if (!parent?.isDirectory()) throw new Error(`There is no directory ${directory} for the output.`);
  if (target?.isDirectory()) throw new Error(`${output} is a directory.`);
  // A device or a pipe would be replaced.
  if (target && !target.isFile()) throw new Error(`${output} is no file that can be written as a whole.`);
  if (source && target && source.dev === target.dev && source.ino === target.ino)
    throw new Error('--output names the list itself, which would be overwritten.');
  return { path, directory, isTaken: target !== null };
}

/** What a path leads to, also where that is not there yet. */
async function linkedFrom(path: string): Promise<string> {
  const found = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new Error(`${path} cannot be written: ${error.message}`, { cause: error });
  });
  if (found !== null) return found;
  const link = await readlink(path).catch(() => null);
  return link === null ? path : linkedFrom(resolve(dirname(path), link));
}
