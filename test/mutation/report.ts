import type { Mutant } from './mutants.ts';

export interface Verdict extends Mutant {
  /** 'refused': no test fails, but the type checker does, so that `npm run check` finds it. */
  readonly status: 'killed' | 'survived' | 'equivalent' | 'refused';
  /** The first test that failed, or why no test can fail; null for a survivor. */
  readonly by: string | null;
  /** The line of the source, without its indentation. */
  readonly context: string;
  /** How many test files execute it. */
  readonly tests: number;
}

export interface Report {
  readonly sample: number;
  readonly of: number;
  readonly seed: number;
  readonly score: Score;
  readonly verdicts: readonly Verdict[];
}

export interface Score {
  readonly killed: number;
  readonly survived: number;
  readonly equivalent: number;
  readonly refused: number;
  /** The share of mutants that tests kill among those that are not equivalent and pass the type checker, in percent. */
  readonly percent: number;
  /** The same if those that the type checker refuses count as survived. */
  readonly byTestsAlone: number;
  /** Of `percent`, with 95 % confidence (Wilson): those of a sample are not those of all. */
  readonly interval: readonly [low: number, high: number];
}

export function scoreOf(verdicts: readonly Verdict[]): Score {
  const count = (status: Verdict['status']): number => verdicts.filter((verdict) => verdict.status === status).length;
  const [killed, survived, refused] = [count('killed'), count('survived'), count('refused')];
  return {
    killed,
    survived,
    equivalent: count('equivalent'),
    refused,
    percent: percent(killed / Math.max(killed + survived, 1)),
    byTestsAlone: percent(killed / Math.max(killed + survived + refused, 1)),
    interval: wilson(killed, killed + survived),
  };
}

function percent(share: number): number {
  return Math.round(1_000 * share) / 10;
}

function wilson(hits: number, of: number): [low: number, high: number] {
  if (of === 0) return [0, 100];
  const z = 1.96;
  const share = hits / of;
  const middle = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return [percent((middle - half) / scale), percent((middle + half) / scale)];
}

export function markdownOf({ sample, of, seed, score, verdicts }: Report): string {
  const { killed, survived, equivalent, refused, byTestsAlone, interval } = score;
  const lines = verdicts
    .filter(({ status }) => status !== 'killed')
    .map(
      ({ file, line, status, original, replacement, by, tests }) =>
        `| ${file}:${line} | ${cell(original)} | ${cell(replacement)} | ${status} (${tests} test files) ${by ?? ''} |`,
    );
  return [
    `${sample} of ${of} mutants (seed ${seed}): ${killed} killed, ${survived} survived, ${refused} refused by the type checker, ${equivalent} equivalent`,
    `${score.percent} % (${interval[0]} to ${interval[1]} %); ${byTestsAlone} % without the type checker`,
    '',
    ...(lines.length > 0 ? ['| where | original | mutant | |', '| --- | --- | --- | --- |', ...lines, ''] : []),
  ].join('\n');
}

function cell(text: string): string {
  return `\`${text.replaceAll(/\s+/g, ' ').slice(0, 80).replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}
