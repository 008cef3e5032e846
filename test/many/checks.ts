import type { Upstream } from '../fixtures/upstream/upstream.ts';

/** What a scenario measured, and what should not have been. */
export interface Result {
  readonly figures: Readonly<Record<string, string | number>>;
  /** Empty if everything went as promised, apart from how long it took. */
  readonly problems: readonly string[];
  /** What took longer than promised, as it does on a machine that is too slow or too busy. */
  readonly late?: readonly string[];
}

/** How often each number was bought. */
export function bought({ purchases }: Upstream): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const { answers } of purchases) {
    const number = Number(answers.AverageSizeCompetitor);
    times.set(number, (times.get(number) ?? 0) + 1);
  }
  return times;
}

/** Checks what holds in every scenario in which nobody buys again what is uncertain. */
export function generalProblems(upstream: Upstream): string[] {
  const twice = [...bought(upstream)].filter(([, times]) => times > 1).map(([number]) => number);
  return [
    ...(twice.length > 0 ? [`bought twice: ${listed(twice)}`] : []),
    ...[...new Set(upstream.violations)].slice(0, 10).map((violation) => `upstream: ${violation}`),
    ...(upstream.maxOpenPollsPerLink > 1 ? [`${upstream.maxOpenPollsPerLink} polls of one link at once`] : []),
  ];
}

/** How many processes have polled the same link at most; each has a token of its own. */
export function pollersPerLink(upstream: Upstream): number {
  const pollers = new Map<string, Set<string>>();
  for (const { link = '', headers } of upstream.polls()) {
    const seen = pollers.get(link) ?? new Set();
    pollers.set(link, seen.add(headers['authorization'] ?? ''));
  }
  return Math.max(0, ...[...pollers.values()].map(({ size }) => size));
}

/** A problem, unless it is so. */
export function unless(holds: boolean, problem: string): readonly string[] {
  return holds ? [] : [problem];
}

/** The first few. */
export function listed(numbers: readonly (number | string)[]): string {
  const more = numbers.length > 10 ? ` and ${numbers.length - 10} more` : '';
  return numbers.slice(0, 10).join(', ') + more;
}

/** The value below which this share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** How often each occurs, as text. */
export function counted(outcomes: readonly string[]): string {
  const times = new Map<string, number>();
  for (const outcome of outcomes) times.set(outcome, (times.get(outcome) ?? 0) + 1);
  return [...times].map(([outcome, count]) => `${outcome} ${count}`).join(', ') || 'none';
}
