/** What a line in the log for each request costs. */
import { startContenders } from './support/contenders.ts';
import { always, contest } from './support/contest.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { rounds, seconds } = sizes({ rounds: 7, seconds: 1 });

await play(async (stage) => {
  const ours = {
    'LOG_LEVEL=info': { settings: { LOG_LEVEL: 'info' } },
    'LOG_LEVEL=warn': { settings: { LOG_LEVEL: 'warn' } },
  };
  const contenders = await startContenders(stage, { reports: 1, ours, peers: [] });
  const { beside } = await contest(contenders, always, { rounds, seconds });
  return { figures: [beside('LOG_LEVEL=warn', { atLeast: 0.85 })] };
});
