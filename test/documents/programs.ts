import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

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
  const child = spawn(command, args, { timeout: 45_000, killSignal: 'SIGKILL' });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    onOutput(output);
  });
  const errors = text(child.stderr);
  child.stdin.end(program);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors: await errors };
}
