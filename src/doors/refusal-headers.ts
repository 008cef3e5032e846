import type { Outcome } from '../graphql/operation.js';
import { isStream } from '../graphql/operation.js';

/** The response headers that go with the status of a refusal. */
export function refusalHeaders({ refused, results }: Outcome): Readonly<Record<string, string>> {
  if (refused === 401) return { 'www-authenticate': 'Bearer' };
  if (refused === 405) return { allow: 'POST' };
  const [error] = isStream(results) ? [] : (results.errors ?? []);
  // It has the status of a success, and is none that a cache may keep.
  if (error?.extensions?.['code'] === 'PERSISTED_QUERY_NOT_FOUND') return { 'cache-control': 'no-store' };
  const retryAfterMs = error?.extensions?.['retryAfterMs'];
  if ((refused !== 429 && refused !== 503) || typeof retryAfterMs !== 'number') return {};
  return { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
}
