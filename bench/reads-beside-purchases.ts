/** What a burst of purchases, each durable, does to the reads beside it: in alternating rounds, as ratios. */
import { once } from 'node:events';
import { numbered } from '../test/fixtures/answers/answers.ts';
import type { Bought, Purchases } from './support/buyers.ts';
import { openClient, PAY_QUERY } from './support/client.ts';
import { median, ms, quantile, table } from './support/figures.ts';
import type { CpuTime, LoopDelay } from './support/loop-delay.ts';
import { paced } from './support/paced.ts';
import { sizes } from './support/sizes.ts';
import { askChild, play, preload } from './support/stage.ts';

const {
  rounds: ROUNDS,
  seconds: SECONDS,
  purchases: PURCHASES,
  reads: READS,
  'warm-up-purchases': WARM_UP,
} = sizes({ rounds: 5, seconds: 4, purchases: 200, reads: 200, 'warm-up-purchases': 3_000 });

/** Of the reads, in milliseconds, and of the server meanwhile. */
interface Round {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
  readonly loop: LoopDelay;
  readonly cpu: CpuTime;
  /** How long the purchases took until all were collected; 0: there were none. */
  readonly took: number;
}

await play(async (stage) => {
  const { child: buyers, url: upstream } = await stage.servePeer('./buyers.ts');
  const { url, server } = await stage.serve(upstream, {
    settings: { LOG_LEVEL: 'warn', RATE_LIMIT_MAX: '1000000000' },
    nodeArguments: preload('./loop-delay.ts'),
  });
  const variables = { answers: numbered(1) };
  const client = openClient(url);
  await client.ask(PAY_QUERY, variables);
  await client.close();
  const body = JSON.stringify({ query: PAY_QUERY, variables });

  let first = 1_000;
  const buy = async (perSecond: number, seconds: number): Promise<Bought> => {
    const done = once(buyers, 'message') as Promise<[Bought]>;
    buyers.send({ url, first, perSecond, seconds } satisfies Purchases);
    first += perSecond * seconds;
    return (await done)[0];
  };
  const round = async (purchases: number): Promise<Round> => {
    server.child.send('reset');
    const before = await askChild<CpuTime>(server.child, 'cpu time');
    const bought = purchases > 0 ? buy(purchases, SECONDS) : null;
    const latencies = await paced(url, body, { perSecond: READS, seconds: SECONDS });
    const loop = await askChild<LoopDelay>(server.child, 'loop delay');
    const took = (await bought)?.tookMs ?? 0;
    const after = await askChild<CpuTime>(server.child, 'cpu time');
    const cpu = { main: after.main - before.main, process: after.process - before.process };
    return { median: median(latencies), p99: quantile(latencies, 0.99), most: quantile(latencies, 1), loop, took, cpu };
  };

  // Until then each second is quicker than the one before: so many purchases compile what they run.
  await buy(PURCHASES, Math.ceil(WARM_UP / PURCHASES));
  await round(0);
  const pairs: { alone: Round; beside: Round }[] = [];
  for (let turn = 0; turn < ROUNDS; turn++) pairs.push({ alone: await round(0), beside: await round(PURCHASES) });

  const row = (name: string, rounds: readonly Round[]): string[] => [
    name,
    ms(median(rounds.map((each) => each.median))),
    ms(median(rounds.map((each) => each.p99))),
    ms(median(rounds.map((each) => each.most))),
    ms(median(rounds.map((each) => each.loop.p99Ms))),
    ms(median(rounds.map((each) => each.loop.mostMs))),
  ];
  table(
    [
      `medians of ${ROUNDS} rounds of ${SECONDS} s, ${READS} reads a second`,
      'read: median',
      'p99',
      'max',
      'loop: p99',
      'max',
    ],
    [
      row(
        'alone',
        pairs.map(({ alone }) => alone),
      ),
      row(
        `beside ${PURCHASES} purchases a second`,
        pairs.map(({ beside }) => beside),
      ),
    ],
  );
  const ratios = pairs.map(({ alone, beside }) => beside.p99 / alone.p99);
  const late = Math.max(...pairs.map(({ beside }) => beside.took - SECONDS * 1_000));
  // The reads cost the same in both rounds.
  const cpuOf = (of: keyof CpuTime): number =>
    median(pairs.map(({ alone, beside }) => (beside.cpu[of] - alone.cpu[of]) / (PURCHASES * SECONDS)));
  const cpu = { main: cpuOf('main'), process: cpuOf('process') };
  console.log(
    `\np99 beside purchases over p99 alone, by round: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; median ${median(ratios).toFixed(2)}.\n` +
      `The last report was collected at most ${ms(Math.max(late, 0))} after the end of a round.\n` +
      `Processor time of a purchase: ${ms(cpu.main)} of the main thread, ${ms(cpu.process)} of the process.`,
  );
  const [alone, beside] = [pairs.map((pair) => pair.alone.p99), pairs.map((pair) => pair.beside.p99)];
  return {
    figures: [
      { what: 'p99 of reads beside purchases, over p99 alone', value: median(ratios), unit: 'ratio', atMost: 3 },
      { what: 'p99 of reads alone', value: median(alone), unit: 'ms' },
      { what: 'p99 of reads beside purchases', value: median(beside), unit: 'ms' },
      { what: 'processor time of a purchase, main thread', value: cpu.main, unit: 'ms' },
      { what: 'processor time of a purchase, process', value: cpu.process, unit: 'ms' },
    ],
  };
});
