import { deadline } from '../lib/deadline.js';
import { delay } from '../lib/delay.js';
import type { Secret } from '../lib/secret.js';

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
  request<T>(
    document: string,
    variables: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<GraphQLResult<T>>;
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

/** It did not get through; it may next time. */
class NotThrough extends Error {}

/**
 * The GraphQL API of a server, whose root may be given instead. Throws an Error in words. A key is sent in the clear to
 * this machine only.
 */
export function endpointUrl(given: string, hasKey: boolean): URL {
  const url = URL.parse(given);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`--url must be an http or https URL; it is ${given}.`);
  if (url.username || url.password) throw new Error('--url must not have credentials in it.');
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (hasKey && url.protocol === 'http:' && !isLoopback)
    throw new Error('--url must be an https URL: over http the key could be read on the way.');
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/graphql')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/graphql`;
  return url;
}

export function createGraphQLEndpoint({
  url,
  key,
  onWait = () => undefined,
  patienceMs = PATIENCE_MS,
  timeoutMs = TIMEOUT_MS,
}: EndpointOptions): GraphQLEndpoint {
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
      redirect: 'error',
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
    if (result) return { ...result, simulated: response.headers.get('x-jobalyzer-simulator') === 'true' };
    const said = `${url} answered ${response.status}, which is no result of GraphQL.`;
    throw GATEWAY_TROUBLE.has(response.status) ? new NotThrough(said) : new Error(said);
  }

  return {
    async request<T>(document: string, variables: Readonly<Record<string, unknown>>, signal: AbortSignal) {
      const body = JSON.stringify({ query: document, variables });
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
          troubledSince ??= performance.now();
          if (performance.now() - troubledSince > patienceMs) throw error;
          await pause(error.message, pauseMs);
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

function faultOf(error: Partial<GraphQLFault>): GraphQLFault {
  const { message = '', path = [], extensions = {} } = error;
  const { code } = extensions;
  return { message, code: typeof code === 'string' ? code : 'UNKNOWN', path, extensions };
}

/** What lies below what `fetch` says, which is the same for everything. */
function reasonOf(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  if (!(root instanceof Error)) return String(root);
  return root instanceof AggregateError ? String(root.errors[0]) : root.message;
}
