/** The program of the package: the server, or a subcommand. Loads nothing but what was asked for. */
import { allowLostOutput } from './lib/lost-output.js';
import { endWithParent } from './lib/parent-process.js';
import { VERSION } from './lib/version.js';

interface Subcommand {
  readonly about: string;
  /** Runs it with the arguments that follow its name in `process.argv`. */
  readonly run: () => Promise<unknown>;
}

const SUBCOMMANDS = new Map<string, Subcommand>([
  [
    'simulator',
    { about: 'run a simulator of Jobalyzer, with invented data', run: () => import('./simulator/main.js') },
  ],
  ['price', { about: 'price a list of jobs', run: () => import('./commands/price.js') }],
  ['backup', { about: 'copy the ledgers into a new directory', run: () => import('./commands/backup.js') }],
  ['verify', { about: 'check ledgers or a backup', run: () => import('./commands/verify.js') }],
  ['audit', { about: "compare a month's bill with what was bought", run: () => import('./commands/audit.js') }],
  ['move-ledger', { about: 'move the ledger to PostgreSQL', run: () => import('./commands/move-ledger.js') }],
  ['check-config', { about: 'check the settings and print them', run: checkConfig }],
]);

const HELP = `Usage: jobalyzer-graphql [<command>]

Without a command, runs the server, with the settings in the environment and in the file .env of the working directory.
Without credentials of Jobalyzer it invents its data. What was bought is kept in the directory DATA_DIR (./data).

Commands:
${[...SUBCOMMANDS].map(([name, { about }]) => `  ${name.padEnd(14)}${about}`).join('\n')}

  -h, --help      show this text; after a command, what the command does (so does: help <command>)
  -v, --version   show the version
`;

const CHECK_CONFIG_HELP = `Usage: jobalyzer-graphql check-config

Reads the settings and the files that they name as the server does when it starts, and prints the effective settings as
JSON, without secrets; warnings go to the error output. Exits with 1 and says what is wrong if anything is. Opens no ledger, so it
can run beside the server.
`;

// Not awaited here: a module that waits while it is loaded cannot be loaded by `require`.
void run(process.argv[2]);

async function run(name: string | undefined): Promise<void> {
  if (name === 'help') {
    const [command = '--help'] = process.argv.slice(3);
    process.argv.splice(2, 2, command, '--help');
    return run(command);
  }
  if (isHelp(name)) return print(HELP);
  if (name === '--version' || name === '-v') return print(`${VERSION}\n`);
  // The shell that npm runs it in passes no signals on: npx would be gone, and the server would not.
  if ((await import('./config.js')).isRunByNpm()) endWithParent();
  if (name === undefined) return void (await import('./main.js'));
  const subcommand = SUBCOMMANDS.get(name);
  if (!subcommand)
    return fail(`there is no command ${JSON.stringify(name)}; there are ${[...SUBCOMMANDS.keys()].join(', ')}`);
  process.argv.splice(2, 1);
  await subcommand.run();
}

/** The server itself knows how, by an option of its own. */
async function checkConfig(): Promise<void> {
  const [given] = process.argv.slice(2);
  if (isHelp(given)) return print(CHECK_CONFIG_HELP);
  if (given !== undefined) return fail(`check-config has no ${JSON.stringify(given)}`);
  process.argv.push('--check-config');
  await import('./main.js');
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

function print(text: string): void {
  allowLostOutput('jobalyzer-graphql');
  process.stdout.write(text);
}

function fail(reason: string): void {
  process.stderr.write(`jobalyzer-graphql: ${reason}. --help shows more.\n`);
  process.exitCode = 1;
}
