import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { ApiError } from '../../errors.js';
import { delay } from '../../lib/delay.js';
import { abortable } from '../../lib/abortable.js';
import type { JobalyzerClient } from './client.js';
import { decodeDegrees, decodeImpact, decodeJobTitleMatch, decodeLocations, decodeSuggestions } from './decode.js';
import { ANSWER_IDS } from './encode.js';
import type { Fields } from './fields.js';
import { lookupOutcome, unknownJobTitle, withoutToken } from './lookup-response.js';
import { faultDelay, withJitter } from './retry.js';
import { TokenError } from './token-failures.js';
import type {
  AnswerKind,
  ImpactKind,
  ImpactReport,
  JobTitleMatch,
  LocationSuggestion,
  Suggestion,
} from '../../model/lookups.js';

/** Jobalyzer's synchronous endpoints, which are free of charge. */
export interface Lookups {
  /** Throws NOT_FOUND if upstream does not recognize the title. */
  impact(kind: ImpactKind, jobTitle: string, autoResolveJobTitle: boolean, signal: AbortSignal): Promise<ImpactReport>;
  /** At most ten, best first; empty if the term is too short for upstream. */
  suggest(kind: AnswerKind, term: string, signal: AbortSignal): Promise<readonly Suggestion[]>;
  /** The same, as many as upstream sends. Throws UPSTREAM_BAD_RESPONSE unless it is a list that can be read to its end. */
  allSuggestions(kind: AnswerKind, term: string, signal: AbortSignal): Promise<readonly Suggestion[]>;
  /** Throws NOT_FOUND if there is no similar title. */
  matchJobTitle(jobTitle: string, signal: AbortSignal): Promise<JobTitleMatch>;
  locations(term: string, signal: AbortSignal): Promise<readonly LocationSuggestion[]>;
  /** The same. Throws UPSTREAM_BAD_RESPONSE unless it is a list that can be read to its end. */
  allLocations(term: string, signal: AbortSignal): Promise<readonly LocationSuggestion[]>;
}

/** Look-ups of which the results are remembered for a while. */
export interface RememberedLookups extends Lookups {
  /** The same, of what is remembered alone: throws `NotRemembered` instead of asking upstream or waiting for it. */
  readonly remembered: Lookups;
}

export class NotRemembered extends Error {
  constructor() {
    super('Upstream is not asked for the moment: look-ups take too long.');
  }
}

interface Kept {
  readonly result: Promise<unknown>;
  /** Whether upstream has answered already. */
  readonly isHere: boolean;
}

interface Listed<T> {
  readonly list: readonly T[];
  /** Whether upstream sent a list, and nothing is missing here: what is not among these is not among upstream's. */
  readonly isWhole: boolean;
}

const ATTEMPTS = 3;
/** With all its attempts and the pauses between them. */
const LONGEST_LOOKUP_MS = 30_000;
const MEMORY_MS = 10 * 60_000;
const MEMORY_ENTRIES = 2_000;
/** As JSON. */
const MEMORY_CHARACTERS = 32 * 1024 * 1024;
/** As documented. */
const MOST_SUGGESTIONS = 10;
const MOST_PATHS_LOGGED = 10;
const NOTHING: Listed<never> = { list: [], isWhole: true };

/** Responses are cached for ten minutes and shared: the same terms are requested often, and results rarely change. */
export function createLookups(client: JobalyzerClient, log: Logger): RememberedLookups {
  const kept = new LRUCache<string, Kept>({
    max: MEMORY_ENTRIES,
    maxSize: MEMORY_CHARACTERS,
    ttl: MEMORY_MS,
  });

  function ask<T>(
    path: string,
    query: Record<string, string>,
    decode: (body: Fields) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const key = JSON.stringify([path, query]);
    let decoded = kept.get(key)?.result as Promise<T> | undefined;
    if (!decoded) {
      // Not the caller's signal: other callers may be sharing this request when this one leaves.
      decoded = fetchBody(client, path, query).then((body) => reading(path, body, decode), asApiError);
      kept.set(key, { result: decoded, isHere: false }, { size: 1 });
      decoded.then(
        (value) => keep(key, value),
        () => kept.delete(key),
      );
    }
    return abortable(decoded, signal);
  }

  /** With its size, now that it is known. */
  function keep(key: string, value: unknown): void {
    if (!kept.has(key)) return;
    const result = Promise.resolve(value);
    kept.set(key, { result, isHere: true }, { size: JSON.stringify(value).length, noUpdateTTL: true });
  }

  /** What `ask` would return at once. */
  async function recall<T>(path: string, query: Record<string, string>): Promise<T> {
    const known = kept.get(JSON.stringify([path, query]));
    if (!known?.isHere) throw new NotRemembered();
    return known.result as Promise<T>;
  }

  function reading<T>(path: string, body: Fields, decode: (body: Fields) => T): T {
    const decoded = decode(body);
    const { count, list } = body.problems;
    if (count > 0) {
      const unreadable = list.slice(0, MOST_PATHS_LOGGED).map((problem) => problem.path);
      log.warn(
        { endpoint: path.split('/', 4).join('/'), count, unreadable },
        'a lookup had fields that could not be read',
      );
    }
    return decoded;
  }

  return { ...lookupsBy(client, ask), remembered: lookupsBy(client, recall) };
}

