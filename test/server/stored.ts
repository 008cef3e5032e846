import { samplesOf } from '../fixtures/server/metrics.js';
import type { TestServer } from '../fixtures/server/server.js';
import type { Result } from '../fixtures/sockets/raw-socket.js';

/** How many requests a server has answered without executing them. */
export interface Hits {
  /** In the same words as one before, and so not even read. */
  readonly repeated: number;
  /** From reports in memory. */
  readonly made: number;
}

export async function hitsOf({ url }: TestServer, headers: Readonly<Record<string, string>> = {}): Promise<Hits> {
  const response = await fetch(`${url}/metrics`, { headers });
  const samples = samplesOf(await response.text());
  const of = (how: string): number => samples[`graphql_stored_answers_total{how="${how}"}`] ?? 0;
  return { repeated: of('repeated'), made: of('made') };
}

export interface Answer extends Result {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends a body as it is. */
export async function sendBody(
  { url }: TestServer,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return { ...(JSON.parse(text) as Result), status: response.status, headers: response.headers, text };
}

/** Sends a body until it is answered without being read. Returns the answer. */
export async function makeHot(
  server: TestServer,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  let answer = await sendBody(server, body, headers);
  // Executed, made, made and kept, repeated.
  for (let times = 0; times < 3; times++) answer = await sendBody(server, body, headers);
  return answer;
}

/** The codes of the errors of an answer. */
export function codesOf({ errors = [] }: Result): unknown[] {
  return errors.map(({ extensions }) => extensions?.['code']);
}
