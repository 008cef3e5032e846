import { execFile } from 'node:child_process';
import { join } from 'node:path';

const COMMANDS = join(import.meta.dirname, '..', '..', 'dist', 'commands');

export interface CommandResult {
  readonly code: number | string | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a command of the build, such as `backup`, with these settings and no others. */
export function runCommand(
  name: string,
  operands: readonly string[],
  { settings = {}, wrapper = [] }: { settings?: Readonly<Record<string, string>>; wrapper?: readonly string[] } = {},
): Promise<CommandResult> {
  const [program = '', ...rest] = [...wrapper, process.execPath, join(COMMANDS, `${name}.js`), ...operands];
  return new Promise((resolve) => {
    execFile(program, rest, { env: settings }, (error, output, errors) =>
      resolve({ code: error ? (error.code ?? null) : 0, output, errors }),
    );
  });
}
