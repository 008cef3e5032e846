import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { badUserInput } from '../errors.js';
import { DateTime } from '../schema/date-time.js';
import { Usage } from '../schema/usage.js';
import type { OperationContext } from './context.js';

@Resolver()
export class UsageResolver {
  @Query(() => Usage, {
    description:
      'What was bought, and what did not have to be, counted from the ledger and so across restarts. A report is counted at the moment it happened: submitted when upstream answered, collected when it came.',
  })
  async usage(
    @Arg('since', () => DateTime, {
      nullable: true,
      description: 'The first moment to count. Null: since counting began.',
    })
    since: Date | null,
    @Arg('until', () => DateTime, { nullable: true, description: 'The last moment to count. Null: now.' })
    until: Date | null,
    @Ctx() { reports }: OperationContext,
  ): Promise<Usage> {
    const from = since?.getTime() ?? reports.since;
    const to = until?.getTime() ?? Date.now();
    if (from > to) throw badUserInput('since', `must not be later than ${until ? 'until' : 'now'}.`);
    return { since: new Date(from), until: new Date(to), ...(await reports.usage(from, to)) };
  }
}
