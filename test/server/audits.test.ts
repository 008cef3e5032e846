import { serverAudits, type AuditResult } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../helpers/server.js';

/**
 * Where this server, as any Apollo Server, does otherwise than GraphQL over HTTP recommends or allows, by the audit's id.
 * None of it is a MUST.
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

it('keeps to GraphQL over HTTP, but for what is listed here', async () => {
  const results: AuditResult[] = [];
  for (const audit of serverAudits({ url: `${server.url}/graphql`, fetchFn: fetch })) results.push(await audit.fn());
  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ status }) => status === 'error').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  const otherwise = results.filter(({ status }) => status !== 'ok').map(({ id }) => id);
  expect(otherwise.toSorted()).toEqual(Object.keys(OTHERWISE).toSorted());
});
