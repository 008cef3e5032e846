import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { ApiError } from '../../errors.js';
import { deadline } from '../../lib/deadline.js';

export interface JwksOptions {
  readonly url: string;
  readonly log: Logger;
  /** After how long the keys are fetched again, so that one that is no longer published is no longer accepted. */
  readonly refreshMs?: number;
  /** Keys that are not there are looked for at most this often, however many tokens name them. */
  readonly cooldownMs?: number;
}

/** The public keys of an issuer, fetched when they are first needed. */
export interface Jwks {
  /** Throws jose's errors for a key that is not among them, or AUTHENTICATION_UNAVAILABLE while there are none. */
  readonly key: JWTVerifyGetKey;
  close(): void;
}

const REFRESH_MS = 10 * 60_000;
const COOLDOWN_MS = 5_000;
const FETCH_WITHIN_MS = 5_000;
const LARGEST_BYTES = 256 * 1024;

/**
 * The keys are looked up again for a token whose key is not there, so that the issuer can rotate them, and now and then
 * anyway. If they cannot be fetched, those that were fetched last go on being used.
 */
export function createJwks({ url, log, refreshMs = REFRESH_MS, cooldownMs = COOLDOWN_MS }: JwksOptions): Jwks {
  const closed = new AbortController();
  let find: JWTVerifyGetKey | null = null;
  let fetching: Promise<void> | null = null;
  let fetchedAt = -Infinity;
  let failing = false;

  async function fetchKeys(): Promise<void> {
    try {
      find = createLocalJWKSet(await load(url, closed.signal));
      if (failing) log.info({ url }, 'the keys of JWT_JWKS_URL can be fetched again');
      failing = false;
    } catch (error) {
      if (!failing && !closed.signal.aborted) {
        log.error({ url, cause: reasonOf(error) }, 'the keys of JWT_JWKS_URL cannot be fetched');
      }
      failing = true;
    }
  }

  /** One at a time, and not too often; never rejects. */
  async function refresh(): Promise<void> {
    if (!fetching) {
      if (performance.now() - fetchedAt < cooldownMs) return;
      fetchedAt = performance.now();
      fetching = fetchKeys().finally(() => (fetching = null));
    }
    await fetching;
  }

  const refreshing = setInterval(() => {
    if (find) void refresh();
  }, refreshMs).unref();

  return {
    async key(header, token) {
      if (!find) await refresh();
      if (!find) throw unavailable(Math.max(cooldownMs - (performance.now() - fetchedAt), 1_000));
      try {
        return await find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await refresh();
        return find(header, token);
      }
    },
    close() {
      clearInterval(refreshing);
      closed.abort();
    },
  };
}

async function load(url: string, closed: AbortSignal): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    // Its target might not be encrypted.
    redirect: 'error',
    headers: { accept: 'application/jwk-set+json, application/json' },
    signal: deadline(FETCH_WITHIN_MS, closed),
  });
  if (!response.ok) throw new Error(`The response has the status ${response.status}.`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > LARGEST_BYTES) throw new Error(`The response is larger than ${LARGEST_BYTES} bytes.`);
    chunks.push(chunk as Uint8Array);
  }
  // Whatever is no set of keys is refused by jose.
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JSONWebKeySet;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function unavailable(retryAfterMs: number): ApiError {
  return new ApiError(
    'AUTHENTICATION_UNAVAILABLE',
    'Tokens cannot be verified at the moment, because the keys of their issuer cannot be fetched.',
    { retryAfterMs: Math.ceil(retryAfterMs) },
  );
}
