import { deadline } from '../lib/deadline.js';
import { delay } from '../lib/delay.js';
import { httpDate } from '../lib/http-date.js';
import type { Secret } from '../lib/secret.js';
import type { TypedDocumentString } from './generated/operations.js';

/** An error of a result, as the server sends it. */
export interface GraphQLFault {
  readonly message: string;
  /** `extensions.code`; UNKNOWN where a server says none. */
  readonly code: string;
  /** Empty: it concerns the whole operation. */
  readonly path: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface GraphQLResult<T> {
  /** Null: the operation as a whole has failed. */
  readonly data: T | null;
  readonly errors: readonly GraphQLFault[];
  /** Whether every figure of this server is invented. */
  readonly simulated: boolean;
}

export interface GraphQLEndpoint {
  /**
   * Executes an operation, as soon as the server admits it. What a server refuses because there is too much to do is asked again
   * when it says; what did not get through is sent again for a while, which buys nothing twice. Throws an Error with the
   * reason in words if there is no result, and the signal's reason.
   */
  request<T, V>(document: TypedDocumentString<T, V>, variables: V, signal: AbortSignal): Promise<GraphQLResult<T>>;
}

export interface EndpointOptions {
  /** Of the GraphQL API, as `endpointUrl` makes it. */
  readonly url: URL;
  /** Null: none is sent. */
  readonly key: Secret | null;
  /** Called when the server has to be waited for, with why and for how long, in milliseconds. */
  readonly onWait?: (reason: string, ms: number) => void;
  /** How long what does not get through is sent again, in milliseconds. */
  readonly patienceMs?: number;
  /** How long a response may take, in milliseconds. @default two minutes */
  readonly timeoutMs?: number;
}

/** Refusals of operations of which nothing was executed, and which are admitted later. */
const ADMITTED_LATER: ReadonlySet<string> = new Set(['RATE_LIMITED', 'OVERLOADED', 'AUTHENTICATION_UNAVAILABLE']);
/** What proxies answer while a server starts again. */
const GATEWAY_TROUBLE: ReadonlySet<number> = new Set([502, 503, 504]);
/** The longest of what a server may be asked for: some look-ups, or waiting for reports. */
const TIMEOUT_MS = 120_000;
const PATIENCE_MS = 60_000;
const SHORTEST_WAIT_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** More than any server takes. A connection may be ended for it, which would look like trouble on the way. */
const MOST_BYTES = 512 * 1024;
/** What a header may hold: ASCII without control characters. */
const SENDABLE = /^[ -~]+$/;
/** To be asked for in parts. */
const TOO_LARGE = 'OPERATION_TOO_LARGE';

/** It did not get through; it may next time. */
class NotThrough extends Error {
  constructor(
    message: string,
    /** As the response says, in milliseconds; null: it does not. */
    readonly retryAfterMs: number | null = null,
    /** Whether there is no trouble but too much to do: then it is sent again however long that takes. */
    readonly isRefusal = false,
  ) {
    super(message);
  }
}

/**
 * The GraphQL API of a server, whose root may be given instead. Throws an Error in words. A key is sent in the clear to
 * this machine only.
 */
export function endpointUrl(given: string, hasKey: boolean): URL {
  // Not repeated: it would be in a log.
  if (given.includes('@')) throw new Error('--url must not have credentials in it.');
  const url = URL.parse(given);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`--url must be an http or https URL; it is ${given}.`);
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (hasKey && url.protocol === 'http:' && !isLoopback)
    throw new Error('--url must be an https URL: over http the key could be read on the way.');
  url.search = '';
  url.hash = '';
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/graphql') ? path : `${path}/graphql`;
  return url;
}

