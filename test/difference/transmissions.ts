import { hash } from 'node:crypto';
import fc, { type Arbitrary } from 'fast-check';
import type { Sent } from './documents.ts';
import { toJson, writeJson } from './trees.ts';

type DoorName = 'post' | 'get' | 'stream' | 'socket';

/** One way to send an operation. */
export interface Transmission {
  readonly door: DoorName;
  readonly headers: { readonly [name: string]: string };
  /** How the JSON of its body is written. */
  readonly body: string;
  readonly client: ClientName;
}

/** Whoever asks, where servers ask for keys. `fresh`: a client that has not asked for anything before this case. */
export type ClientName = 'fresh' | 'reader' | 'operator' | 'unknown' | 'nobody';

const ACCEPTED = [
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json, application/graphql-response+json;q=0.1',
  'application/json;charset=utf-8',
  '*/*',
  'application/*;q=0.5',
  'text/html',
  'text/html, */*;q=0.1',
  'multipart/mixed;deferSpec=20220824, application/json',
];
export const ALLOWED_ORIGIN = 'https://app.example';
const ORIGINS = [ALLOWED_ORIGIN, 'https://other.example', 'http://localhost:4000', 'null'];
const TYPES = ['application/json; charset=utf-8', 'Application/JSON', 'text/plain', 'application/json;charset=utf-16'];

/** How a body may be written. The first is what most clients send. */
const BODIES: Readonly<Record<string, (sent: Sent) => string>> = {
  usual: (sent) => writeJson(sent),
  'in another order': ({ query, variables, operationName }) => writeJson({ operationName, variables, query }),
  'with blanks': (sent) => ` ${writeJson(sent, 2)}\n`,
  'with extensions': (sent) => writeJson({ ...sent, extensions: { client: 'a' } }),
  'with empty extensions': (sent) => writeJson({ extensions: {}, ...sent }),
  'with extensions that are none': (sent) => writeJson({ ...sent, extensions: [] }),
  'with an unknown persisted query': (sent) =>
    writeJson({ ...sent, extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
  'with its persisted query': (sent) => writeJson({ ...sent, extensions: persisted(sent) }),
  'by its persisted query alone': ({ query, ...sent }) => writeJson({ ...sent, extensions: persisted({ query }) }),
  'with null for a variable': (sent) => writeJson({ ...sent, variables: { ...sent.variables, v0: null } }),
  'with infinity for a variable': (sent) =>
    writeJson({ ...sent, variables: { ...sent.variables, v0: toJson(Infinity) } }),
  'with a document id': (sent) => writeJson({ ...sent, documentId: 'sha256:abc' }),
  'with an id that means nothing': (sent) => writeJson({ ...sent, id: '1' }),
  'with an empty operation name': (sent) => writeJson({ ...sent, operationName: '' }),
  'with two queries': (sent) => writeJson(sent).replace('{', '{"query":"{ __typename }",'),
  'with two queries, the other way round': (sent) => writeJson(sent).replace(/}$/, ',"query":"{ __typename }"}'),
  'with two sets of variables': (sent) => writeJson(sent).replace(/}$/, ',"variables":{}}'),
  'with a variable twice': (sent) => writeJson(sent).replace('"variables":{', '"variables":{"v0":null,'),
  'with a prototype': (sent) => writeJson(sent).replace('{', '{"__proto__":{"query":"{ a }"},'),
  'with a prototype among the variables': (sent) =>
    writeJson(sent).replace('"variables":{', '"variables":{"__proto__":{"v0":1},'),
  'with escapes': (sent) => writeJson(sent).replaceAll('t', '\\u0074'),
  'as a list': (sent) => `[${writeJson(sent)}]`,
  'cut off': (sent) => writeJson(sent).slice(0, -1),
};

function persisted({ query }: Pick<Sent, 'query'>): object {
  return { persistedQuery: { version: 1, sha256Hash: hash('sha256', query) } };
}

export function writeBody(how: string, sent: Sent): string {
  return BODIES[how]?.(sent) ?? writeJson(sent);
}

/** The parameters of a URL. */
export function writeSearch({ query, variables, operationName }: Sent): string {
  const search = new URLSearchParams({ query });
  if (variables !== undefined) search.set('variables', writeJson(variables));
  if (operationName !== undefined && operationName !== null) search.set('operationName', operationName);
  return search.toString();
}

/** Two ways to send an operation. Often the same is written to two doors, or for two clients. */
export function transmissions(): Arbitrary<readonly [Transmission, Transmission]> {
  return fc
    .tuple(transmission(), transmission(), fc.boolean())
    .map(([one, other, alike]) => [one, alike ? { ...other, body: one.body } : other]);
}

function transmission(): Arbitrary<Transmission> {
  return fc
    .record({
      door: fc.oneof(
        { weight: 14, arbitrary: fc.constant<DoorName>('post') },
        { weight: 3, arbitrary: fc.constant<DoorName>('get') },
        { weight: 1, arbitrary: fc.constant<DoorName>('stream') },
        { weight: 2, arbitrary: fc.constant<DoorName>('socket') },
      ),
      accept: mostly('*/*', ACCEPTED, 2),
      origin: mostly(null, ORIGINS, 8),
      type: mostly('application/json', TYPES, 20),
      encoding: mostly(null, ['gzip', 'identity', 'br, gzip'], 20),
      body: mostly('usual', Object.keys(BODIES), 4),
      client: mostly<ClientName>('fresh', ['reader', 'operator', 'unknown', 'nobody'], 5),
    })
    .map(({ door, accept, origin, type, encoding, body, client }) => ({
      door,
      headers: {
        accept: door === 'stream' ? 'text/event-stream' : accept,
        ...(door === 'get' ? { 'apollo-require-preflight': 'true' } : { 'content-type': type }),
        ...(origin !== null && { origin }),
        ...(encoding !== null && { 'accept-encoding': encoding }),
      },
      body,
      client,
    }));
}

function mostly<T>(usual: T, others: readonly T[], weight: number): Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
}
