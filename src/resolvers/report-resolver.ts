import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { throwIfRefused } from '../datasources/reports/buyer.js';
import { identifyReport } from '../datasources/reports/identify.js';
import type { Loaded } from '../datasources/reports/loader.js';
import type { ReportSnapshot } from '../datasources/reports/read.js';
import { ApiError, badUserInput } from '../errors.js';
import { canonicalAnswers, completeAnswers, type GivenAnswers } from '../model/answers.js';
import { parseReportId } from '../model/report-id.js';
import type { ReportKey, ReportsRequest } from '../model/report.js';
import { Answers, AnswersInput } from '../schema/answers.js';
import { DateTime } from '../schema/date-time.js';
import { ReportType, type ReportStatus } from '../schema/enums.js';
import { Node } from '../schema/node.js';
import { PayReport } from '../schema/pay-report.js';
import { ReportFailure, type FailureShape } from '../schema/report-failure.js';
import { Report, ReportStatuses } from '../schema/report.js';
import { YearsExperienceReport } from '../schema/years-experience-report.js';
import type { OperationContext } from './context.js';
import { AsksForReports } from './reports-asked.js';
import { ChecksArguments, type ArgumentLimits } from './check-arguments.js';
import { AUTO_RESOLVE, BUY, WAIT_MS } from './argument-descriptions.js';
import { failureShape, type ReportRoot } from './report-root.js';
import { Storable, type StorableContext } from './storable.js';

const LAZY = 'Lazy: bought and collected only when selected, once for all clients while it is stored.';
const LAZY_ERRORS =
  'Null with an error if unavailable: `REPORT_NOT_READY` (query again at no extra cost), `UNCONFIRMED_ANSWER`, `REPORT_FAILED`, `SUBMISSION_UNCERTAIN`, `STORE_UNAVAILABLE` or one of `UPSTREAM_…`.';
const ID_ARGUMENT = '`Report.id`. `BAD_USER_INPUT` if it cannot be one.';
const SINCE =
  'With `resubmitUncertain: true`, the `since` of the `SUBMISSION_UNCERTAIN` that was seen: doubts not later than that are bought again, each at most once, however many clients ask. `PURCHASE_CHANGED` if none of the types is in such a doubt any more; nothing is bought then. Null: only doubts that are at least a minute old are bought again.';

interface AnswersArgument {
  readonly answers: GivenAnswers;
}

interface WaitArgument {
  readonly waitMs?: number | null;
}

interface LoadingArguments {
  readonly waitMs: number | null | undefined;
  readonly buy: boolean;
}

type Resolved<T extends ReportType> = Loaded<T> | Promise<Loaded<T>>;

interface ResubmissionArguments {
  readonly resubmitUncertain: boolean;
  readonly since?: Date | null;
}

