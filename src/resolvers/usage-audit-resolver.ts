import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { BillComparison } from '../datasources/reports/reconcile/bill.js';
import { parseDifferenceCursor, parseMonth, type UsageAuditSums, type UsageDifference } from '../model/usage-audit.js';
import type { Connection } from '../schema/connection.js';
import { UsageAudit, UsageDifferenceConnection } from '../schema/usage-audit.js';
import { ChecksArguments } from './check-arguments.js';
import type { OperationContext } from './context.js';
import { operatorsOnly } from './operators.js';
import { AFTER, connectionOf, FIRST, placeOf, type PageArguments } from './page.js';

/** The root value of `UsageAudit`. */
interface AuditRoot extends UsageAuditSums {
  readonly comparison: BillComparison;
}

const MONTH =
  'The UTC month, as `YYYY-MM`, not later than the present one. `BAD_USER_INPUT` otherwise; of the present month, what is in the log by now.';

@Resolver(() => UsageAudit)
export class UsageAuditResolver {
  @Query(() => UsageAudit, {
    nullable: true,
    description:
      "For operators; others get `FORBIDDEN`. Upstream's usage log of a month beside the purchases of this server, free of charge. The log is read for it, which may take minutes if it is long, and at most once a minute, so that pages are of one reading. Null with an error: no usage log is set (`UPSTREAM_UNAVAILABLE`), it cannot be read (`UPSTREAM_BAD_RESPONSE`, which says why, or another `UPSTREAM_…`), the month has more than 200,000 rows or purchases (`OPERATION_TOO_LARGE`), or `STORE_UNAVAILABLE`.",
  })
  @ChecksArguments(({ month }: { readonly month: string }) => void parseMonth(month, 'month', Date.now()))
  async auditUsage(
    @Arg('month', () => String, { description: MONTH }) month: string,
    @Ctx() context: OperationContext,
  ): Promise<AuditRoot> {
    operatorsOnly(context);
    const { name, ...period } = parseMonth(month, 'month', Date.now());
    const comparison = await context.reports.audits.compare({ name, ...period }, context.signal);
    return { month: name, theirs: comparison.theirs, ours: comparison.ours, comparison };
  }

  @FieldResolver(() => UsageDifferenceConnection, {
    description: 'What only one side has, and what the two differ in. If there is nothing, the sums are equal.',
  })
  @ChecksArguments((page: PageArguments) => void placeOf(page, parseDifferenceCursor))
  async differences(
    @Root() { comparison }: AuditRoot,
    @Arg('first', () => Int, { defaultValue: 50, description: FIRST }) first: number,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() { reports }: OperationContext,
  ): Promise<Connection<UsageDifference>> {
    const place = placeOf({ first, after }, parseDifferenceCursor);
    const { differences, ...part } = await reports.audits.page(comparison, place, first);
    return connectionOf(
      differences.map(({ cursor, difference }) => ({ cursor, node: difference })),
      part,
    );
  }
}
