/** The delay between a report being ready upstream and reaching the client, and what contributes to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { numbered } from '../test/fixtures/answers/answers.ts';
import { openClient, PAY_QUERY } from './support/client.ts';
import { median, ms, quantile, table } from './support/figures.ts';
import { passageOf, startExactUpstream } from './support/passage.ts';
import type { Figure } from './support/results.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { reports: REPORTS } = sizes({ reports: 200 });
const APART_MS = 25;
const SHORTEST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 2_500;

await play(async (stage) => {
  const delayOf = (number: number): number =>
    SHORTEST_DELAY_MS + ((LONGEST_DELAY_MS - SHORTEST_DELAY_MS) * ((number * 61) % REPORTS)) / REPORTS;
  const upstream = await startExactUpstream(stage, delayOf);
  const { url } = await stage.serve(upstream.url);
  const client = openClient(url);
  stage.atEnd(() => client.close());
  await client.ask('{ usage { submitted } }');

  const receivedAt = await Promise.all(
    Array.from({ length: REPORTS }, async (_, number) => {
      await sleep(number * APART_MS);
      await client.ask(PAY_QUERY, { answers: numbered(number) });
      return performance.now();
    }),
  );

  const measured = receivedAt.map((at, number) => {
    const { readyAt, askedAt, handedOverAt, polls } = passageOf(upstream, number);
    return {
      all: at - readyAt,
      schedule: askedAt - readyAt,
      ofDelay: (askedAt - readyAt) / delayOf(number),
      handing: handedOverAt - askedAt,
      server: at - handedOverAt,
      polls,
    };
  });
  const row = (name: string, values: readonly number[]): string[] => [
    name,
    ms(median(values)),
    ms(quantile(values, 0.99)),
    ms(quantile(values, 1)),
    `${((100 * sum(values)) / sum(measured.map(({ all }) => all))).toFixed(0)} %`,
  ];
  table(
    [`${REPORTS} reports, ${APART_MS} ms apart`, 'median', 'p99', 'max', 'share'],
    [
      row(
        'total: ready upstream → result at the client',
        measured.map(({ all }) => all),
      ),
      row(
        '  ready → successful poll arrives',
        measured.map(({ schedule }) => schedule),
      ),
      row(
        '  poll arrives → response sent',
        measured.map(({ handing }) => handing),
      ),
      row(
        '  response sent → result at the client',
        measured.map(({ server }) => server),
      ),
    ],
  );
  const late = measured.map(({ ofDelay }) => 100 * ofDelay);
  console.log(
    `\nEach report takes ${SHORTEST_DELAY_MS} to ${LONGEST_DELAY_MS} ms, with exact retry hints.\n` +
      `The last poll was late by ${median(late).toFixed(1)} % of that time (median; max ${quantile(late, 1).toFixed(1)} %); ` +
      `${(sum(measured.map(({ polls }) => polls)) / REPORTS).toFixed(2)} polls per report.`,
  );
  const figure = (what: string, values: readonly number[], share: number): Figure => ({
    what,
    value: quantile(values, share),
    unit: 'ms',
  });
  const added = measured.map(({ all }) => all);
  const server = measured.map((each) => each.server);
  return {
    figures: [
      { ...figure('ready upstream → result at the client, median', added, 0.5), atMost: 5 },
      { ...figure('ready upstream → result at the client, p99', added, 0.99), atMost: 25 },
      figure('response of the last poll → result at the client, median', server, 0.5),
      figure('response of the last poll → result at the client, p99', server, 0.99),
      { what: 'polls per report', value: sum(measured.map(({ polls }) => polls)) / REPORTS, unit: 'count' },
    ],
  };
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
