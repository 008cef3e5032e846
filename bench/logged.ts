/** What a line in the log for each request costs. */
import { startContenders } from './support/contenders.ts';
import { always, contest } from './support/contest.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { rounds, seconds } = sizes({ rounds: 7, seconds: 1 });

await play(async (stage) => {
  const ours = { 'LOG_LEVEL=info': { LOG_LEVEL: 'info' }, 'LOG_LEVEL=warn': { LOG_LEVEL: 'warn' } };
  const contenders = await startContenders(stage, { reports: 1, ours, peers: [] });
  await contest(contenders, always, { rounds, seconds });
});
