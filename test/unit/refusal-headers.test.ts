import { expect, it } from 'vitest';
import { refusalHeaders } from '../../src/doors/refusal-headers.js';

it.each([
  [401, {}, { 'www-authenticate': 'Bearer' }],
  [405, {}, { allow: 'POST' }],
  [429, { retryAfterMs: 1_001 }, { 'retry-after': '2' }],
  [503, { retryAfterMs: 5_000 }, { 'retry-after': '5' }],
  [503, {}, {}],
  [400, { retryAfterMs: 5_000 }, {}],
  [null, { retryAfterMs: 5_000 }, {}],
])('a refusal with %s and %j has the headers %j', (refused, extensions, headers) => {
  expect(refusalHeaders({ definition: null, results: { errors: [{ message: '', extensions }] }, refused })).toEqual(
    headers,
  );
});
