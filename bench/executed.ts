/** Requests that nothing stored can answer: the status of a report is read anew each time. */
import { buildBase } from './support/base.ts';
import { startContenders, type Ours } from './support/contenders.ts';
import { contest, inTurn } from './support/contest.ts';
import { sizes, textOption } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { rounds, seconds, reports } = sizes({ rounds: 7, seconds: 1, reports: 500 }, ['base']);
/** A commit: this server as it was then is one of the contenders. */
const BASE = textOption('base');
const QUERY =
  'query Pay($answers: AnswersInput!) { report(answers: $answers) { id status { pay yoe } pay { reportRating basePay { percentile25 percentile50 percentile75 } } } }';

await play(async (stage) => {
  const ours: Record<string, Ours> = { 'this server': {} };
  const before = `this server at ${BASE}`;
  if (BASE !== null) ours[before] = { entry: await buildBase(stage, BASE) };
  const contenders = await startContenders(stage, { reports, query: QUERY, ours });
  const { beside, rates } = await contest(contenders, inTurn, { rounds, seconds });
  return {
    figures: [
      ...(BASE === null ? [] : [beside(before, { atLeast: 1.3 })]),
      beside('bare Fastify route'),
      beside('Mercurius with JIT'),
      beside('GraphQL Yoga with response cache'),
      beside('Apollo on Fastify'),
    ],
    contest: { about: '500 requests in turn that nothing stored can answer', rates: rates('bare Fastify route') },
  };
});
