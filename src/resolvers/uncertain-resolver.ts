import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { throwIfRefused } from '../datasources/reports/buyer.js';
import { unknownReport } from '../errors.js';
import { parseReportId } from '../model/report-id.js';
import type { ReportKey } from '../model/report.js';
import { requiredText } from '../model/text.js';
import { parseCursor, type UncertainReport } from '../model/uncertain-report.js';
import type { Connection } from '../schema/connection.js';
import { DateTime } from '../schema/date-time.js';
import { ReportType } from '../schema/enums.js';
import { Report } from '../schema/report.js';
import { UncertainReportConnection } from '../schema/uncertain-report.js';
import { ChecksArguments } from './check-arguments.js';
import type { OperationContext } from './context.js';
import { operatorsOnly } from './operators.js';
import { AFTER, connectionOf, FIRST, placeOf, type PageArguments } from './page.js';
import { AsksForReports } from './reports-asked.js';

const ID_SEEN = '`Report.id`. `BAD_USER_INPUT` if it cannot be one.';
const SINCE_SEEN =
  'The `since` that was seen, of `UncertainReport`, `ReportFailure` or `SUBMISSION_UNCERTAIN`. What is uncertain since a later time is left as it is.';
const NULL_ERRORS =
  'Null with an error: `NOT_FOUND` if no report with this id has been requested, `PURCHASE_CHANGED` if none of the types is uncertain since that time or earlier any more, `STORE_UNAVAILABLE`';

/** What is uncertain, for a person to see and to settle. */
@Resolver()
export class UncertainResolver {
  @Query(() => UncertainReportConnection, {
    nullable: true,
    description:
      'For operators; others get `FORBIDDEN`. The reports that are uncertain now: their purchase was sent, and whether it was made is not known. Null with an error (`STORE_UNAVAILABLE`): they cannot be told.',
  })
  @ChecksArguments((page: PageArguments) => void placeOf(page, parseCursor))
  async uncertainReports(
    @Arg('first', () => Int, { defaultValue: 50, description: FIRST }) first: number,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() context: OperationContext,
  ): Promise<Connection<UncertainReport>> {
    operatorsOnly(context);
    const place = placeOf({ first, after }, parseCursor);
    const { reports, ...part } = await context.reports.uncertain.list(place, first);
    return connectionOf(
      reports.map(({ cursor, report }) => ({ cursor, node: report })),
      part,
    );
  }

  @Mutation(() => Report, {
    nullable: true,
    description: `For clients that may buy. Buys what is uncertain again, which may be billed twice, and returns at once; each doubt is bought again at most once, however many clients ask. ${NULL_ERRORS}, or why nothing was bought for this client (\`FORBIDDEN\`, \`BUDGET_EXCEEDED\`, \`BUYING_STOPPED\`).`,
  })
  @ChecksArguments(({ id }: { readonly id: string }) => void parseReportId(id, 'id'))
  @AsksForReports(({ types }: { readonly types: readonly ReportType[] }) => new Set(types).size)
  async buyAgain(
    @Arg('id', () => ID, { description: ID_SEEN }) id: string,
    @Arg('types', () => [ReportType], {
      description: 'Which of the two reports. One that is not uncertain is left as it is. Empty: none.',
    })
    types: ReportType[],
    @Arg('since', () => DateTime, { description: SINCE_SEEN }) since: Date,
    @Ctx() { reports, buyer }: OperationContext,
  ): Promise<ReportKey> {
    const report = await reports.find(parseReportId(id, 'id'));
    if (!report) throw unknownReport(id);
    const resubmission = { since: since.getTime(), doubtsOnly: true };
    throwIfRefused(await reports.ensure(report, [...new Set(types)], buyer, resubmission));
    return report;
  }

  @Mutation(() => Report, {
    nullable: true,
    description: `For operators; others get \`FORBIDDEN\`. Decides that nothing comes of what is uncertain: it has failed, with the note, until it expires like any report, and then may be bought anew. Nothing is given back to a budget. If upstream's response to the purchase still comes, the report is collected after all. ${NULL_ERRORS}.`,
  })
  @ChecksArguments(({ id, note }: { readonly id: string; readonly note: string }) => {
    parseReportId(id, 'id');
    requiredText(note, 'note');
  })
  async closeUncertain(
    @Arg('id', () => ID, { description: ID_SEEN }) id: string,
    @Arg('types', () => [ReportType], {
      description: 'Which of the two reports. One that is not uncertain is left as it is. Empty: none.',
    })
    types: ReportType[],
    @Arg('since', () => DateTime, { description: SINCE_SEEN }) since: Date,
    @Arg('note', () => String, {
      description: 'Why, as clients read it in `REPORT_FAILED`: 1 to 200 characters, one line.',
    })
    note: string,
    @Ctx() context: OperationContext,
  ): Promise<ReportKey> {
    operatorsOnly(context);
    const closing = { since: since.getTime(), note: requiredText(note, 'note'), client: context.client.name };
    return context.reports.uncertain.close(parseReportId(id, 'id'), [...new Set(types)], closing);
  }
}
