import { setTimeout as delay } from 'node:timers/promises';
import type { AnswersInput } from '../generated/operations.ts';
import { numbered } from '../fixtures/answers/answers.ts';
import { post } from '../fixtures/server/post.ts';
import type { Fleet, FleetServer } from './fleet.ts';

const PAY = `query ($answers: AnswersInput!, $waitMs: Int) { report(answers: $answers) { pay(waitMs: $waitMs) { reportRating } } }`;
const STATUS = `query ($answers: [AnswersInput!]!) { reports(answers: $answers) { status { pay } } }`;
/** As many reports as one operation may ask for. */
const LISTED_AT_ONCE = 25;

/** As long as a server lets one wait that is asked to. */
const LONGEST_QUERY_MS = 30_000;

/** READY, the code of the error, or NO_RESPONSE if the server did not answer at all. */
export type Outcome = string;

/** Asks a server for the pay report of this number, and buys it if nobody has. Sent when this returns. */
export async function ask(
  server: FleetServer,
  number: number,
  waitMs = LONGEST_QUERY_MS,
  answersOf: (number: number) => AnswersInput = numbered,
): Promise<Outcome> {
  try {
    const variables = { answers: answersOf(number), waitMs };
    const { data, errors } = await server.requests.post<{ report: { pay: object | null } | null }>(
      PAY,
      variables,
      AbortSignal.timeout(waitMs + 30_000),
    );
    if (data?.report?.pay) return 'READY';
    return errors?.[0]?.extensions.code ?? `an answer without report or code: ${errors?.[0]?.message}`;
  } catch {
    return 'NO_RESPONSE';
  }
}

/** The status of each of these reports. Buys nothing. */
export async function statuses(server: FleetServer, numbers: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const seen = new Map<number, string>();
  for (let from = 0; from < numbers.length; from += LISTED_AT_ONCE) {
    const part = numbers.slice(from, from + LISTED_AT_ONCE);
    const { data, errors } = await post<{ reports: { status: { pay: string } }[] }, object>(server.url, STATUS, {
      answers: part.map(numbered),
    });
    if (!data) throw new Error(`The reports could not be looked at: ${errors[0]?.message}`);
    part.forEach((number, index) => seen.set(number, data.reports[index]?.status.pay ?? 'missing'));
  }
  return seen;
}

/** What a process owns without knowing is taken up after a minute, and looked for once a minute. */
const LONGEST_SETTLING_MS = 180_000;

/** Waits until no report is on its way any more, without asking for any, and resolves with what became of each. */
export async function settled(
  fleet: Fleet,
  numbers: readonly number[],
  withinMs = LONGEST_SETTLING_MS,
): Promise<ReadonlyMap<number, string>> {
  const final = new Map<number, string>();
  const until = performance.now() + withinMs;
  for (;;) {
    const [server] = fleet.servers;
    if (!server) throw new Error('No server is left.');
    const open = numbers.filter((number) => !final.has(number));
    for (const [number, status] of await statuses(server, open)) {
      if (status !== 'SUBMITTING' && status !== 'PENDING') final.set(number, status);
    }
    if (final.size === numbers.length) return final;
    if (performance.now() > until) {
      const left = numbers.filter((number) => !final.has(number));
      throw new Error(`Still on their way after ${withinMs / 1000} s: ${left.slice(0, 20).join(', ')}`);
    }
    await delay(100);
  }
}

/** Runs `work` for each number from 0, so many at once. */
export async function inParallel(
  count: number,
  atOnce: number,
  work: (number: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** One of the servers, in turn. */
export function inTurn({ servers }: Fleet, number: number): FleetServer {
  const server = servers[number % servers.length];
  if (!server) throw new Error('No server is left.');
  return server;
}
