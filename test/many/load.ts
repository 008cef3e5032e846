import { setTimeout as delay } from 'node:timers/promises';
import type { AnswersInput } from '../generated/operations.ts';
import { ask, inTurn, type Outcome } from './ask.ts';
import type { Fleet } from './fleet.ts';

const REFUSED_PAUSE_MS = 200;

interface Asked {
  readonly number: number;
  readonly outcome: Outcome;
  /** As `performance.now()`. */
  readonly at: number;
  readonly tookMs: number;
}

/** Clients that ask all servers for one different report after the other. */
export interface Load {
  /** What was answered so far. */
  readonly asked: readonly Asked[];
  /** How many reports were asked for so far. */
  count(): number;
  /** A number that no client asks for. */
  reserve(): number;
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly pauseMs?: number;
  readonly waitMs?: number;
  /** What is asked for. @default `numbered` */
  readonly answersOf?: (number: number) => AnswersInput;
}

export function startLoad(fleet: Fleet, clients: number, options: LoadOptions = {}): Load {
  const { pauseMs = 20, waitMs = 2_000, answersOf } = options;
  const asked: Asked[] = [];
  let next = 0;
  const stopping = new AbortController();
  const client = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const number = next++;
      const at = performance.now();
      const outcome = await ask(inTurn(fleet, number), number, waitMs, answersOf);
      asked.push({ number, outcome, at, tookMs: performance.now() - at });
      // As clients do that are told to come back later.
      await delay(outcome === 'READY' ? pauseMs : REFUSED_PAUSE_MS);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    asked,
    count: () => next,
    reserve: () => next++,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
