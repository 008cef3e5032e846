import { expect, it, onTestFinished } from 'vitest';
import { openThreadedWriter } from '../../src/storage/sqlite/threaded-writer.js';

it('a thread that does not answer in time is given up, and so is all that waits for it', async () => {
  const thread = new URL(
    `data:text/javascript,${encodeURIComponent("import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => undefined);")}`,
  );
  const writer = openThreadedWriter(
    { path: '', files: [], epoch: 1 },
    { thread, onDamage: () => undefined, patienceMs: 1_000 },
  );
  onTestFinished(() => writer.close());
  expect(writer.fault()).toBeNull();
  const unknown = {
    code: 'STORE_UNAVAILABLE',
    cause: { name: 'OutcomeUnknown', message: 'The thread that writes to the ledger did not answer for 1 s.' },
  };
  await Promise.all([
    expect(writer.trust(1)).rejects.toMatchObject(unknown),
    expect(writer.ping()).rejects.toMatchObject(unknown),
  ]);
  expect(writer.fault()).toBe(unknown.cause.message);
  await expect(writer.trust(2)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    cause: { name: 'LedgerLost', message: unknown.cause.message },
  });
});
