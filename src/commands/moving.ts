import type { MoveTarget } from '../storage/postgres/move/move-target.js';
import type { MoveSource } from '../storage/sqlite/move-source.js';

/**
 * Moves an embedded ledger. Each step can be the last one of this process: the next one goes on from what both ledgers say.
 * Throws an Error that says what is in the way, or which row is not equal.
 */
export async function moveLedger(source: MoveSource, target: MoveTarget, say: (line: string) => void): Promise<void> {
  if (target.move && target.move.id !== source.mark?.id)
    throw new Error('DATABASE_SCHEMA: the schema holds another ledger.');
  if (source.mark?.state === 'moved' && !target.move) throw new Error('DATA_DIR: the ledger has been moved elsewhere.');
  if (!target.move?.isFinished) {
    await target.requireFree();
    source.begin();
    await target.begin(source.id);
    say('The ledger is marked; copying it.');
    await target.copy(source);
    say('Copied; comparing every row.');
    const rows = await target.check(source);
    await target.finish(source.rows('meta', null));
    say(
      Object.entries(rows)
        .map(([table, count]) => `${table} ${count}`)
        .join(', '),
    );
  }
  source.finish();
  say('The ledger has been moved: start the servers with DATABASE_URL.');
}
