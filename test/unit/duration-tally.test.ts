import * as fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { tallyDurations } from '../../src/telemetry/duration-tally.js';

const NAME = 'seconds';
const HELP = 'Of anything.';
const BUCKETS = [0.001, 0.5, 10];

/** The lines, in any order; `le` is the last label. */
async function linesOf(registry: Registry): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n');
  return lines.map((line) => line.replace(/\{le="(.*?)",(.*?)\}/, '{$2,le="$1"}')).toSorted();
}

test('shows what a histogram of prom-client shows', async () => {
  const observation = fc.record({
    kind: fc.constantFrom('', 'query', 'mutation'),
    seconds: fc.oneof(fc.constantFrom(0, ...BUCKETS), fc.double({ min: 0, max: 100, noNaN: true })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(observation), async (observations) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const count = tallyDurations<'kind'>({ name: NAME, help: HELP, buckets: BUCKETS, registry: ours });
      const histogram = new Histogram({
        name: NAME,
        help: HELP,
        labelNames: ['kind'],
        buckets: BUCKETS,
        registers: [theirs],
      });
      for (const { kind, seconds } of observations) {
        count(kind, { kind }, seconds);
        histogram.observe({ kind }, seconds);
      }
      expect(await linesOf(ours)).toEqual(await linesOf(theirs));
    }),
  );
});
