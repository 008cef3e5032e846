import { crc32 } from 'node:zlib';
import type { OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Place } from '../../datasources/reports/cache.js';
import { ownText } from '../../lib/own-text.js';
import type { Outcome } from '../operation.js';
import type { Safelist } from '../persisted/safelist.js';
import { WrittenResult } from './written-result.js';

/** An answer that was made of what is in memory: the same for whoever asks for the same. */
export interface StoredAnswer {
  /** Without what it selects, which would keep the whole document in memory. */
  readonly definition: OperationDefinitionNode;
  readonly json: string;
  readonly outcome: Outcome;
  /** How many reports the operation asks for, as points of the rate count them. */
  readonly reports: number;
  /** Where every report is that it was made of, as often as it is in it. */
  readonly parts: readonly Place[];
  /** The list that its operation was on; null: none was asked for. */
  readonly safelist: Safelist | null;
}

/** `stored`: whether it was made just now, or is sent again. */
export function storedAnswer(
  { definition, json, reports, parts, safelist }: Omit<StoredAnswer, 'outcome'>,
  stored: NonNullable<Outcome['stored']>,
): StoredAnswer {
  const outcome: Outcome = { definition, results: new WrittenResult(json), refused: null, stored };
  return { definition, json, outcome, reports, parts, safelist };
}

/**
 * Answers by what was received. The same text asks for the same at every door: a body, a query string with its `?`, or the
 * payload of a socket's message; and what is the same in other words, by what it means.
 */
export interface RepeatedAnswers {
  has(received: string): boolean;
  /** Its answer at that time, which may not be right any more. */
  get(received: string): StoredAnswer | undefined;
  /** Keeps the answer if the request has been here before: what is never repeated pushes nothing out. */
  offer(received: string, answer: StoredAnswer): void;
}

/** Bounds, in characters of requests and answers; each counts a bit more than it has. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
const LONGEST = 256 * 1024;
const OVERHEAD = 500;
/** So many requests that have been here once are remembered at most, each by a hash in a place of its own. */
const SEEN_PLACES = 65_536;

export function createRepeatedAnswers({ most = MOST_CHARACTERS, seenPlaces = SEEN_PLACES } = {}): RepeatedAnswers {
  const answers = new LRUCache<string, StoredAnswer>({
    maxSize: most,
    sizeCalculation: ({ json, parts }, received) => received.length + json.length + OVERHEAD + 8 * parts.length,
  });
  const seen = new Uint32Array(seenPlaces);

  /** Whether it has been here. Another one with the same hash does no harm: an answer is kept the first time. */
  function wasSeen(received: string): boolean {
    const hash = crc32(received);
    const place = hash % seenPlaces;
    const isSeen = seen[place] === hash;
    seen[place] = hash;
    return isSeen;
  }

  return {
    has: (received) => answers.has(received),
    get: (received) => answers.get(received),
    offer(received, answer) {
      if (received.length + answer.json.length > LONGEST) return;
      if (answers.has(received) || wasSeen(received)) {
        const { outcome, json } = answer;
        const isKept = outcome.stored === 'repeated';
        answers.set(received, isKept ? answer : storedAnswer({ ...answer, json: ownText(json) }, 'repeated'));
      }
    },
  };
}
