import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { calledAs } from '../lib/called-as.js';
import { allowLostOutput } from '../lib/lost-output.js';
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
  allowLostOutput(name, trouble);
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
    process.stderr.write(`${name}: ${printable(messageOf(error))}\n`);
    process.exitCode = trouble;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node says at length how an operand would be written that looks like an option.
  if ('code' in error && error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return `${error.message.split('. ')[0]}. --help shows more.`;
  return error.message.trimStart();
}
