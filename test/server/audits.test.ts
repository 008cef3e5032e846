import { serverAudits, type AuditResult } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../fixtures/server/server.js';

/**
 * Audits by id in which this server, like any Apollo Server, deviates from what GraphQL over HTTP recommends or allows.
 * None of them is a MUST.
 */
const OTHERWISE: Record<string, string> = {
  '5A70': 'a GET needs a preflight header',
  D6D5: 'a GET needs a preflight header',
  '6A70': 'a GET needs a preflight header',
  '572B': 'a document that cannot be parsed is a 400, also as application/json',
  FDE2: 'a document that is not valid is a 400, also as application/json',
  '7B9B': 'a variable of the wrong type is a 400, also as application/json',
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it('passes the GraphQL over HTTP audits, except for the listed deviations', async () => {
  const results: AuditResult[] = [];
  for (const audit of serverAudits({ url: `${server.url}/graphql`, fetchFn: fetch })) results.push(await audit.fn());
  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ status }) => status === 'error').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  const otherwise = results.filter(({ status }) => status !== 'ok').map(({ id }) => id);
  expect(otherwise.toSorted()).toEqual(Object.keys(OTHERWISE).toSorted());
});
