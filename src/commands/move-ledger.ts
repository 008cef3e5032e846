import { loadConfig } from '../config.js';
import { openMoveTarget } from '../storage/postgres/move/move-target.js';
import { accountOf } from '../storage/shared/account.js';
import { openMoveSource } from '../storage/sqlite/move-source.js';
import { runCommand } from './command.js';
import { moveLedger } from './moving.js';

const HELP = `Copies the embedded ledger in DATA_DIR into the schema of DATABASE_URL, with the settings of the server, which must be
stopped. The schema must be empty, or hold an unfinished copy of this ledger. The ledger is marked first, so that no server
uses it any more; when every row has been compared, the copy is the ledger. If it is interrupted, run it again: it goes on.
docs/scaling.md has the details.
`;

await runCommand({ name: 'move-ledger', usage: '', help: HELP, operands: { least: 0, most: 0 } }, async () => {
  const { dataDir, database, jobalyzer } = loadConfig();
  if (!database) throw new Error('DATABASE_URL: must be set: it is where the ledger is moved to.');
  const account = accountOf(jobalyzer);
  const source = openMoveSource(dataDir, jobalyzer ? 'ledger' : 'simulated', account);
  try {
    const target = await openMoveTarget({
      url: (database.listenUrl ?? database.url).reveal(),
      passwordFile: database.passwordFile,
      schema: database.schema,
      account,
    });
    try {
      await moveLedger(source, target, (line) => process.stdout.write(`${line}\n`));
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
  return true;
});
