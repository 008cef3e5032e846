import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { badUserInput } from '../errors.js';
import type * as model from '../model/usage.js';
import { DateTime } from '../schema/date-time.js';
import { Usage } from '../schema/usage.js';
import { ChecksArguments } from './check-arguments.js';
import type { OperationContext } from './context.js';
import { operatorsOnly } from './operators.js';

@Resolver()
export class UsageResolver {
  @Query(() => Usage, {
    description:
      'For operators; others get `FORBIDDEN`. What was bought, and what was served without a purchase, counted from the ledger and so across restarts. Each event counts at the time it happened: a submission when upstream answered it, a collection when the report was collected.',
  })
  @ChecksArguments(({ since, until }: Partial<Record<'since' | 'until', Date | null>>) => {
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
    return { since: new Date(from), until: new Date(to), ...(await reports.usage.count(from, to)) };
  }
}

function throwIfReversed(from: number, to: number, end: 'until' | 'now'): void {
  if (from > to) throw badUserInput('since', `must not be later than ${end}.`);
}
