import fastify, { type FastifyInstance } from 'fastify';
import { buildSchema } from 'graphql';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createCrossSitePolicy } from '../../src/doors/cross-site.js';
import { createHosts } from '../../src/doors/hosts.js';
import { authenticateNobody } from '../../src/graphql/authentication/authenticate.js';
import { registerGraphQL } from '../../src/doors/http/graphql.js';
import { createDocuments, type Documents } from '../../src/graphql/documents.js';
import { createFormatError } from '../../src/graphql/format-error.js';
import type { Asked, AuthenticatedRequest, Outcome, Receive, ReceivedRequest } from '../../src/graphql/operation.js';
import { ANYBODY } from '../fixtures/clients.js';

const ANSWER: Outcome = { definition: null, results: { data: { a: 1 } }, refused: null };
const BUSY: Outcome = {
  definition: null,
  results: { errors: [{ message: 'Too many.', extensions: { code: 'RATE_LIMITED' } }] },
  refused: 429,
};

let app: FastifyInstance;
let documents: Documents;
afterEach(() => app.close());

/** Has Apollo read the request; `next` gets what it read. */
async function readBy({ read, ...request }: ReceivedRequest, next: Receive<AuthenticatedRequest>): Promise<Outcome> {
  return request.door.read?.({ ...request, ...read(), client: ANYBODY }, next) ?? BUSY;
}

/** A server whose pipeline is `receive`. */
async function open(receive: Receive): Promise<void> {
  app = fastify();
  const schema = buildSchema('type Query { a: Int }');
  const log = pino({ level: 'silent' });
  documents = createDocuments({ schema, introspection: true });
  const formatError = createFormatError(log, { hideSuggestions: false });
  const authenticate = authenticateNobody(() => ANYBODY);
  const hosts = createHosts({ allowed: '*', trustProxy: 0 });
  const crossSite = createCrossSitePolicy({ corsOrigins: [], publicOrigin: null, hosts });
  const options = { receive, authenticate, crossSite, isKnown: () => false, schema, documents, formatError, log };
  await registerGraphQL(app, { path: '/graphql', ...options });
}

const post = (payload: object) => app.inject({ method: 'POST', url: '/graphql', payload });

describe('the HTTP door', () => {
  it('asks the pipeline before anything is parsed, and sends its refusal with the status of the refusal', async () => {
    const asked: Asked[] = [];
    await open(async (request) => {
      asked.push(request.read());
      return BUSY;
    });
    for (const query of ['{ a }', '{']) {
      const response = await post({ query, variables: { b: 1 } });
      expect([response.statusCode, response.json()]).toEqual([429, BUSY.results]);
    }
    expect(asked).toMatchObject([
      { query: '{ a }', operationName: null, variables: { b: 1 } },
      { query: '{', operationName: null },
    ]);
  });

  it('sends what the pipeline has instead of asking Apollo', async () => {
    await open(async () => ANSWER);
    const response = await post({ query: '{ a }' });
    expect([response.statusCode, response.json()]).toEqual([200, ANSWER.results]);
  });

  it('has Apollo read the request where the pipeline wants it to, and sends the result of what follows', async () => {
    await open((request) => readBy(request, async () => ANSWER));
    const response = await post({ query: '{ a }' });
    expect([response.statusCode, response.json()]).toEqual([200, ANSWER.results]);
  });

  it('has Apollo parse a document only if it is not kept', async () => {
    const parsed: unknown[] = [];
    const next: Receive<AuthenticatedRequest> = async (request) => {
      parsed.push(request.parsed);
      return ANSWER;
    };
    await open((request) => readBy(request, next));
    await post({ query: '{ a }' });
    const kept = documents.read('{ a }');
    await post({ query: '{ a }' });
    expect(parsed).toEqual([expect.objectContaining({ kind: 'Document' }), expect.anything()]);
    expect(parsed[0]).not.toBe(kept);
    expect(parsed[1]).toBe(kept);
  });

  it('sends the outcome of a layer that replaces what Apollo has written', async () => {
    await open(async (request) => {
      await readBy(request, async () => ANSWER);
      return BUSY;
    });
    const response = await post({ query: '{ a }' });
    expect([response.statusCode, response.json()]).toEqual([429, BUSY.results]);
  });

  it('tells the pipeline of what Apollo refuses itself', async () => {
    const outcomes: Outcome[] = [];
    await open(async (request) => {
      const outcome = await readBy(request, async () => ANSWER);
      outcomes.push(outcome);
      return outcome;
    });
    const response = await post({ query: '{' });
    expect(response.statusCode).toBe(400);
    const error = expect.objectContaining({ extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    expect(outcomes).toEqual([{ definition: null, results: { errors: [error] }, refused: 400 }]);
  });

  it.each([
    ['of another site', { method: 'GET', url: '/graphql?query={a}' }],
    ['without parameters', { method: 'POST', url: '/graphql', payload: [] }],
    ['of the wrong types', { method: 'POST', url: '/graphql', payload: { query: 7 } }],
  ] as const)('has Apollo refuse a request %s, which does not reach the pipeline', async (_, request) => {
    const asked: ReceivedRequest[] = [];
    await open(async (each) => {
      asked.push(each);
      return ANSWER;
    });
    const response = await app.inject(request);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(asked).toEqual([]);
  });
});
