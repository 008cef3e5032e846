import { Counter, type CounterConfiguration } from 'prom-client';

/**
 * A counter for what happens very often. prom-client finds a combination of labels by writing it as text, each time; here it is
 * found by a text that the caller has, and prom-client is told whenever somebody looks. There must be few combinations.
 */
export function tally<Label extends string>(
  configuration: Omit<CounterConfiguration<Label>, 'collect'>,
): (key: string, labels: Record<Label, string>) => void {
  const counts = new Map<string, { readonly labels: Record<Label, string>; count: number }>();
  const counter: Counter<Label> = new Counter<Label>({
    ...configuration,
    collect() {
      for (const each of counts.values()) {
        if (each.count > 0) counter.inc(each.labels, each.count);
        each.count = 0;
      }
    },
  });

  return (key, labels) => {
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { labels, count: 1 });
  };
}
