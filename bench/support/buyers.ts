/** An upstream and the clients that buy from it through a server, in a process of their own: they must not delay the reads. */
import { setTimeout as sleep } from 'node:timers/promises';
import { numbered } from '../../test/fixtures/answers/answers.ts';
import { startUpstream } from '../../test/fixtures/upstream/upstream.ts';
import { openClient } from './client.ts';

/** Asks for new reports, numbered from `first`, evenly over `seconds`. */
export interface Purchases {
  readonly url: string;
  readonly first: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** What came of them, once all are collected. */
export interface Bought {
  readonly reports: number;
  /** From the first request to the last collected report. */
  readonly tookMs: number;
}

const REQUEST = 'mutation Buy($answers: AnswersInput!) { requestReport(answers: $answers, types: [PAY]) { id } }';

const upstream = await startUpstream({ clientId: 'simulator', clientSecret: 'simulator-secret', pendingPolls: 0 });
process.send?.(upstream.url);

process.on('message', (purchases: Purchases) => void buy(purchases).then((bought) => process.send?.(bought)));

async function buy({ url, first, perSecond, seconds }: Purchases): Promise<Bought> {
  const client = openClient(url);
  const before = upstream.polls('pay').length;
  const startedAt = performance.now();
  const reports = perSecond * seconds;
  await Promise.all(
    Array.from({ length: reports }, async (_, index) => {
      await sleep((index * 1_000) / perSecond);
      await client.ask(REQUEST, { answers: numbered(first + index) });
    }),
  );
  while (upstream.polls('pay').length < before + reports) await sleep(10);
  const tookMs = performance.now() - startedAt;
  await client.close();
  return { reports, tookMs };
}
