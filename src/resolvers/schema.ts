import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { LookupResolver } from './lookup-resolver.js';
import { PayStatisticsResolver } from './pay-statistics-resolver.js';
import { ReportResolver } from './report-resolver.js';
import { UsageResolver } from './usage-resolver.js';

/** The executable schema. Arguments are checked by the resolvers and the service, which name what was wrong. */
export function buildGraphQLSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [ReportResolver, PayStatisticsResolver, LookupResolver, UsageResolver],
    validate: false,
  });
}
