/** The thread that writes to the ledger, so that waiting for the disk holds up nothing else. Started by `threaded-writer.ts`. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { lossOf } from './guard.js';
import { ownerSince } from './owner.js';
import { placeOf } from './place.js';
import { createWriter, type LedgerWriter } from './writer.js';
import { errorToSend, type Call, type Message, type Reply, type WriterData } from './writer-messages.js';

const { path, files, epoch } = workerData as WriterData;
const db = new DatabaseSync(path);
db.exec('PRAGMA synchronous = FULL');
const owner = ownerSince(db, epoch);
const place = placeOf(files);
const writer: LedgerWriter = createWriter(db, {
  fault: () => lossOf({ owner, place }),
  answer: () => owner.answer(),
  onDamage: (damaged) => send({ damaged }),
});
let replies: Reply[] = [];

function send(message: Message): void {
  parentPort?.postMessage(message);
}

/** In one message with those of the same transaction. */
function reply(one: Reply): void {
  if (replies.push(one) > 1) return;
  queueMicrotask(() => {
    send({ replies });
    replies = [];
  });
}

async function answer({ id, method, args }: Call): Promise<void> {
  try {
    const call = writer[method] as (...given: readonly unknown[]) => Promise<unknown>;
    reply({ id, result: await call(...args) });
  } catch (error) {
    reply({ id, error: errorToSend(error) });
  }
  if (method !== 'close') return;
  db.close();
  // After the reply: nothing is left that keeps this thread.
  queueMicrotask(() => parentPort?.close());
}

parentPort?.on('message', (call: Call) => void answer(call));
