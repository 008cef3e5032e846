import type { ChildProcess } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { numbered } from '../../test/fixtures/answers/answers.ts';
import type { PeerData } from '../peers/serve.ts';
import { inTurns } from './sockets.ts';
import { PAGE_QUERY } from './client.ts';
import type { Exchange } from './pressure.ts';
import { preload, type Stage } from './stage.ts';

/** A server that answers the same requests as the others of a contest. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
  /** What is sent to it for the report of each number, and what it must send. */
  readonly exchanges: readonly Exchange[];
}

export const PEERS = {
  'bare Fastify route': '../peers/bare.ts',
  'Mercurius with JIT': '../peers/mercurius.ts',
  'GraphQL Yoga with response cache': '../peers/yoga.ts',
  'Apollo on Fastify': '../peers/apollo.ts',
} as const;

/** The limit counts every request, and is never reached. */
const UNREACHED = '1000000000';
const AT_ONCE = 20;

/** This server in one of its forms. */
export interface Ours {
  readonly settings?: Readonly<Record<string, string>>;
  /** @default that of this version */
  readonly entry?: string;
}

interface Task {
  /** How many reports are asked for. */
  readonly reports: number;
  readonly query?: string;
  readonly peers?: readonly (keyof typeof PEERS)[];
  readonly ours?: Readonly<Record<string, Ours>>;
}

/**
 * Starts this server with all reports stored, and peers that hold the same reports in memory. Throws if one of them does not
 * answer each request with the same data.
 */
export async function startContenders(
  stage: Stage,
  {
    reports,
    query = PAGE_QUERY,
    peers = Object.keys(PEERS) as (keyof typeof PEERS)[],
    ours = { 'this server': {} },
  }: Task,
): Promise<Contender[]> {
  const simulator = await stage.simulate({ delayMs: { min: 0, max: 0 } });
  const bodies = Array.from({ length: reports }, (_, number) =>
    JSON.stringify({ query, variables: { answers: numbered(number) } }),
  );
  const contenders: Contender[] = [];
  for (const [name, { settings, ...options }] of Object.entries(ours)) {
    const { url, server } = await stage.serve(simulator.origin, {
      ...options,
      nodeArguments: preload('./cpu.ts'),
      settings: { NODE_ENV: 'production', LOG_LEVEL: 'warn', RATE_LIMIT_MAX: UNREACHED, ...settings },
    });
    // The first response is that of a purchase, and says so.
    await exchangesOf(url, bodies);
    contenders.push({ name, url, child: server.child, exchanges: await exchangesOf(url, bodies) });
  }
  const [first] = contenders;
  if (!first) throw new Error('There is nothing to compare.');
  const data: PeerData = { reports: first.exchanges.map(({ expected }) => reportIn(expected)) };
  const startPeer = async (name: keyof typeof PEERS): Promise<Contender> => {
    const { url, child } = await stage.servePeer(PEERS[name], { nodeArguments: preload('./cpu.ts'), message: data });
    return { name, url, child, exchanges: await exchangesOf(url, bodies) };
  };
  contenders.push(...(await Promise.all(peers.map(startPeer))));
  for (const { name, exchanges } of contenders)
    if (
      !isDeepStrictEqual(
        exchanges.map(({ expected }) => reportIn(expected)),
        data.reports,
      )
    )
      throw new Error(`The responses of ${name} are not those of ${first.name}.`);
  return contenders;
}

async function exchangesOf(url: string, bodies: readonly string[]): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  await inTurns(bodies.length, AT_ONCE, async (number) => {
    const body = bodies[number] ?? '';
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    exchanges[number] = { body, expected: Buffer.from(await response.arrayBuffer()).toString('latin1') };
  });
  return exchanges;
}

function reportIn(response: string): unknown {
  const { data } = JSON.parse(Buffer.from(response, 'latin1').toString('utf8')) as { data?: { report?: unknown } };
  if (!data?.report) throw new Error(`A response without a report: ${response.slice(0, 400)}`);
  return data.report;
}
