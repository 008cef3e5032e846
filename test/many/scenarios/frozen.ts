import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newDirectory } from '../../fixtures/directory.ts';
import { OWN_HOST } from '../../fixtures/sockets/loopback.ts';
import { createAuthority } from '../../fixtures/upstream/certificates.ts';
import { gate } from '../../fixtures/upstream/steps.ts';
import { ask, statuses } from '../ask.ts';
import { bought, counted, generalProblems, unless, type Result } from '../checks.ts';
import { startFleet, TAKEOVER_MS, type FleetServer } from '../fleet.ts';
import { startProxy, type Proxy } from '../tcp-proxy.ts';

const LONGEST_WAIT_MS = 20_000;

/**
 * A server stops for longer than its lease while it is sending. Half of the responses arrive meanwhile, half after it has woken. Half
 * as many requests have no TLS yet, so that not one byte of them was sent.
 */
export async function frozen({ posts }: { posts: number }): Promise<Result> {
  const { path, remove } = await newDirectory();
  const authority = await createAuthority();
  const ca = join(path, 'ca.pem');
  await writeFile(ca, authority.certificate);
  let held: PromiseWithResolvers<void> | undefined;
  let proxy: Proxy | undefined;
  const fleet = await startFleet({
    servers: 2,
    upstream: { identity: await authority.issue([OWN_HOST, '127.0.0.1']) },
    async settings({ upstream }) {
      proxy = await startProxy({ port: () => upstream.port, host: OWN_HOST, held: () => held?.promise });
      const origin = `https://127.0.0.1:${proxy.port}`;
      return { JOBALYZER_URL: origin, JOBALYZER_AUTH_URL: origin, NODE_EXTRA_CA_CERTS: ca };
    },
  });
  const { upstream } = fleet;
  const [victim, other] = fleet.servers as [FleetServer, FleetServer];
  const numbers = Array.from({ length: Math.ceil(posts * 1.5) }, (_, number) => number);
  const sent = numbers.slice(0, posts);
  const unsent = numbers.slice(sent.length);
  try {
    const gates = sent.map(() => gate());
    upstream.script.submit.push(...gates);
    const asked = sent.map((number) => ask(victim, number));
    await Promise.all(gates.map(({ arrived }) => arrived));
    held = Promise.withResolvers();
    asked.push(...unsent.map((number) => ask(victim, number)));
    await until(other, numbers, (status) => status === 'SUBMITTING');
    // Stored as sent, and each has opened its connection.
    await delay(500);
    const sending = upstream.count('submit');

    victim.process.child.kill('SIGSTOP');
    const early = gates.slice(0, gates.length / 2);
    early.forEach((each) => each.release());
    await delay(TAKEOVER_MS);
    const meanwhile = await until(other, numbers, (status) => status === 'FAILED');
    victim.process.child.kill('SIGCONT');
    gates.forEach((each) => each.release());
    await delay(200);
    held.resolve();
    const sentStatus = await until(other, sent, (status) => status === 'READY');
    const unsentStatus = await until(other, unsent, (status) => status !== 'FAILED' && status !== 'SUBMITTING');
    const sentByThen = upstream.count('submit');
    const outcomes = await Promise.all(numbers.map((number) => ask(other, number)));
    await Promise.all(asked);
    return {
      figures: {
        'POSTs in flight': sending,
        'responses while it was stopped': early.length,
        'requests without a byte sent': unsent.length,
        'meanwhile, for the other server': counted(meanwhile),
        'after it woke, of those answered': counted(sentStatus),
        'after it woke, of those not sent': counted(unsentStatus),
        'asked for again': counted(outcomes),
        POSTs: upstream.count('submit'),
        'reports bought': upstream.bought(),
      },
      problems: [
        ...generalProblems(upstream),
        ...unless(sending === sent.length, `${sending} POSTs in flight instead of ${sent.length}`),
        ...unless(sentByThen === sending, `${sentByThen - sending} POSTs were sent by a server that was fenced`),
        ...unless(
          sentStatus.every((status) => status === 'READY'),
          `answered, and not collected: ${counted(sentStatus)}`,
        ),
        ...unless(
          unsentStatus.every((status) => status === 'NOT_REQUESTED'),
          `never sent, and not released: ${counted(unsentStatus)}`,
        ),
        ...unless(
          outcomes.every((outcome) => outcome === 'READY') && bought(upstream).size === numbers.length,
          `asked for again: ${counted(outcomes)}`,
        ),
      ],
    };
  } finally {
    held?.resolve();
    await fleet.close();
    await proxy?.close();
    await remove();
  }
}

/** Waits until all are such, and resolves with what they are at that time, or in the end. */
async function until(
  server: FleetServer,
  numbers: readonly number[],
  such: (status: string) => boolean,
): Promise<readonly string[]> {
  const end = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    const seen = [...(await statuses(server, numbers)).values()];
    if (seen.every(such) || performance.now() > end) return seen;
    await delay(100);
  }
}
