/** Five hundred requests in turn, each for another report that is stored. */
import { startContenders } from './support/contenders.ts';
import { contest, inTurn } from './support/contest.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { rounds, seconds, reports } = sizes({ rounds: 7, seconds: 1, reports: 500 });

await play(async (stage) => {
  const contenders = await startContenders(stage, { reports });
  const { beside, rates } = await contest(contenders, inTurn, { rounds, seconds });
  return {
    figures: [
      beside('bare Fastify route'),
      beside('Mercurius with JIT', { atLeast: 1.5 }),
      beside('GraphQL Yoga with response cache'),
      beside('Apollo on Fastify'),
    ],
    contest: { about: '500 requests in turn', rates: rates('bare Fastify route') },
  };
});
