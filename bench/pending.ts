/** What a report costs while it is pending, if there are many of them: heap, beside that once it is collected, and polls. */
import { setTimeout as sleep } from 'node:timers/promises';
import { numbered } from '../test/fixtures/answers/answers.ts';
import { openClient } from './support/client.ts';
import { ms, table } from './support/figures.ts';
import type { LoopDelay } from './support/loop-delay.ts';
import { startExactUpstream } from './support/passage.ts';
import { sizes } from './support/sizes.ts';
import { askChild, play, preload } from './support/stage.ts';
import type { Vitals } from './support/vitals.ts';

const { few: FEW, many: MANY, seconds: SECONDS } = sizes({ few: 1_000, many: 10_000, seconds: 90 });
/** With the first reports of a process, much is compiled and cached. */
const WARM_UP_REPORTS = 100;
/** What still counts as in proportion. */
const LINEAR = 1.1;
const BUYERS = 32;
const REQUEST = 'mutation Buy($answers: AnswersInput!) { requestReport(answers: $answers, types: [PAY]) { id } }';

await play(async (stage) => {
  /** Buys reports that upstream makes in `SECONDS`, and collects all of them. */
  async function pendingAtOnce(reports: number) {
    const upstream = await startExactUpstream(stage, (number) => (number < WARM_UP_REPORTS ? 0 : SECONDS * 1_000));
    // Longer hints are cut to this.
    upstream.options.longestHintMs = 15_000;
    const { url, server } = await stage.serve(upstream.url, {
      settings: { LOG_LEVEL: 'warn', RATE_LIMIT_MAX: '1000000000' },
      nodeArguments: ['--expose-gc', ...preload('./vitals.ts'), ...preload('./loop-delay.ts')],
    });
    const client = openClient(url);
    const buy = async (first: number, count: number): Promise<void> => {
      let next = first;
      const buyer = async (): Promise<void> => {
        while (next < first + count) await client.ask(REQUEST, { answers: numbered(next++) });
      };
      await Promise.all(Array.from({ length: BUYERS }, buyer));
    };
    const until = async (what: () => boolean): Promise<void> => {
      while (!what()) await sleep(50);
    };
    await buy(0, WARM_UP_REPORTS);
    await until(() => upstream.polls().length >= WARM_UP_REPORTS);
    server.child.send('reset');

    const startedAt = performance.now();
    await buy(WARM_UP_REPORTS, reports);
    await until(() => new Set(upstream.polls().map(({ link }) => link)).size === WARM_UP_REPORTS + reports);
    const boughtMs = performance.now() - startedAt;
    if (boughtMs > SECONDS * 1_000) throw new Error('The first were ready before the last were bought: use --seconds.');
    const pending = await askChild<Vitals>(server.child, 'vitals');

    const collected = async (): Promise<number> =>
      (await client.ask<{ usage: { collected: number } }>('{ usage { collected } }')).usage.collected;
    while ((await collected()) < WARM_UP_REPORTS + reports) await sleep(500);
    const polls = upstream.polls().length;
    const after = await askChild<Vitals>(server.child, 'vitals');
    const loop = await askChild<LoopDelay>(server.child, 'loop delay');
    await client.close();
    await server.end('SIGKILL');
    return {
      reports,
      boughtMs,
      heapPerReport: (pending.heapBytes - after.heapBytes) / reports,
      pollsPerReport: (polls - WARM_UP_REPORTS) / reports,
      loop,
    };
  }

  const [one, few] = await Promise.all([pendingAtOnce(1), pendingAtOnce(FEW)]);
  const many = await pendingAtOnce(MANY);
  const row = ({ reports, boughtMs, heapPerReport, pollsPerReport, loop }: typeof one): string[] => [
    reports.toLocaleString('en'),
    ms(boughtMs),
    reports > 1 ? `${(heapPerReport / 1_024).toFixed(2)} KB` : '',
    pollsPerReport.toFixed(2),
    ms(loop.p99Ms),
  ];
  table(
    [`pending for ${SECONDS} s`, 'bought within', 'heap per report', 'polls per report', 'loop delay p99'],
    [one, few, many].map(row),
  );
  const heap = many.heapPerReport / few.heapPerReport;
  const polls = many.pollsPerReport / one.pollsPerReport;
  console.log(
    `\nHeap per report, ${MANY} over ${FEW}: ${heap.toFixed(2)}. Polls per report, ${MANY} over one: ${polls.toFixed(2)}.`,
  );
  const count = (number: number): string => number.toLocaleString('en');
  return {
    figures: [
      { what: `heap per report, ${count(MANY)} over ${count(FEW)}`, value: heap, unit: 'ratio', atMost: LINEAR },
      { what: `polls per report, ${count(MANY)} over one`, value: polls, unit: 'ratio', atMost: LINEAR },
      { what: `heap per report, ${count(MANY)}`, value: many.heapPerReport / 1_024, unit: 'KB' },
      { what: `polls per report, ${count(MANY)}`, value: many.pollsPerReport, unit: 'count' },
    ],
  };
});
