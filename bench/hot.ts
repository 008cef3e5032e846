/** The same request every time, for a report that is stored. */
import { startContenders } from './support/contenders.ts';
import { always, contest } from './support/contest.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { rounds, seconds } = sizes({ rounds: 7, seconds: 1 });

await play(async (stage) => {
  const contenders = await startContenders(stage, { reports: 1 });
  const { beside, rates } = await contest(contenders, always, { rounds, seconds });
  return {
    figures: [
      beside('bare Fastify route', { atLeast: 0.9 }),
      beside('Mercurius with JIT', { atLeast: 1.7 }),
      beside('GraphQL Yoga with response cache'),
      beside('Apollo on Fastify'),
    ],
    contest: { about: 'the same request every time', rates: rates('bare Fastify route') },
  };
});