type Ask = <T>(
  path: string,
  query: Record<string, string>,
  decode: (body: Fields) => T,
  signal: AbortSignal,
) => Promise<T>;

function lookupsBy(client: JobalyzerClient, ask: Ask): Lookups {
  const identity = { customerId: client.customerId, user: client.customerId };

  async function suggestions(kind: AnswerKind, term: string, signal: AbortSignal): Promise<Listed<Suggestion>> {
    if (term === '') return NOTHING;
    // Only this endpoint documents its parameters in PascalCase.
    const query = { Term: term, CustomerId: client.customerId, User: client.customerId };
    const path = `/jobalyzer/v2/autocomplete/${ANSWER_IDS[kind]}`;
    const decode = kind === 'HIGHEST_DEGREE_EARNED' ? decodeDegrees : decodeSuggestions;
    return ask(path, query, listing('Answers', decode), signal).catch(noneFound);
  }

  async function places(term: string, signal: AbortSignal): Promise<Listed<LocationSuggestion>> {
    // A term of dots alone would be resolved as a relative path segment.
    if (/^\.*$/.test(term)) return NOTHING;
    const path = `/jobalyzer/v2/locations/${encodeURIComponent(term)}`;
    return ask(path, identity, listing('Results', decodeLocations), signal).catch(noneFound);
  }

  return {
    impact: (kind, jobTitle, autoResolveJobTitle, signal) =>
      ask(
        `/jobalyzer/${client.apiVersion}/impact/${kind}`,
        { jobTitle, autoResolveJobTitle: String(autoResolveJobTitle), ...identity },
        decodeImpact,
        signal,
      ),

    async suggest(kind, term, signal) {
      const { list } = await suggestions(kind, term, signal);
      return list.slice(0, MOST_SUGGESTIONS);
    },

    allSuggestions: async (kind, term, signal) => whole(await suggestions(kind, term, signal)),

    async matchJobTitle(jobTitle, signal) {
      const match = await ask(
        '/jobalyzer/v2/jobtitlematch',
        { JobTitle: jobTitle, ...identity },
        decodeJobTitleMatch,
        signal,
      );
      if (match.matches.length === 0) throw unknownJobTitle();
      return match;
    },

    locations: async (term, signal) => (await places(term, signal)).list,
    allLocations: async (term, signal) => whole(await places(term, signal)),
  };
}

async function fetchBody(client: JobalyzerClient, path: string, query: Record<string, string>): Promise<Fields> {
  const signal = AbortSignal.timeout(LONGEST_LOOKUP_MS);
  for (let attempt = 0; ; attempt++) {
    const outcome = await client.lookup(path, query, signal).then(
      (response) => lookupOutcome(response, Date.now()),
      (error: unknown) => {
        if (error instanceof TokenError) return withoutToken(error);
        throw error;
      },
    );
    if (outcome.kind === 'found') return outcome.body;
    if (!outcome.again || attempt + 1 >= ATTEMPTS) throw outcome.error;
    await delay(withJitter(faultDelay(outcome.retryAfterMs, attempt)), signal);
  }
}

/** The timeout of the whole lookup may also expire between attempts. */
function asApiError(error: unknown): never {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    throw new ApiError('UPSTREAM_TIMEOUT', 'Jobalyzer did not answer in time.', {}, { cause: error });
  }
  throw error;
}

/** For endpoints that return a list, a 404 means an empty list, but it may as well be the endpoint that was not found. */
function noneFound(error: unknown): Listed<never> {
  if (error instanceof ApiError && error.code === 'NOT_FOUND') return { list: [], isWhole: false };
  throw error;
}

function listing<T>(name: string, decode: (body: Fields) => readonly T[]): (body: Fields) => Listed<T> {
  return (body) => {
    const given = body.raw(name);
    const list = decode(body);
    return { list, isWhole: Array.isArray(given) && given.length === list.length };
  };
}

function whole<T>({ list, isWhole }: Listed<T>): readonly T[] {
  if (isWhole) return list;
  throw new ApiError(
    'UPSTREAM_BAD_RESPONSE',
    'Jobalyzer answered a look-up without a list that can be read to its end.',
  );
}
