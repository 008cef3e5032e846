import { statSync } from 'node:fs';
import { loadDataDir } from '../config.js';
import { ledgersIn } from '../storage/sqlite/snapshot.js';
import { verifyLedger } from '../storage/sqlite/verify.js';
import { runCommand } from './command.js';

const HELP = `Checks ledgers: those in DATA_DIR, those in a directory such as a backup, or one file. Works while the server runs and
changes nothing. Prints each problem with the row it is in, and exits with 1 if there is any.
`;

await runCommand(
  { name: 'verify', usage: '[<file or directory>]', help: HELP, operands: { least: 0, most: 1 } },
  async ([given]) => {
    const path = given ?? loadDataDir();
    let problems = 0;
    for (const ledger of statSync(path, { throwIfNoEntry: false })?.isFile() ? [path] : ledgersIn(path)) {
      const found = await verifyLedger(ledger, (problem) => process.stderr.write(`${ledger}: ${problem}\n`));
      problems += found.problems;
      const contents = `${found.reports} reports, ${found.entries} entries, ${found.bodies} bodies`;
      process.stdout.write(
        `${ledger}: ${contents}, ${found.problems || 'no'} problem${found.problems === 1 ? '' : 's'}.\n`,
      );
    }
    return problems === 0;
  },
);