@Resolver(() => Report)
export class ReportResolver {
  @Storable()
  @Query(() => Report, {
    nullable: true,
    description:
      'The report for these answers. Buys nothing by itself: only `pay` and `yoe` do, each only if selected. Null with an error: the answers are invalid (`BAD_USER_INPUT`).',
  })
  @ChecksArguments(({ answers }: AnswersArgument) => void canonicalAnswers(answers, 'answers'))
  report(
    @Arg('answers', () => AnswersInput, { description: 'The question the report answers.' }) answers: GivenAnswers,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE })
    autoResolveJobTitle: boolean,
  ): ReportKey {
    return identifyReport(answers, autoResolveJobTitle, 'answers');
  }

  @Storable()
  @Query(() => [Report], {
    nullable: 'items',
    description:
      'Several reports at once, in the order of the arguments, for example to compare places or titles. Identical answers are bought once. An entry is null with an error of its own where its answers are invalid (`BAD_USER_INPUT`), or where the report cannot be read; the other entries are not affected, what is bought for them neither.',
  })
  reports(
    @Arg('answers', () => [AnswersInput], { description: 'One set of answers per report.' })
    answers: GivenAnswers[],
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE })
    autoResolveJobTitle: boolean,
  ): (ReportKey | ApiError)[] {
    return answers.map((each, index) => identifiedOrRefused(each, autoResolveJobTitle, `answers[${index}]`));
  }

  @Query(() => Report, {
    nullable: true,
    description:
      'A report that was requested before, even before a restart. What was already bought is returned at no extra cost; a type that was not is bought when selected. Null: no report with this id has been requested.',
  })
  @ChecksArguments(checkId)
  reportById(
    @Arg('id', () => ID, { description: ID_ARGUMENT }) id: string,
    @Ctx() context: OperationContext,
  ): Promise<ReportKey | null> {
    return findReport(id, context);
  }

  @Query(() => Node, {
    nullable: true,
    description:
      'The same as `reportById`: every object with an id is a report. Null: no report with this id has been requested.',
  })
  @ChecksArguments(checkId)
  node(
    @Arg('id', () => ID, { description: ID_ARGUMENT }) id: string,
    @Ctx() context: OperationContext,
  ): Promise<ReportKey | null> {
    return findReport(id, context);
  }

  @Mutation(() => Report, {
    nullable: true,
    description:
      'Buys the reports that are not stored yet and returns at once, without waiting for them. Costs nothing for those that are stored or in progress. Null with an error: why nothing was bought.',
  })
  @ChecksArguments(({ answers, ...resubmission }: AnswersArgument & ResubmissionArguments) => {
    canonicalAnswers(answers, 'answers');
    throwIfPointless(resubmission);
  })
  @AsksForReports(({ types }: { readonly types: readonly ReportType[] }) => new Set(types).size)
  async requestReport(
    @Arg('answers', () => AnswersInput, { description: 'The question the report answers.' }) answers: GivenAnswers,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE })
    autoResolveJobTitle: boolean,
    @Arg('types', () => [ReportType], {
      defaultValue: [ReportType.PAY, ReportType.YOE],
      description: 'Which reports to buy, each billed separately. Empty: none.',
    })
    types: ReportType[],
    @Arg('resubmitUncertain', () => Boolean, {
      defaultValue: false,
      description:
        'True also buys reports again whose purchase ended in `SUBMISSION_UNCERTAIN`; they may be billed twice. False does not.',
    })
    resubmitUncertain: boolean,
    @Arg('since', () => DateTime, { nullable: true, description: SINCE }) since: Date | null | undefined,
    @Ctx() { reports, buyer }: OperationContext,
  ): Promise<ReportKey> {
    const report = identifyReport(answers, autoResolveJobTitle, 'answers');
    throwIfPointless({ resubmitUncertain, since: since ?? null });
    const resubmission = resubmitUncertain ? { since: since?.getTime() ?? null } : null;
    throwIfRefused(await reports.ensure(report, [...new Set(types)], buyer, resubmission));
    return report;
  }

  @Storable()
  @FieldResolver(() => Answers, { description: 'The answers of the report, in canonical form.' })
  answers(@Root() { request }: ReportRoot): ReportsRequest['answers'] {
    return completeAnswers(request.answers);
  }

  @Storable()
  @FieldResolver(() => Boolean, {
    description:
      "Whether upstream may match a job title it does not recognize to one it does. Part of the report's identity, like `answers`.",
  })
  autoResolveJobTitle(@Root() { request }: ReportRoot): boolean {
    return request.autoResolveJobTitle;
  }

  @FieldResolver(() => ReportStatuses, {
    description:
      'Status of each type. Reading it buys nothing, and looks nothing up: of answers in a spelling that nobody has asked for, it is `NOT_REQUESTED` even if the same report is stored in another spelling, and costs nothing. If `pay` or `yoe` is selected too, it is their status after they have been resolved.',
  })
  async status(
    @Root() report: ReportRoot,
    @Ctx() context: OperationContext,
  ): Promise<Record<'pay' | 'yoe', ReportStatus>> {
    const { statuses } = await snapshotOf(report, context);
    return { pay: statuses.PAY, yoe: statuses.YOE };
  }

  @FieldResolver(() => [ReportFailure], {
    description:
      'Why a type whose status is `FAILED` will not be delivered, as data: what an error of `pay` or `yoe` says. Reading it buys nothing. If `pay` or `yoe` is selected too, it is what they have come to. Empty: nothing has failed.',
  })
  async failures(@Root() report: ReportRoot, @Ctx() context: OperationContext): Promise<readonly FailureShape[]> {
    const snapshot = await snapshotOf(report, context);
    return snapshot.failures().map(failureShape);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'Until when this type is served without a purchase. Reading it buys nothing. If `pay` or `yoe` is selected too, it is as of when they have been resolved. Null: nothing is stored of this type, because it was never requested, is still on its way, has failed or has expired.',
  })
  async expiresAt(
    @Root() report: ReportRoot,
    @Arg('type', () => ReportType, { description: 'Which of the two reports.' }) type: ReportType,
    @Ctx() context: OperationContext,
  ): Promise<Date | null> {
    return (await snapshotOf(report, context)).expiresAt(type);
  }

  @Storable()
  @FieldResolver(() => PayReport, { nullable: true, description: `What the job pays. ${LAZY} ${LAZY_ERRORS}` })
  @ChecksArguments(throwIfTooLong)
  @AsksForReports(({ buy }: { readonly buy: boolean }) => (buy ? 1 : 0))
  pay(
    @Root() report: ReportRoot,
    @Arg('waitMs', () => Int, { nullable: true, description: WAIT_MS }) waitMs: number | null,
    @Arg('buy', () => Boolean, { defaultValue: true, description: BUY }) buy: boolean,
    @Ctx() context: StorableContext,
  ): Resolved<'PAY'> {
    return collected(report, 'PAY', { waitMs, buy }, context);
  }

  @Storable()
  @FieldResolver(() => YearsExperienceReport, {
    nullable: true,
    description: `How base pay changes with years of experience. ${LAZY} ${LAZY_ERRORS}`,
  })
  @ChecksArguments(throwIfTooLong)
  @AsksForReports(({ buy }: { readonly buy: boolean }) => (buy ? 1 : 0))
  yoe(
    @Root() report: ReportRoot,
    @Arg('waitMs', () => Int, { nullable: true, description: WAIT_MS }) waitMs: number | null,
    @Arg('buy', () => Boolean, { defaultValue: true, description: BUY }) buy: boolean,
    @Ctx() context: StorableContext,
  ): Resolved<'YOE'> {
    return collected(report, 'YOE', { waitMs, buy }, context);
  }
}

