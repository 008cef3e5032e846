import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { canonicalAnswers, type GivenAnswers } from '../model/answers.js';
import { identifyReport } from '../datasources/reports/identify.js';
import { parseReportId } from '../model/report-id.js';
import type { StatusEvent } from '../model/report.js';
import { AnswersInput } from '../schema/answers.js';
import { ReportType } from '../schema/enums.js';
import { ReportStatusEvent, type StatusEventShape } from '../schema/report-status-event.js';
import type { OperationContext } from './context.js';
import { AsksForReports } from './reports-asked.js';
import { ChecksArguments } from './check-arguments.js';
import { AUTO_RESOLVE, FOLLOW_BUY } from './argument-descriptions.js';
import { statusEventRoot } from './report-root.js';

const TYPES = 'Which reports to follow. Empty: none, and the subscription completes at once.';

interface Asked<T> {
  readonly args: T;
  readonly context: OperationContext;
}

@Resolver()
export class SubscriptionResolver {
  @Subscription(() => ReportStatusEvent, {
    description:
      'Follows a report. Buys what is not stored yet, unless it is told not to, sends the current status of each type at once, then every change; completes when each is `READY` or `FAILED`. Subscriptions, queries and mutations for the same report share one purchase.',
    subscribe: ({
      args,
      context,
    }: Asked<{ answers: GivenAnswers; autoResolveJobTitle: boolean; types: ReportType[]; buy: boolean }>) => {
      const report = identifyReport(args.answers, args.autoResolveJobTitle, 'answers');
      return context.reports.follow(report, [...new Set(args.types)], args.buy ? context.buyer : null);
    },
  })
  @ChecksArguments(({ answers }: { readonly answers: GivenAnswers }) => void canonicalAnswers(answers, 'answers'))
  @AsksForReports(({ types, buy }: { readonly types: readonly ReportType[]; readonly buy: boolean }) =>
    buy ? new Set(types).size : 0,
  )
  reportStatus(
    @Root() event: StatusEvent,
    @Arg('answers', () => AnswersInput, { description: 'The question the report answers.' }) _answers: GivenAnswers,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE })
    _autoResolveJobTitle: boolean,
    @Arg('types', () => [ReportType], { defaultValue: [ReportType.PAY, ReportType.YOE], description: TYPES })
    _types: ReportType[],
    @Arg('buy', () => Boolean, { defaultValue: true, description: FOLLOW_BUY }) _buy: boolean,
    @Ctx() { reports }: OperationContext,
  ): StatusEventShape {
    return statusEventRoot(event, reports);
  }

  @Subscription(() => ReportStatusEvent, {
    description:
      'The same for a report that was requested before; buys nothing. A type that was never bought is sent as `NOT_REQUESTED` and followed until some client buys it. `NOT_FOUND` if no report with this id has been requested.',
    subscribe: ({ args, context }: Asked<{ id: string; types: ReportType[] }>) =>
      context.reports.followKnown(parseReportId(args.id, 'id'), [...new Set(args.types)]),
  })
  @ChecksArguments(({ id }: { readonly id: string }) => void parseReportId(id, 'id'))
  reportStatusById(
    @Root() event: StatusEvent,
    @Arg('id', () => ID, { description: '`Report.id`. `BAD_USER_INPUT` if it cannot be one.' }) _id: string,
    @Arg('types', () => [ReportType], { defaultValue: [ReportType.PAY, ReportType.YOE], description: TYPES })
    _types: ReportType[],
    @Ctx() { reports }: OperationContext,
  ): StatusEventShape {
    return statusEventRoot(event, reports);
  }
}
