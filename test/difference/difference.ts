import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import type { Directory } from '../fixtures/directory.ts';
import { casesFor, type Case } from './cases.ts';
import { machineTime, stopClock } from './clock.ts';
import { KINDS } from './kinds.ts';
import type { Product } from './product.ts';
import { seedLedger } from './seeds.ts';
import { createWorld, LONGEST_WAIT_MS, type Hits, type World } from './world.ts';

export interface DifferenceOptions {
  readonly product: Product;
  readonly cases: number;
  readonly seed: number;
  readonly onCase?: (number: number) => void;
}

export interface Summary extends Hits {
  readonly cases: number;
  /** To each of the two servers. */
  readonly requests: number;
}

const SCHEMA = join(import.meta.dirname, '..', '..', 'schema.graphql');
/** A ledger is used for so long; then its time is too far from that of this machine. */
const LEDGER_LASTS_MS = 200_000;
/** A case that fails is made smaller in so many runs at most, each in a world of its own. */
const MOST_SHRINKS = 120;

/** Rejects with the smallest case found in which a server with stored answers differs from one without. */
export async function runDifference({ product, cases, seed, onCase }: DifferenceOptions): Promise<Summary> {
  const clock = stopClock();
  let ledger: { readonly directory: Directory; readonly now: number } | undefined;
  let world: World | undefined;
  let worlds = 0;
  let requests = 0;
  let repeated = 0;
  let made = 0;
  let done = 0;
  let failures = 0;
  let shrinks = 0;

  async function nextWorld(): Promise<World> {
    await endWorld();
    if (!ledger || machineTime() - ledger.now > LEDGER_LASTS_MS) {
      await ledger?.directory.remove();
      const now = machineTime();
      ledger = { directory: await seedLedger(product, clock, now), now };
    }
    const kind = KINDS[worlds++ % KINDS.length] ?? KINDS[0];
    if (!kind) throw new Error('There is no kind of world.');
    const alone = failures > 0;
    return createWorld({ product, kind, clock, ledger: ledger.directory, now: ledger.now, alone });
  }

  async function endWorld(): Promise<void> {
    const ended = world;
    world = undefined;
    try {
      if (failures > 0 || !ended) return;
      const hits = await ended.end();
      repeated += hits.repeated;
      made += hits.made;
    } finally {
      await ended?.close();
    }
  }

  async function run(each: Case): Promise<void> {
    if (failures > 0 && ++shrinks > MOST_SHRINKS) return;
    // What is smaller must differ by itself, not by what was before.
    if (!world?.lasts || failures > 0) {
      if (failures > 0) worlds -= 1;
      world = await nextWorld();
    }
    try {
      await world.run(each);
    } catch (error) {
      failures += 1;
      throw error;
    }
    requests += each.steps.length;
    done += 1;
    onCase?.(done);
  }

  try {
    const schema = buildSchema(readFileSync(SCHEMA, 'utf8'));
    const property = fc.asyncProperty(casesFor({ schema, longestWaitMs: LONGEST_WAIT_MS }), run);
    const result = await fc.check(property, { numRuns: cases, seed });
    if (result.failed) {
      const [smallest] = result.counterexample ?? [];
      throw new Error(`Seed ${seed}, case ${result.numRuns}: ${JSON.stringify(smallest, null, 1)}`, {
        cause: result.errorInstance,
      });
    }
    await endWorld();
    return { cases: done, requests, repeated, made };
  } finally {
    await world?.close();
    await ledger?.directory.remove();
    clock.release();
  }
}
