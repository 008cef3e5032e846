import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type * as model from '../model/viewer.js';
import { Viewer } from '../schema/viewer.js';
import type { OperationContext } from './context.js';
import { operatorsOnly } from './operators.js';

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, {
    nullable: true,
    description:
      'The client that asks: what it may do, and what it has bought today. Null with an error (`STORE_UNAVAILABLE`): it cannot be told.',
  })
  async viewer(@Ctx() { client, buyer, reports }: OperationContext): Promise<model.Viewer> {
    const [buying, { used, resetsAt }] = await Promise.all([reports.buying.isEnabled(), reports.budget(client.name)]);
    return {
      name: client.name,
      operator: client.operator,
      canBuy: client.mayBuy && buying,
      buying,
      budget: { limit: buyer.budget, used, resetsAt },
    };
  }

  @Mutation(() => Boolean, {
    nullable: true,
    description:
      'For operators; others get `FORBIDDEN`. Stops or resumes purchases by all clients, also across restarts. Once false is returned no purchase is sent any more; what was not sent is given up with `BUYING_STOPPED` and not charged. Reading and collecting go on. Returns whether purchases are allowed now. Null with an error (`STORE_UNAVAILABLE`): it could not be stored.',
  })
  async setBuying(
    @Arg('enabled', () => Boolean, { description: 'False stops purchases, true allows them again.' }) enabled: boolean,
    @Ctx() context: OperationContext,
  ): Promise<boolean> {
    operatorsOnly(context);
    return context.reports.buying.set(enabled);
  }
}
