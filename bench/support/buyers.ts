/** An upstream and the clients that buy from it through a server, in a process of their own: they must not delay the reads. */
import { setTimeout as sleep } from 'node:timers/promises';
import { numbered } from '../../test/fixtures/answers/answers.ts';
import { startUpstream } from '../../test/fixtures/upstream/upstream.ts';
import { openRawConnection, type RawConnection } from './raw-connection.ts';

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

const CONNECTIONS = 16;

const upstream = await startUpstream({ clientId: 'simulator', clientSecret: 'simulator-secret', pendingPolls: 0 });
/** Every poll finds its report ready. */
const collected = { reports: 0 };
upstream.onRequest(({ kind }) => {
  if (kind === 'poll') collected.reports += 1;
});
process.send?.(upstream.url);

process.on('message', (purchases: Purchases) => void buy(purchases).then((bought) => process.send?.(bought)));

async function buy({ url, first, perSecond, seconds }: Purchases): Promise<Bought> {
  const asking = openAsking(url);
  const before = collected.reports;
  const startedAt = performance.now();
  const reports = perSecond * seconds;
  for (let index = 0; index < reports; index++) {
    await sleep(Math.max(startedAt + (index * 1_000) / perSecond - performance.now(), 0));
    asking.ask(JSON.stringify({ query: REQUEST, variables: { answers: numbered(first + index) } }));
  }
  while (collected.reports < before + reports) await sleep(10);
  const tookMs = performance.now() - startedAt;
  asking.close();
  return { reports, tookMs };
}

/** Asks over a few connections, each of which has one request at a time; the others wait. */
function openAsking(url: string): { ask(body: string): void; close(): void } {
  const idle: RawConnection[] = [];
  const waiting: string[] = [];
  let closed = false;
  const connections = Array.from({ length: CONNECTIONS }, () => {
    const next = (): void => {
      const body = waiting.shift();
      if (body === undefined) idle.push(connection);
      else connection.send(body);
    };
    const connection: RawConnection = openRawConnection(url, {
      onConnect: next,
      onResponse(response) {
        const text = response.toString('latin1');
        if (!text.startsWith('HTTP/1.1 200') || text.includes('"errors"')) throw new Error(`Not bought: ${text}`);
        next();
      },
      onError(error) {
        if (!closed) throw error;
      },
    });
    return connection;
  });
  return {
    ask(body) {
      const connection = idle.pop();
      if (connection) connection.send(body);
      else waiting.push(body);
    },
    close() {
      closed = true;
      for (const connection of connections) connection.destroy();
    },
  };
}
