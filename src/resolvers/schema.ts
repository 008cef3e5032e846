import 'reflect-metadata';
import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { AnswerIssueResolver } from './answer-issue-resolver.js';
import { AnswersCheckResolver } from './answers-check-resolver.js';
import { ReportResolver } from './report-resolver.js';
import { PayStatisticsResolver } from './pay-statistics-resolver.js';
import { callDirectly } from './direct-calls.js';
import { FederationResolver } from './federation-resolver.js';
import { LookupResolver } from './lookup-resolver.js';
import { SubscriptionResolver } from './subscription-resolver.js';
import { UncertainResolver } from './uncertain-resolver.js';
import { UsageAuditResolver } from './usage-audit-resolver.js';
import { UsageResolver } from './usage-resolver.js';
import { ViewerResolver } from './viewer-resolver.js';

/** type-graphql requires one if there are subscriptions, even if all of them have their own event source. */
const UNUSED_PUB_SUB: PubSub = {
  publish() {},
  subscribe() {
    throw new Error('Subscriptions use the events of the ledger, not pub/sub topics.');
  },
};

/** The executable schema. Resolvers and the service validate arguments, with errors that name the argument. */
export function buildGraphQLSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      ReportResolver,
      PayStatisticsResolver,
      AnswerIssueResolver,
      LookupResolver,
      AnswersCheckResolver,
      UsageResolver,
      UsageAuditResolver,
      UncertainResolver,
      ViewerResolver,
      SubscriptionResolver,
      FederationResolver,
    ],
    validate: false,
    // Apollo checks the schema; type-graphql would also execute an introspection of all of it at every start.
    skipCheck: true,
    pubSub: UNUSED_PUB_SUB,
  });
  callDirectly(schema);
  describe(schema.getQueryType(), 'Queries. Nothing is bought unless `Report.pay` or `Report.yoe` is selected.');
  describe(
    schema.getMutationType(),
    'Mutations: buying reports in advance, settling uncertain purchases, and the switch that stops purchases.',
  );
  describe(schema.getSubscriptionType(), 'Subscriptions, over WebSocket or server-sent events.');
  return schema;
}

/** type-graphql creates the root types itself, without descriptions. */
function describe(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) type.description = description;
}