/** Of all that can be found by an id. Nothing is bought. */
function findReport(id: string, { reports }: OperationContext): Promise<ReportKey | null> {
  return reports.find(parseReportId(id, 'id'));
}

function checkId({ id }: { readonly id: string }): void {
  parseReportId(id, 'id');
}

/** One entry of a list that is refused is an error in its place. */
function identifiedOrRefused(...given: Parameters<typeof identifyReport>): ReportKey | ApiError {
  try {
    return identifyReport(...given);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** Of now, once what the operation selects beside it has been resolved; inside an event, that of the event. */
async function snapshotOf(
  { id, snapshot }: ReportRoot,
  { loader, reports }: OperationContext,
): Promise<ReportSnapshot> {
  if (snapshot) return snapshot();
  await loader.settled(id);
  return reports.snapshot(id);
}

function collected<T extends ReportType>(
  report: ReportRoot,
  type: T,
  { waitMs, buy }: LoadingArguments,
  { loader, reportWaitMs }: StorableContext,
): Resolved<T> {
  if (report.snapshot) return report.snapshot().then((snapshot) => snapshot.collected(type));
  throwIfTooLong({ waitMs: waitMs ?? null }, { reportWaitMs });
  return loader.load(report, type, { waitMs: waitMs ?? reportWaitMs, buy });
}

function throwIfPointless({ resubmitUncertain, since }: ResubmissionArguments): void {
  if (since && !resubmitUncertain) throw badUserInput('since', 'goes only with resubmitUncertain: true.');
}

function throwIfTooLong({ waitMs }: WaitArgument, { reportWaitMs }: ArgumentLimits): void {
  if (waitMs !== null && waitMs !== undefined && (waitMs < 0 || waitMs > reportWaitMs)) {
    throw badUserInput('waitMs', `must be from 0 to ${reportWaitMs}; it is ${waitMs}.`);
  }
}
