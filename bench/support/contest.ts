import type { Contender } from './contenders.ts';
import { median, ms, quantile, table } from './figures.ts';
import type { Figure } from './results.ts';
import { askChild } from './stage.ts';
import { pressure, type Exchange, type Pressure } from './pressure.ts';

const CONNECTIONS = 50;
const WARM_UP_SECONDS = 2;
/** From this share on, the load and not the server may be what limits a round. */
const BUSIEST = 0.95;

/** What one contender did in one round. */
interface Turn extends Pressure {
  /** Processor time of the server for one request. */
  readonly cpuMs: number;
}

/** How the first contender did. */
export interface Standing {
  /** Its requests per second beside those of another: the median of the ratios of the rounds. */
  readonly beside: (name: string, goal?: Pick<Figure, 'atLeast'>) => Figure;
  /** The requests per second of each contender beside those of one of them. */
  readonly rates: (beside: string) => Record<string, number>;
}

/** The order in which a contender's exchanges are used. */
export type Order = (exchanges: readonly Exchange[]) => () => Exchange;

/** The same bytes every time. */
export const always: Order = (exchanges) => {
  const [only] = exchanges;
  if (!only) throw new Error('There is nothing to ask for.');
  return () => only;
};

/** One after the other, and again from the first. */
export const inTurn: Order = (exchanges) => {
  let turn = 0;
  return () => exchanges[turn++ % exchanges.length] as Exchange;
};

/** One after the other, but never the same bytes twice: each has other white space, which means nothing in JSON. */
export const neverTheSame: Order = (exchanges) => {
  const next = inTurn(exchanges);
  let turn = 0;
  return () => {
    const { body, expected } = next();
    return { body: `{${blanks(turn++)}${body.slice(1)}`, expected };
  };
};

/**
 * Measures the contenders one after the other, in short rounds of which each begins with another one, so that whatever else
 * the machine does meets them all alike; prints a table and returns the ratios within the rounds.
 */
export async function contest(
  contenders: readonly Contender[],
  order: Order,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Standing> {
  const runners = contenders.map((contender) => ({
    ...contender,
    next: order(contender.exchanges),
    turns: [] as Turn[],
  }));
  const run = async ({ url, child, next }: (typeof runners)[number], time: number): Promise<Turn> => {
    const before = await askChild<number>(child, 'cpu');
    const measured = await pressure(url, next, { connections: CONNECTIONS, seconds: time });
    const used = (await askChild<number>(child, 'cpu')) - before;
    return { ...measured, cpuMs: used / 1_000 / measured.requests };
  };
  for (const runner of runners) await run(runner, Math.min(WARM_UP_SECONDS, 2 * seconds));
  for (let round = 0; round < rounds; round++) {
    const first = round % runners.length;
    for (const runner of [...runners.slice(first), ...runners.slice(0, first)])
      runner.turns.push(await run(runner, seconds));
  }

  const ratios = (name: string, beside: string, figure: 'perSecond' | 'cpuMs'): number[] => {
    const of = (wanted: string): readonly Turn[] => runners.find((each) => each.name === wanted)?.turns ?? [];
    const others = of(beside);
    return of(name).map((turn, round) => turn[figure] / (others[round]?.[figure] ?? Number.NaN));
  };
  const ours = runners[0]?.name ?? '';
  table(
    [
      `${rounds} rounds of ${seconds} s, ${CONNECTIONS} connections`,
      'per second',
      'median',
      'p99',
      'CPU of each',
      `${ours} beside it`,
      'by CPU',
    ],
    runners.map(({ name, turns }) => {
      const of = (figure: keyof Turn): number => median(turns.map((turn) => turn[figure]));
      const faster = ratios(ours, name, 'perSecond');
      return [
        name,
        Math.round(of('perSecond')).toLocaleString('en'),
        ms(of('medianMs')),
        ms(of('p99Ms')),
        `${(1_000 * of('cpuMs')).toFixed(0)} µs`,
        `${median(faster).toFixed(2)} (${quantile(faster, 0).toFixed(2)} to ${quantile(faster, 1).toFixed(2)})`,
        median(ratios(name, ours, 'cpuMs')).toFixed(2),
      ];
    }),
  );
  const busiest = Math.max(...runners.flatMap(({ turns }) => turns.map(({ busy }) => busy)));
  console.log(`\nThe load generator was busy for at most ${(100 * busiest).toFixed(0)} % of a round.`);
  if (busiest > BUSIEST) console.log('That is too much: the ratios per second are closer to 1 than they should be.');
  const rate = (name: string, beside: string): number => median(ratios(name, beside, 'perSecond'));
  return {
    beside: (name, goal = {}) => ({
      what: `requests per second, beside ${name}`,
      value: rate(ours, name),
      unit: 'ratio',
      ...goal,
    }),
    rates: (beside) => Object.fromEntries(runners.map(({ name }) => [name, rate(name, beside)])),
  };
}

const BITS = 24;

/** 24 spaces and tabs, different ones for each number. */
function blanks(number: number): string {
  let text = '';
  for (let bit = 0; bit < BITS; bit++) text += number & (1 << bit) ? '\t' : ' ';
  return text;
}
