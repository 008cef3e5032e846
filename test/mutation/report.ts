import type { Mutant } from './mutants.ts';

export interface Verdict extends Mutant {
  readonly status: 'killed' | 'survived' | 'equivalent';
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
  /** The share of killed mutants among those that are not equivalent, in percent. */
  readonly percent: number;
}

export function scoreOf(verdicts: readonly Verdict[]): Score {
  const count = (status: Verdict['status']): number => verdicts.filter((verdict) => verdict.status === status).length;
  const [killed, survived] = [count('killed'), count('survived')];
  const percent = Math.round((1000 * killed) / Math.max(killed + survived, 1)) / 10;
  return { killed, survived, equivalent: count('equivalent'), percent };
}

export function markdownOf({ sample, of, seed, score, verdicts }: Report): string {
  const { killed, survived, equivalent, percent } = score;
  const lines = verdicts
    .filter(({ status }) => status !== 'killed')
    .map(
      ({ file, line, status, original, replacement, by, tests }) =>
        `| ${file}:${line} | ${cell(original)} | ${cell(replacement)} | ${status} (${tests} test files) ${by ?? ''} |`,
    );
  return [
    `${sample} of ${of} mutants (seed ${seed}): ${killed} killed, ${survived} survived, ${equivalent} equivalent: ${percent} %`,
    '',
    ...(lines.length > 0 ? ['| where | original | mutant | |', '| --- | --- | --- | --- |', ...lines, ''] : []),
  ].join('\n');
}

function cell(text: string): string {
  return `\`${text.replaceAll(/\s+/g, ' ').slice(0, 80).replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}