/** Throws an Error if the key is none. */
export function createGraphQLEndpoint({
  url,
  key,
  onWait = () => undefined,
  patienceMs = PATIENCE_MS,
  timeoutMs = TIMEOUT_MS,
}: EndpointOptions): GraphQLEndpoint {
  // Whoever sends headers would repeat the key in its message.
  if (key && !SENDABLE.test(key.reveal())) throw new Error('The key has characters in it that no key has.');
  let wasReached = false;

  async function send<T>(body: string, signal: AbortSignal): Promise<GraphQLResult<T>> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(key && { authorization: `Bearer ${key.reveal()}` }),
      },
      body,
      // It is not followed: the key is for this server.
      redirect: 'manual',
      signal: deadline(timeoutMs, signal),
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new NotThrough(`${url.origin} cannot be reached: ${reasonOf(error)}.`);
    });
    wasReached = true;
    const text = await response.text().catch((error: unknown) => {
      signal.throwIfAborted();
      throw new NotThrough(`The connection to ${url.origin} broke: ${reasonOf(error)}.`);
    });
    const result = resultOf<T>(text);
    if (response.status === 413 && !result) return tooLarge();
    if (result) return { ...result, simulated: response.headers.get('x-jobalyzer-simulator') === 'true' };
    throw troubleOf(response);
  }

  /** What a response means that is no result. */
  function troubleOf({ status, headers }: Response): Error {
    const target = status >= 300 && status < 400 ? URL.parse(headers.get('location') ?? '', url.href) : null;
    if (target) return new Error(`${url} leads to ${target.origin}${target.pathname}: name that as --url.`);
    const said = `${url} answered ${status}, which is no result of GraphQL.`;
    if (status !== 429 && !GATEWAY_TROUBLE.has(status)) return new Error(said);
    return new NotThrough(said, retryAfterIn(headers), status === 429);
  }

  return {
    async request<T, V>(document: TypedDocumentString<T, V>, variables: V, signal: AbortSignal) {
      const body = JSON.stringify({ query: document, variables });
      if (Buffer.byteLength(body) > MOST_BYTES) return tooLarge();
      let pauseMs = SHORTEST_WAIT_MS;
      let troubledSince: number | null = null;
      const pause = async (reason: string, ms: number): Promise<void> => {
        onWait(reason, ms);
        await delay(ms, signal);
      };
      for (;;) {
        try {
          const result = await send<T>(body, signal);
          const [refusal] = result.errors;
          if (result.data !== null || !refusal || !ADMITTED_LATER.has(refusal.code)) return result;
          troubledSince = null;
          await pause(refusal.message, Math.max(retryAfterOf(refusal) ?? 0, SHORTEST_WAIT_MS));
        } catch (error) {
          if (!(error instanceof NotThrough) || !wasReached) throw error;
          troubledSince = error.isRefusal ? null : (troubledSince ?? performance.now());
          if (troubledSince !== null && performance.now() - troubledSince > patienceMs) throw error;
          await pause(error.message, Math.max(error.retryAfterMs ?? 0, pauseMs));
          pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
        }
      }
    },
  };
}

/** The data of a result without any error. Otherwise throws an Error with the messages and codes of all. */
export function wholeOf<T>({ data, errors }: GraphQLResult<T>): T {
  if (errors.length > 0) throw new Error(errors.map(({ message, code }) => `${message} (${code})`).join('\n'));
  if (data === null) throw new Error('The server answered without data.');
  return data;
}

/** How long the server asks to wait, in milliseconds. Null: it does not say. */
export function retryAfterOf({ extensions }: Pick<GraphQLFault, 'extensions'>): number | null {
  const ms = extensions['retryAfterMs'];
  return typeof ms === 'number' && Number.isFinite(ms) ? ms : null;
}

/** What the header says, in milliseconds from now. Null: nothing. */
function retryAfterIn(headers: Headers): number | null {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = httpDate(text, Date.now());
  return date === null ? null : Math.max(0, date - Date.now());
}

function tooLarge(): GraphQLResult<never> {
  const fault = { message: 'It is more than a request may have.', code: TOO_LARGE, path: [], extensions: {} };
  return { data: null, errors: [fault], simulated: false };
}

/** Null: the text is no result of GraphQL. */
function resultOf<T>(text: string): Pick<GraphQLResult<T>, 'data' | 'errors'> | null {
  const body = parsed(text);
  if (typeof body !== 'object' || body === null || !('data' in body || 'errors' in body)) return null;
  const { data = null, errors = [] } = body as { data?: T | null; errors?: unknown };
  return { data, errors: Array.isArray(errors) ? errors.map(faultOf) : [] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function faultOf(error: unknown): GraphQLFault {
  const { message, path, extensions } = (error ?? {}) as Readonly<Record<keyof GraphQLFault, unknown>>;
  const details = (extensions ?? {}) as GraphQLFault['extensions'];
  return {
    message: typeof message === 'string' ? message : '',
    code: typeof details['code'] === 'string' ? details['code'] : 'UNKNOWN',
    path: Array.isArray(path) ? path : [],
    extensions: details,
  };
}

/** What lies below what `fetch` says, which is the same for everything. */
function reasonOf(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  if (!(root instanceof Error)) return String(root);
  return root instanceof AggregateError ? String(root.errors[0]) : root.message;
}
