/** Latency from the poll that finds a report ready to the event on its subscribers' sockets. */
import { setTimeout as sleep } from 'node:timers/promises';
import type WebSocket from 'ws';
import { median, ms, quantile, table } from './support/figures.ts';
import { passageOf, startExactUpstream } from './support/passage.ts';
import { sizes } from './support/sizes.ts';
import { followMessage, inTurns, openSocket, saysReady } from './support/sockets.ts';
import { play } from './support/stage.ts';

const { subscribers: SUBSCRIBERS, reports: REPORTS } = sizes({ subscribers: 100, reports: 60 });
const AT_ONCE = 10;
/** Reports that are not counted, while the server's code is being compiled. */
const WARM_UP = 20;
const REPORT_TAKES_MS = 400;
const LATEST_MS = REPORT_TAKES_MS + 30_000;

await play(async (stage) => {
  const upstream = await startExactUpstream(stage, () => REPORT_TAKES_MS);
  const { url } = await stage.serve(upstream.url);

  let arrivals: number[] = [];
  let all = Promise.withResolvers<void>();
  const sockets: WebSocket[] = [];
  await inTurns(SUBSCRIBERS, AT_ONCE, async () => {
    const socket = await openSocket(url, (text) => {
      const at = performance.now();
      if (saysReady(text) && arrivals.push(at) === SUBSCRIBERS) all.resolve();
    });
    sockets.push(socket);
  });

  const latencies: number[][] = [];
  for (let number = 0; number < WARM_UP + REPORTS; number++) {
    arrivals = [];
    all = Promise.withResolvers();
    const message = followMessage(number);
    for (const socket of sockets) socket.send(message);
    await Promise.race([all.promise, sleep(LATEST_MS, undefined, { ref: false })]);
    if (arrivals.length < SUBSCRIBERS) throw new Error(`Only ${arrivals.length} received report ${number}.`);
    const { askedAt } = passageOf(upstream, number);
    if (number >= WARM_UP) latencies.push(arrivals.map((at) => at - askedAt));
  }
  for (const socket of sockets) socket.terminate();

  const row = (name: string, values: readonly number[]): string[] => [
    name,
    ms(quantile(values, 0)),
    ms(median(values)),
    ms(quantile(values, 0.99)),
    ms(quantile(values, 1)),
  ];
  table(
    [`${REPORTS} reports × ${SUBSCRIBERS} subscribers`, 'min', 'median', 'p99', 'max'],
    [
      row('successful poll arrives upstream → event on a socket', latencies.flat()),
      row(
        '  on the first socket',
        latencies.map((each) => quantile(each, 0)),
      ),
      row(
        '  on the last socket',
        latencies.map((each) => quantile(each, 1)),
      ),
    ],
  );
  return {
    figures: [
      { what: 'poll that finds the report → event, median', value: median(latencies.flat()), unit: 'ms', atMost: 5 },
      {
        what: 'poll that finds the report → event, p99',
        value: quantile(latencies.flat(), 0.99),
        unit: 'ms',
        atMost: 25,
      },
    ],
  };
});
