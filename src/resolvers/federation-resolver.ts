import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Query, Resolver } from 'type-graphql';
import { ApiError, badUserInput } from '../errors.js';
import { parseReportId } from '../model/report-id.js';
import type { ReportKey } from '../model/report.js';
import { Any, Entity, Service } from '../schema/federation.js';
import type { OperationContext } from './context.js';
import { subgraphText } from './schema-text.js';

const texts = new WeakMap<GraphQLSchema, string>();

/** What a router of Apollo Federation asks of a subgraph. */
@Resolver(() => Service)
export class FederationResolver {
  @Query(() => Service, {
    name: '_service',
    description:
      'For routers of Apollo Federation. Refused, like introspection, to clients that may not read the schema.',
  })
  service(): object {
    return {};
  }

  @FieldResolver(() => String)
  sdl(@Info() { schema }: GraphQLResolveInfo): string {
    const text = texts.get(schema) ?? subgraphText(schema);
    texts.set(schema, text);
    return text;
  }

  @Query(() => [Entity], {
    name: '_entities',
    nullable: 'items',
    description:
      'For routers of Apollo Federation: the reports with these ids, in this order, as `reportById` finds them. Buys nothing by itself: only `pay` and `yoe` do, and they count as in `reports`. Null: no report with this id has been requested; with an error: it is no reference to a report (`BAD_USER_INPUT`), or it cannot be read now.',
  })
  entities(
    @Arg('representations', () => [Any], {
      description: 'References to reports: `{ __typename: "Report", id: … }`.',
    })
    representations: readonly object[],
    @Ctx() context: OperationContext,
  ): (Promise<ReportKey | null> | ApiError)[] {
    const found = new Map<string, Promise<ReportKey | null>>();
    return representations.map((reference, index) => {
      const id = referredId(reference, `representations[${index}]`);
      if (id instanceof ApiError) return id;
      const report = found.get(id) ?? context.reports.find(id);
      found.set(id, report);
      return report;
    });
  }
}

interface Reference {
  readonly __typename?: unknown;
  readonly id?: unknown;
}

/** One entry that is no reference to a report is an error in its place. */
function referredId({ __typename: type, id }: Reference, path: string): string | ApiError {
  if (type !== 'Report') return badUserInput(`${path}.__typename`, 'must be "Report".');
  if (typeof id !== 'string') return badUserInput(`${path}.id`, 'must be a string.');
  try {
    return parseReportId(id, `${path}.id`);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}
