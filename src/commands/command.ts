import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { calledAs } from '../lib/called-as.js';
import { printable } from '../lib/printable.js';

/** What a program is called with. */
interface Command<O extends ParseArgsOptionsConfig> {
  readonly name: string;
  /** What follows its name: operands and options. Empty if nothing does. */
  readonly usage: string;
  /** What it does, in whole lines. */
  readonly help: string;
  readonly operands: { readonly least: number; readonly most: number };
  /** Besides `--help`, as `parseArgs` of `node:util` takes them. */
  readonly options?: O;
  /** The exit code when `work` throws, it is called wrongly, or its output is lost. @default 1 */
  readonly trouble?: number;
}

/** The options that were given; those that were not are absent. */
type Values<O extends ParseArgsOptionsConfig> = Partial<ReturnType<typeof parseArgs<{ options: O }>>['values']>;

/**
 * Runs a program. `work` gets its operands and options, and resolves to whether all is well, or to the exit code. If it is not
 * well, the process exits with 1; if `work` throws an Error, its message is printed, and the process exits with `trouble`, as it does
 * if what it prints cannot be written.
 */
export async function runCommand<const O extends ParseArgsOptionsConfig>(
  { name, usage, help, operands, options, trouble = 1 }: Command<O>,
  work: (operands: readonly string[], options: Values<O>) => Promise<boolean | number>,
): Promise<void> {
  const text = `Usage: ${calledAs(name, usage)}\n\n${help}`;
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    // Who reads it may have had enough, as `head` has: what is being done is done to its end.
    if (code === 'EPIPE' || process.exitCode === trouble) return;
    process.stderr.write(`${name}: what it prints cannot be written: ${message}\n`);
    process.exitCode = trouble;
  });
  try {
    const { values, positionals } = parseArgs({
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values['help']) return void process.stdout.write(text);
    if (positionals.length < operands.least || positionals.length > operands.most) throw new Error(`\n${text}`);
    const result = await work(positionals, values as Values<O>);
    if (result !== true) process.exitCode ??= Number(result) || 1;
  } catch (error) {
    const message = error instanceof Error ? error.message.trimStart() : String(error);
    process.stderr.write(`${name}: ${printable(message)}\n`);
    process.exitCode = trouble;
  }
}
