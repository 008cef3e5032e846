import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { parseReportId } from '../datasources/reports/identity.js';
import type { ReportSnapshot } from '../datasources/reports/service.js';
import type { Wait } from '../datasources/reports/waits.js';
import { badUserInput } from '../errors.js';
import { AnswersInput } from '../schema/answers.js';
import { ReportType } from '../schema/enums.js';
import { PayReport } from '../schema/pay-report.js';
import { Report, ReportStatuses } from '../schema/report.js';
import { YearsExperienceReport } from '../schema/years-experience-report.js';
import type { OperationContext } from './context.js';
import { AUTO_RESOLVE, WAIT_MS } from './descriptions.js';
import { toReport, toReportKey } from './report-shape.js';

const LAZY = 'Lazy: bought and collected only when selected, once for everybody while it is kept.';
const LAZY_ERRORS =
  'Null with an error when there is none: `REPORT_NOT_READY` (ask again, at no cost), `UNCONFIRMED_ANSWER`, `REPORT_FAILED`, `SUBMISSION_UNCERTAIN`, `STORE_UNAVAILABLE` or one of `UPSTREAM_…`.';

@Resolver(() => Report)
export class ReportResolver {
  @Query(() => Report, {
    description:
      'What can be known for these answers. Buys nothing by itself: only `pay` and `yoe` do, each when it is selected.',
  })
  report(
    @Arg('answers', () => AnswersInput, { description: 'The question the report answers.' }) answers: AnswersInput,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE })
    autoResolveJobTitle: boolean,
    @Ctx() { reports }: OperationContext,
  ): Report {
    return toReport(reports.identify(answers, autoResolveJobTitle, 'answers'));
  }

  @Query(() => [Report], {
    description:
      'Several reports at once, in the order asked: places or titles to compare. The same answers given twice are bought once.',
  })
  reports(
    @Arg('answers', () => [AnswersInput], { description: 'The questions, one for each report.' })
    answers: AnswersInput[],
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE })
    autoResolveJobTitle: boolean,
    @Ctx() { reports }: OperationContext,
  ): Report[] {
    return answers.map((each, index) => toReport(reports.identify(each, autoResolveJobTitle, `answers[${index}]`)));
  }

  @Query(() => Report, {
    nullable: true,
    description:
      'A report that was asked for before, here or in another instance, also before a restart. What was bought for it is picked up at no cost; a type that was not is bought when it is selected. Null: nothing was ever asked for under this id.',
  })
  async reportById(
    @Arg('id', () => ID, { description: '`Report.id`. `BAD_USER_INPUT` if it cannot be one.' }) id: string,
    @Ctx() { reports }: OperationContext,
  ): Promise<Report | null> {
    const report = await reports.find(parseReportId(id, 'id'));
    return report && toReport(report);
  }

  @Mutation(() => Report, {
    description:
      'Buys the reports that are not here yet and returns at once, without waiting for them. Costs nothing for those that are here or under way.',
  })
  async requestReport(
    @Arg('answers', () => AnswersInput, { description: 'The question the report answers.' }) answers: AnswersInput,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE })
    autoResolveJobTitle: boolean,
    @Arg('types', () => [ReportType], {
      defaultValue: [ReportType.PAY, ReportType.YOE],
      description: 'Which reports to buy, each billed on its own. Empty: none.',
    })
    types: ReportType[],
    @Arg('resubmitUncertain', () => Boolean, {
      defaultValue: false,
      description:
        'True also buys again what stands at `SUBMISSION_UNCERTAIN`, which may then be billed twice. False leaves it alone.',
    })
    resubmitUncertain: boolean,
    @Ctx() { reports }: OperationContext,
  ): Promise<Report> {
    const report = reports.identify(answers, autoResolveJobTitle, 'answers');
    await reports.ensure(report, [...new Set(types)], resubmitUncertain);
    return toReport(report);
  }

  @FieldResolver(() => ReportStatuses, {
    description:
      'Where each type stands. Reading it buys nothing; selected beside `pay` or `yoe`, it tells how they stand at the end of the operation.',
  })
  async status(@Root() report: Report, @Ctx() context: OperationContext): Promise<ReportStatuses> {
    if (!report.asCollected) await context.loader.settled(report.id);
    const { statuses } = await (report.asCollected ? snapshotOf(report, context) : context.reports.snapshot(report.id));
    return { pay: statuses.PAY, yoe: statuses.YOE };
  }

  @FieldResolver(() => PayReport, { nullable: true, description: `What the job pays. ${LAZY} ${LAZY_ERRORS}` })
  async pay(
    @Root() report: Report,
    @Arg('waitMs', () => Int, { nullable: true, description: WAIT_MS }) waitMs: number | null,
    @Ctx() context: OperationContext,
  ): Promise<PayReport | null> {
    if (report.asCollected) return (await snapshotOf(report, context)).collected('PAY');
    return context.loader.load(toReportKey(report), 'PAY', waitOf(waitMs, context));
  }

  @FieldResolver(() => YearsExperienceReport, {
    nullable: true,
    description: `How base pay moves with years of experience. ${LAZY} ${LAZY_ERRORS}`,
  })
  async yoe(
    @Root() report: Report,
    @Arg('waitMs', () => Int, { nullable: true, description: WAIT_MS }) waitMs: number | null,
    @Ctx() context: OperationContext,
  ): Promise<YearsExperienceReport | null> {
    if (report.asCollected) return (await snapshotOf(report, context)).collected('YOE');
    return context.loader.load(toReportKey(report), 'YOE', waitOf(waitMs, context));
  }
}

/** One for all fields of a report inside an event: they must not contradict each other. */
const snapshots = new WeakMap<Report, Promise<ReportSnapshot>>();

function snapshotOf(report: Report, { reports }: OperationContext): Promise<ReportSnapshot> {
  const snapshot = snapshots.get(report) ?? reports.snapshot(report.id);
  snapshots.set(report, snapshot);
  return snapshot;
}

function waitOf(waitMs: number | null | undefined, { reportWaitMs, signal }: OperationContext): Wait {
  if (waitMs !== null && waitMs !== undefined && (waitMs < 0 || waitMs > reportWaitMs)) {
    throw badUserInput('waitMs', `must be from 0 to ${reportWaitMs}; it is ${waitMs}.`);
  }
  return { waitMs: waitMs ?? reportWaitMs, signal };
}
