import { parseArgs } from 'node:util';

/**
 * Runs a program whose only option is `--help`. `work` gets its operands and resolves to whether all is well; if it is not,
 * or `work` throws an Error, whose message is then printed, the process exits with 1.
 */
export async function runCommand(
  { name, help, operands }: { name: string; help: string; operands: { least: number; most: number } },
  work: (operands: readonly string[]) => Promise<boolean>,
): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help) return void process.stdout.write(help);
    if (positionals.length < operands.least || positionals.length > operands.most) throw new Error(`\n${help}`);
    if (!(await work(positionals))) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message.trimStart() : String(error)}\n`);
    process.exitCode = 1;
  }
}
