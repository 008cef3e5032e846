import { basename } from 'node:path';

/**
 * What this program is called with to run what has this name, for a usage line: the package's program has it as a subcommand, and npm
 * as a script in a checkout. `usage` is what may follow: operands and options, or nothing.
 */
export function calledAs(name: string, usage: string): string {
  const isPackage = basename(process.argv[1] ?? '').startsWith('jobalyzer-graphql');
  const program = isPackage ? 'jobalyzer-graphql' : 'npm run';
  return [program, name, ...(usage === '' ? [] : isPackage ? [usage] : ['--', usage])].join(' ');
}
