import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { DAY_MS, dayOf } from '../datasources/reports/charges.js';
import { badUserInput } from '../errors.js';
import type * as model from '../model/usage.js';
import { DateTime } from '../schema/date-time.js';
import { Usage, UsageDay } from '../schema/usage.js';
import { ChecksArguments } from './check-arguments.js';
import type { OperationContext } from './context.js';
import { operatorsOnly } from './operators.js';

const MOST_DAYS = 366;

type Period = Partial<Record<'since' | 'until', Date | null>>;

@Resolver()
export class UsageResolver {
  @Query(() => Usage, {
    nullable: true,
    description:
      'For operators; others get `FORBIDDEN`. What was bought, and what was served without a purchase, counted from the ledger and so across restarts. Each event counts at the time it happened: a submission when upstream answered it, a collection when the report was collected. Null with an error (`STORE_UNAVAILABLE`): it cannot be told.',
  })
  @ChecksArguments(({ since, until }: Period) => {
    if (since) throwIfReversed(since.getTime(), until?.getTime() ?? Date.now(), until ? 'until' : 'now');
  })
  async usage(
    @Arg('since', () => DateTime, {
      nullable: true,
      description: 'Start of the period, inclusive. Null: since counting began.',
    })
    since: Date | null,
    @Arg('until', () => DateTime, { nullable: true, description: 'End of the period, inclusive. Null: now.' })
    until: Date | null,
    @Ctx() context: OperationContext,
  ): Promise<model.Usage> {
    operatorsOnly(context);
    const { reports } = context;
    // The clock may have been set back since: what was counted before is not left out, and not refused.
    const now = Math.max(Date.now(), (await reports.usage.latest()) ?? 0);
    const from = since?.getTime() ?? Math.min(reports.usage.since, until?.getTime() ?? now);
    const to = until?.getTime() ?? now;
    throwIfReversed(from, to, until ? 'until' : 'now');
    const [counts, uncertainNow] = await Promise.all([reports.usage.count(from, to), reports.usage.uncertainNow()]);
    return { since: new Date(from), until: new Date(to), ...counts, uncertainNow };
  }

  @Query(() => [UsageDay], {
    nullable: true,
    description: `For operators; others get \`FORBIDDEN\`. The same for each UTC day of a period, also for days without any, in order. At most ${MOST_DAYS} days. Null with an error (\`STORE_UNAVAILABLE\`): it cannot be told.`,
  })
  @ChecksArguments(({ since, until }: Period) => {
    if (since) daysOf(since.getTime(), until?.getTime() ?? Date.now(), until ? 'until' : 'now');
  })
  async usageByDay(
    @Arg('since', () => DateTime, {
      nullable: true,
      description: `A time on the first day. \`BAD_USER_INPUT\` if there would be more than ${MOST_DAYS} days. Null: since counting began, but not more than ${MOST_DAYS} days.`,
    })
    since: Date | null,
    @Arg('until', () => DateTime, { nullable: true, description: 'A time on the last day. Null: now.' })
    until: Date | null,
    @Ctx() context: OperationContext,
  ): Promise<readonly model.UsageDay[]> {
    operatorsOnly(context);
    const { usage } = context.reports;
    const to = until?.getTime() ?? Math.max(Date.now(), (await usage.latest()) ?? 0);
    const from = since?.getTime() ?? Math.max(Math.min(usage.since, to), to - (MOST_DAYS - 1) * DAY_MS);
    const days = daysOf(from, to, until ? 'until' : 'now');
    const counts = await usage.countDays(days);
    return counts.map((each, index) => ({ day: dayOf(days[index] ?? 0), ...each }));
  }
}

function throwIfReversed(from: number, to: number, end: 'until' | 'now'): void {
  if (from > to) throw badUserInput('since', `must not be later than ${end}.`);
}

/** The UTC days from that of `from` to that of `to`, each by its beginning (all epoch ms). Throws BAD_USER_INPUT. */
function daysOf(from: number, to: number, end: 'until' | 'now'): readonly number[] {
  throwIfReversed(from, to, end);
  const first = Math.floor(from / DAY_MS);
  const length = Math.floor(to / DAY_MS) - first + 1;
  if (length > MOST_DAYS) throw badUserInput('since', `must be at most ${MOST_DAYS - 1} days before ${end}.`);
  return Array.from({ length }, (_, index) => (first + index) * DAY_MS);
}
