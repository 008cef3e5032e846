/** A thousand clients send the same query to a server that has just started with an empty ledger. */
import { numbered } from '../test/fixtures/answers/answers.ts';
import { openClient, PAY_QUERY } from './support/client.ts';
import { median, ms, quantile, table } from './support/figures.ts';
import { exactly, type Figure } from './support/results.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { clients: CLIENTS } = sizes({ clients: 1_000 });
const REPORT_TAKES_MS = 1_000;

await play(async (stage) => {
  const rows: (string | number)[][] = [];
  const figures: Figure[] = [];
  // A single client first, as the baseline: the report takes the same time for one client as for all.
  for (const clients of [1, CLIENTS]) {
    const simulator = await stage.simulate({ delayMs: { min: REPORT_TAKES_MS, max: REPORT_TAKES_MS } });
    const { url } = await stage.serve(simulator.origin);
    const client = openClient(url);
    const startedAt = performance.now();
    const times = await Promise.all(
      Array.from({ length: clients }, async () => {
        await client.ask(PAY_QUERY, { answers: numbered(1) });
        return performance.now() - startedAt;
      }),
    );
    await client.close();
    const { tokens, posts, polls, maxConcurrentPollsPerLink, submittedReports } = simulator.counters();
    rows.push([
      clients,
      tokens,
      posts,
      submittedReports,
      polls,
      maxConcurrentPollsPerLink,
      ms(median(times)),
      ms(quantile(times, 1)),
    ]);
    figures.push({ what: `last response, clients: ${clients}`, value: quantile(times, 1), unit: 'ms' });
    if (clients === CLIENTS)
      figures.push(
        exactly('tokens', tokens, 1),
        exactly('POSTs', posts, 1),
        exactly('reports bought', submittedReports, 1),
        exactly('concurrent polls of a link at most', maxConcurrentPollsPerLink, 1),
      );
  }
  table(['clients', 'tokens', 'POSTs', 'bought', 'polls', 'at once', 'median response', 'last response'], rows);
  console.log(`\nUpstream takes ${REPORT_TAKES_MS} ms to make the report. "at once": most concurrent polls of a link.`);
  return { figures };
});
