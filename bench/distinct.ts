/** Requests five hundred different reports at once. */
import { numbered } from '../test/fixtures/answers/answers.ts';
import { openClient, PAY_QUERY } from './support/client.ts';
import { median, ms, quantile, table } from './support/figures.ts';
import type { LoopDelay } from './support/loop-delay.ts';
import { exactly } from './support/results.ts';
import { sizes } from './support/sizes.ts';
import { askChild, play, preload } from './support/stage.ts';

const { reports: REPORTS } = sizes({ reports: 500 });
const REPORT_TAKES_MS = 1_000;

await play(async (stage) => {
  const simulator = await stage.simulate({ delayMs: { min: REPORT_TAKES_MS, max: REPORT_TAKES_MS } });
  const { server, url } = await stage.serve(simulator.origin, {
    nodeArguments: preload('./loop-delay.ts'),
  });
  const client = openClient(url);
  // Warm-up: the first query of a process is slower than the rest.
  await client.ask('{ usage { submitted } }');
  server.child.send('reset');

  const startedAt = performance.now();
  const times = await Promise.all(
    Array.from({ length: REPORTS }, async (_, number) => {
      await client.ask(PAY_QUERY, { answers: numbered(number) });
      return performance.now() - startedAt;
    }),
  );
  const delay = await askChild<LoopDelay>(server.child, 'loop delay');
  await client.close();

  const { posts, polls, polledLinks, duplicates, maxConcurrentPollsPerLink, tokens } = simulator.counters();
  table(
    ['what', 'figure'],
    [
      ['reports requested at once', REPORTS],
      ['time upstream takes for each', ms(REPORT_TAKES_MS)],
      ['first response', ms(quantile(times, 0))],
      ['median response', ms(median(times))],
      ['last response (all READY)', ms(quantile(times, 1))],
      ['tokens', tokens],
      ['POSTs', posts],
      ['duplicates', duplicates],
      ['polls', polls],
      ['polls per report', (polls / polledLinks).toFixed(2)],
      ['maximum concurrent polls of one link', maxConcurrentPollsPerLink],
      ['event loop delay, median', ms(delay.medianMs)],
      ['event loop delay, p99', ms(delay.p99Ms)],
      ['event loop delay, max', ms(delay.mostMs)],
    ],
  );
  return {
    figures: [
      exactly('POSTs', posts, REPORTS),
      exactly('duplicates', duplicates, 0),
      exactly('concurrent polls of a link at most', maxConcurrentPollsPerLink, 1),
      { what: 'polls per report', value: polls / polledLinks, unit: 'count' },
      { what: 'median response', value: median(times), unit: 'ms' },
      { what: 'last response', value: quantile(times, 1), unit: 'ms' },
      { what: 'event loop delay, p99', value: delay.p99Ms, unit: 'ms' },
    ],
  };
});
