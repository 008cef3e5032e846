import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openThreadedWriter } from '../../src/storage/sqlite/threaded-writer.js';
import { testDirectory } from '../fixtures/test-directory.js';

const CALLS = 20;

describe('a thread that writes', () => {
  it('and ends after it has said what it wrote, has written all of that', async () => {
    const writer = opened(`${REPLY_TO_ALL} parentPort.close();`);
    const writes = Array.from({ length: CALLS }, (_, now) => writer.trust(now));
    expect(await Promise.all(writes)).toHaveLength(CALLS);
    await expect(writer.trust(1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('and says at once what it wrote, lets the event loop turn between what follows from it', async () => {
    const writer = opened(REPLY_TO_ALL);
    const writes = Array.from({ length: CALLS }, (_, now) => writer.trust(now));
    const all = new AbortController();
    let turns = 0;
    const count = async (): Promise<void> => {
      for (; !all.signal.aborted; turns++) await turn();
    };
    const turned = writes.map(async (write) => write.then(() => turns));
    void count();
    const after = await Promise.all(turned);
    all.abort();
    expect(new Set(after).size).toBeGreaterThan(CALLS / 2);
    expect(after).toEqual(after.toSorted((a, b) => a - b));
  });

  it('and answers while this process is frozen is not given up', async () => {
    const answered = join(await testDirectory(), 'answered');
    const say = `(await import('node:fs')).writeFileSync(${JSON.stringify(answered)}, '');`;
    const writer = opened(`setTimeout(async () => { ${REPLY_TO_ALL} ${say} }, 200);`, 1_000);
    const writes = Array.from({ length: CALLS }, (_, now) => writer.trust(now));
    // The thread has been started, and watched, by now.
    await turn();
    do Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
    while (!existsSync(answered));
    expect(await Promise.all(writes)).toHaveLength(CALLS);
    expect(writer.fault()).toBeNull();
  });

  it('and does not answer in time is given up, and so is all that waits for it', async () => {
    const writer = opened('', 1_000);
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
      cause: { name: 'Error', message: unknown.cause.message },
    });
  });
});

/** Of a thread that answers all calls in one message. */
const REPLY_TO_ALL = 'parentPort.postMessage({ replies: calls.map(({ id }) => ({ id, result: undefined })) });';

/** `answer`: what its thread does after as many calls. */
function opened(answer: string, patienceMs = 30_000) {
  const program = `
    import { parentPort } from 'node:worker_threads';
    const calls = [];
    parentPort.on('message', (call) => {
      if (calls.push(call) < ${CALLS}) return;
      ${answer}
    });`;
  const thread = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  const writer = openThreadedWriter(
    { path: '', files: [], epoch: 1 },
    { thread, onDamage: () => undefined, patienceMs },
  );
  // It is told to close, and does not: so it is not waited for.
  onTestFinished(() => void writer.close());
  return writer;
}
