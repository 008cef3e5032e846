import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { patientDeadline } from '../../src/lib/patient-deadline.js';

/** As long as this takes, nothing else happens in this process. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a patient deadline', () => {
  it('passes after its time, and not before', async () => {
    const startedAt = performance.now();
    const { signal } = patientDeadline(600);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(599);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('never passes once it is closed', async () => {
    const { signal, close } = patientDeadline(300);
    await delay(260);
    close();
    await delay(300);
    expect(signal.aborted).toBe(false);
  });

  it('aborts with the signal that it is given', () => {
    const given = new AbortController();
    const { signal, close } = patientDeadline(10_000, given.signal);
    given.abort(new Error('enough'));
    expect(signal.reason).toMatchObject({ message: 'enough' });
    close();
    expect(patientDeadline(0, AbortSignal.abort('before')).signal.reason).toBe('before');
  });

  it('leaves a process that was frozen the time to read what has arrived', async () => {
    const { signal } = patientDeadline(100);
    block(800);
    await delay(1_000);
    expect(signal.aborted).toBe(false);
    await expect.poll(() => signal.aborted).toBe(true);
  });

  it('leaves a process that is busy enough turns to connect and ask', async () => {
    const { signal } = patientDeadline(1_900);
    let turns = 0;
    for (; !signal.aborted; turns++) {
      block(400);
      await delay(1);
    }
    expect(turns).toBeGreaterThanOrEqual(8);
  });
});
