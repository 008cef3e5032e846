/** Five hundred stored reports in turn, but never the same bytes twice. */
import { startContenders } from './support/contenders.ts';
import { contest, neverTheSame } from './support/contest.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { rounds, seconds, reports } = sizes({ rounds: 7, seconds: 1, reports: 500 });

await play(async (stage) => {
  const contenders = await startContenders(stage, { reports });
  const { beside, rates } = await contest(contenders, neverTheSame, { rounds, seconds });
  return {
    figures: [
      beside('bare Fastify route'),
      beside('Mercurius with JIT', { atLeast: 1 }),
      beside('GraphQL Yoga with response cache'),
      beside('Apollo on Fastify'),
    ],
    contest: { about: '500 reports, never the same bytes twice', rates: rates('bare Fastify route') },
  };
});
