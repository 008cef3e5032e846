/** Requests that nothing stored can answer: the status of a report is read anew each time. */
import { startContenders } from './support/contenders.ts';
import { contest, inTurn } from './support/contest.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { rounds, seconds, reports } = sizes({ rounds: 7, seconds: 1, reports: 500 });
const QUERY =
  'query Pay($answers: AnswersInput!) { report(answers: $answers) { id status { pay yoe } pay { reportRating basePay { percentile25 percentile50 percentile75 } } } }';

await play(async (stage) => {
  const contenders = await startContenders(stage, { reports, query: QUERY });
  await contest(contenders, inTurn, { rounds, seconds });
});
