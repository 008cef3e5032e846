import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { absent } from '../../src/datasources/reports/ledger.js';
import { OutcomeUnknown } from '../../src/datasources/reports/ports.js';
import { storeUnavailable } from '../../src/errors.js';
import type { Database } from '../../src/storage/postgres/connections.js';
import { createWriter } from '../../src/storage/postgres/writer.js';
import { CLAIM, newReport, stepOf } from '../contract/steps.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LOST = storeUnavailable(new OutcomeUnknown('The connection was lost.'));
const FULL = storeUnavailable(refusal('53300'));
const IMPOSSIBLE = storeUnavailable(refusal('22P05'));
/** So long a caller waits. */
const PATIENCE_MS = 2_000;

describe('what cannot be stored in time', () => {
  it('is certainly not stored if the database refused it each time', async () => {
    const { write, statements } = writing(() => Promise.reject(FULL));
    const failure = write().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await failure).toBe(FULL);
    const { length } = statements;
    await pause(100);
    expect(statements, 'nor is it later').toHaveLength(length);
  });

  it('is perhaps stored if the first connection was lost, whatever has refused it since', async () => {
    const { write, statements } = writing((attempt) => Promise.reject(attempt === 1 ? LOST : FULL));
    const failure = write().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1);
    // It is repeated by a timer that is real.
    while (statements.length < 3) await pause(10);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await failure).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: expect.any(OutcomeUnknown) });
    expect(new Set(statements.map(({ stamps: [stamp] }) => stamp)).size, 'it is the same each time').toBe(1);
  });

  it('is perhaps stored if it is just being stored', async () => {
    const { write } = writing(() => new Promise(() => undefined));
    const failure = write().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await failure).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: expect.any(OutcomeUnknown) });
  });

  it('is not stored later: behind other statements, it has left', async () => {
    const { held, before, write, statements } = await writingFour();
    const failure = write().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await failure).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await failure).not.toMatchObject({ cause: expect.any(OutcomeUnknown) });
    held.resolve();
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    await Promise.all(before);
    expect(statements).toHaveLength(4);
  });
});

it('what waits behind four statements is stored once one of them has ended', async () => {
  const { held, before, write, statements } = await writingFour();
  const stored = write();
  await vi.advanceTimersByTimeAsync(1);
  expect(statements).toHaveLength(4);
  held.resolve();
  await vi.advanceTimersByTimeAsync(1);
  expect((await stored).committed).toMatchObject([{ won: true }]);
  await Promise.all(before);
});

it('what no database can store does not keep what is stored with it from being stored', async () => {
  const bad = newReport();
  const { write, statements } = writing((_attempt, ids) =>
    ids.includes(bad.id) ? Promise.reject(IMPOSSIBLE) : Promise.resolve(),
  );
  const outcomes = Promise.allSettled([write(), write(bad), write()]);
  await vi.advanceTimersByTimeAsync(10);
  expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(statements.map(({ ids }) => ids.length)).toEqual([3, 1, 1, 1]);
});

it('whoever ends the process waits until everything is stored', async () => {
  const held = Promise.withResolvers<void>();
  const { write, writer } = writing(() => held.promise);
  const stored = write();
  let isDrained = false;
  const draining = writer.drain().then(() => (isDrained = true));
  await vi.advanceTimersByTimeAsync(200);
  expect(isDrained).toBe(false);
  held.resolve();
  await vi.advanceTimersByTimeAsync(200);
  await stored;
  await draining;
});

interface Statement {
  /** The reports, and by what each of their steps is recognized. */
  readonly ids: readonly string[];
  readonly stamps: readonly string[];
}

/** A writer that has as many statements under way as it may have, which end when `held` is resolved. */
async function writingFour() {
  const held = Promise.withResolvers<void>();
  const { write, statements } = writing(() => held.promise);
  const before: Promise<unknown>[] = [];
  for (let statement = 0; statement < 4; statement++) {
    before.push(write().catch(() => undefined));
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(statements).toHaveLength(4);
  return { held, before, write, statements };
}

/** A writer of claims on a database that does with each statement what `answer` does. */
function writing(answer: (attempt: number, ids: readonly string[]) => Promise<void>) {
  const statements: Statement[] = [];
  const database = {
    schema: 'jobalyzer',
    async write(_sql: string, [given]: readonly [string]) {
      const steps = JSON.parse(given) as readonly { readonly report_id: string; readonly stamp: string; ord: number }[];
      const ids = steps.map(({ report_id: id }) => id);
      statements.push({ ids, stamps: steps.map(({ stamp }) => stamp) });
      await answer(statements.length, ids);
      return steps.map(({ ord }) => ({ ord, outcome: 'won', version: 1 }));
    },
  };
  const writer = createWriter({
    database: database as unknown as Database,
    ownerOf: () => 'me',
    reader: { isUnreadable: () => false } as never,
  });
  const write = (report = newReport()) => writer.write(report, [stepOf(absent(report.id, 'PAY'), CLAIM)]);
  return { writer, write, statements };
}

function refusal(code: string): DatabaseError {
  return Object.assign(new DatabaseError('No.', 3, 'error'), { code });
}
