import { startUpstream, type Upstream } from '../../test/fixtures/upstream/upstream.ts';
import { numbered } from '../../test/fixtures/answers/answers.ts';
import type { Stage } from './stage.ts';

/** The history of one report at an upstream with exact retry hints. Times are `performance.now()` values. */
export interface Passage {
  /** From this moment on a poll received the report. */
  readonly readyAt: number;
  readonly polls: number;
  /** When the successful poll arrived, and when its response had been written. */
  readonly askedAt: number;
  readonly handedOverAt: number;
}

/**
 * Starts the upstream of the tests in this process, with exact retry hints: unlike the simulator, it says how much time is
 * left to the millisecond, and records when each report became available. Every report has the same figures.
 */
export async function startExactUpstream(stage: Stage, delayOf: (number: number) => number): Promise<Upstream> {
  const upstream = await startUpstream({
    clientId: 'simulator',
    clientSecret: 'simulator-secret',
    reportTakesMs: ({ AverageSizeCompetitor }) => delayOf(AverageSizeCompetitor ?? 0),
  });
  stage.atEnd(async () => {
    await upstream.close();
    if (upstream.violations.length > 0)
      throw new Error(`Rules of upstream were broken:\n${upstream.violations.join('\n')}`);
  });
  return upstream;
}

/** What happened upstream to the report for `numbered(number)`, which must have been collected. */
export function passageOf(upstream: Upstream, number: number): Passage {
  const { averageSizeCompetitor } = numbered(number);
  const purchase = upstream.purchases.find(({ answers }) => answers.AverageSizeCompetitor === averageSizeCompetitor);
  if (!purchase) throw new Error(`Report ${number} was never bought upstream.`);
  const polls = upstream.polls('pay').filter(({ link }) => link === purchase.link);
  const last = polls.at(-1);
  if (last?.respondedAt === undefined) throw new Error(`Report ${number} was never collected upstream.`);
  return {
    readyAt: upstream.readyAt(purchase),
    polls: polls.length,
    askedAt: last.at,
    handedOverAt: last.respondedAt,
  };
}
