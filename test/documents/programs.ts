import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { newDirectory, type Directory } from '../fixtures/directory.js';

/** The address at which the programs of the documents expect the server. */
const PRINTED = /\b(localhost|127\.0\.0\.1):4000\b/g;

/** The code blocks of a language in a document, in order. */
export function blocks(path: string, language: string): string[] {
  const fences = readFileSync(path, 'utf8').matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...fences].filter(([, name]) => name === language).map(([, , code]) => code as string);
}

/** The same program, for a server at another address. Fails if it does not name the address at all. */
export function addressedTo(url: string, program: string): string {
  if (program.match(PRINTED) === null) throw new Error('The program does not name the address of the server.');
  return program.replace(PRINTED, new URL(url).host);
}

/** The code blocks of a document that are files: their first line is a comment with the name. */
function files(path: string): Map<string, string> {
  const fences = readFileSync(path, 'utf8').matchAll(/^```\w+\n((?:\/\/|#) (\w+\.\w+)\n.*?)^```$/gms);
  return new Map([...fences].map(([, code = '', name = '']) => [name, code]));
}

/**
 * Writes the files of a document, for a server at another address, to a directory of their own. Programs find packages
 * there as in the project's folder.
 */
export async function unpacked(path: string, url: string): Promise<Directory> {
  const directory = await newDirectory();
  await symlink(resolve('node_modules'), join(directory.path, 'node_modules'));
  await writeFile(join(directory.path, 'package.json'), '{ "type": "module" }');
  for (const [name, code] of files(path)) {
    await writeFile(join(directory.path, name), code.replace(PRINTED, new URL(url).host));
  }
  return directory;
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a program as a process of its own that finds packages as a program in the project's folder does.
 *
 * @param onOutput receives everything printed so far, after each addition.
 */
export async function run(
  language: 'js' | 'sh',
  program: string,
  onOutput: (output: string) => void = () => {},
): Promise<Outcome> {
  const [command, args] = language === 'js' ? [process.execPath, ['--input-type=module', '-']] : ['sh', ['-e']];
  return outcomeOf(command, args, program, onOutput);
}

/** Runs a program of several files, of which one is named, in the same way. */
export async function runFile(path: string, onOutput: (output: string) => void = () => {}): Promise<Outcome> {
  return outcomeOf(process.execPath, [path], '', onOutput);
}

async function outcomeOf(
  command: string,
  args: readonly string[],
  input: string,
  onOutput: (output: string) => void,
): Promise<Outcome> {
  const child = spawn(command, args, { timeout: 240_000, killSignal: 'SIGKILL' });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    onOutput(output);
  });
  const errors = text(child.stderr);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors: await errors };
}
