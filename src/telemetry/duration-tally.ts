import type { MetricValueWithName, Registry } from 'prom-client';

export interface DurationConfiguration {
  readonly name: string;
  readonly help: string;
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

interface Tally<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  /** How many were within each bucket, and in none; not cumulative. */
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram of what happens very often, for the reason of `tally`: a combination of labels is found by a text that the caller
 * has, and everything else is done when somebody looks.
 */
export function tallyDurations<Label extends string>({
  name,
  help,
  buckets,
  registry,
}: DurationConfiguration): (key: string, labels: Readonly<Record<Label, string>>, seconds: number) => void {
  const tallies = new Map<string, Tally<Label>>();

  function valuesOf({ labels, counts, sum }: Tally<Label>): MetricValueWithName<string>[] {
    let count = 0;
    const within = [...buckets, '+Inf'].map((le, index) => {
      count += counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...within,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }

  // Of prom-client's histogram, the registry uses no more than this.
  registry.registerMetric({
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      values: [...tallies.values()].flatMap(valuesOf),
      aggregator: 'sum',
    }),
    reset: () => tallies.clear(),
  } as unknown as Parameters<Registry['registerMetric']>[0]);

  return (key, labels, seconds) => {
    let tally = tallies.get(key);
    if (!tally)
      tallies.set(key, (tally = { labels, counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 }));
    let bucket = 0;
    while (bucket < buckets.length && seconds > (buckets[bucket] as number)) bucket++;
    tally.counts[bucket] = (tally.counts[bucket] as number) + 1;
    tally.sum += seconds;
  };
}
