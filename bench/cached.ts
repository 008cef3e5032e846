/** The cost of serving a stored report, compared with a route that only sends the same JSON. */
import { numbered } from '../test/fixtures/answers/answers.ts';
import { openClient, PAY_QUERY } from './support/client.ts';
import { ms, table } from './support/figures.ts';
import { pressure } from './support/pressure.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { seconds: SECONDS } = sizes({ seconds: 5 });
const WARM_UP_SECONDS = 2;
const CONNECTIONS = 16;

await play(async (stage) => {
  const simulator = await stage.simulate({ delayMs: { min: 0, max: 0 } });
  const { url } = await stage.serve(simulator.origin);
  const variables = { answers: numbered(1) };
  const client = openClient(url);
  const data = await client.ask(PAY_QUERY, variables);
  await client.close();

  const { url: bareUrl } = await stage.servePeer('./bare-route.ts', { message: { data } });

  const body = JSON.stringify({ query: PAY_QUERY, variables });
  const expected = async (target: string): Promise<string> => {
    const response = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return Buffer.from(await response.text()).toString('latin1');
  };
  const load = async (target: string, seconds: number) =>
    pressure(target, body, await expected(target), { connections: CONNECTIONS, seconds });

  await load(bareUrl, WARM_UP_SECONDS);
  await load(url, WARM_UP_SECONDS);
  const { posts, polls } = simulator.counters();
  const bareFigures = await load(bareUrl, SECONDS);
  const ours = await load(url, SECONDS);
  const after = simulator.counters();

  const row = (name: string, { perSecond, medianMs, p99Ms }: typeof ours): string[] => [
    name,
    Math.round(perSecond).toLocaleString('en'),
    (perSecond / bareFigures.perSecond).toFixed(3),
    ms(medianMs),
    ms(p99Ms),
  ];
  table(
    [`${SECONDS} s, ${CONNECTIONS} connections`, 'per second', 'ratio', 'median', 'p99'],
    [row('bare Fastify route', bareFigures), row('this server, report READY', ours)],
  );
  console.log(`\nPOSTs and polls sent upstream during the run: ${after.posts - posts} and ${after.polls - polls}.`);
});
