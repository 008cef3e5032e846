import { loadDataDir } from '../config.js';
import { backUp } from '../storage/sqlite/backup.js';
import { runCommand } from './command.js';

const HELP = `Copies every ledger in DATA_DIR (ledger.sqlite, simulated.sqlite or both) into a new directory, also while the server
runs. The directory appears once all copies are complete, checked and on disk. Nothing is ever overwritten.
Exits with 1, and leaves no directory, if anything is wrong. docs/backup.md says how to restore.
`;

await runCommand(
  { name: 'backup', usage: '<directory>', help: HELP, operands: { least: 1, most: 1 } },
  async ([target = '']) => {
    for (const { from, to, bytes, rows } of await backUp(loadDataDir(), target)) {
      const contents = `${rows['reports']} reports, ${rows['bodies']} bodies, ${bytes} bytes`;
      process.stdout.write(`${from} → ${to}: ${contents}, checked.\n`);
    }
    return true;
  },
);
