import 'reflect-metadata';
import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { ReportResolver } from './report-resolver.js';
import { PayStatisticsResolver } from './pay-statistics-resolver.js';
import { LookupResolver } from './lookup-resolver.js';
import { SubscriptionResolver } from './subscription-resolver.js';
import { UsageResolver } from './usage-resolver.js';

/** type-graphql asks for one as soon as there are subscriptions, also when they all bring their own events. */
const UNUSED_PUB_SUB: PubSub = {
  publish() {},
  subscribe() {
    throw new Error('Subscriptions use the events of the ledger, not pub/sub topics.');
  },
};

/** The executable schema. Arguments are checked by the resolvers and the service, which name what was wrong. */
export function buildGraphQLSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [ReportResolver, PayStatisticsResolver, LookupResolver, UsageResolver, SubscriptionResolver],
    validate: false,
    pubSub: UNUSED_PUB_SUB,
  });
  describe(
    schema.getQueryType(),
    'What can be asked. Nothing is bought unless `Report.pay` or `Report.yoe` is selected.',
  );
  describe(schema.getMutationType(), 'What can be bought ahead of being asked for.');
  describe(schema.getSubscriptionType(), 'What can be followed, over WebSocket or server-sent events.');
  return schema;
}

/** type-graphql makes the root types itself and gives them no description. */
function describe(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) type.description = description;
}
