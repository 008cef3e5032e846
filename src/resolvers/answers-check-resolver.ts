import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { identifyReport } from '../datasources/reports/identify.js';
import type * as model from '../model/answers-check.js';
import { canonicalAnswers, type GivenAnswers } from '../model/answers.js';
import type { ReportKey } from '../model/report.js';
import { AnswersCheck } from '../schema/answers-check.js';
import { AnswersInput } from '../schema/answers.js';
import { Report } from '../schema/report.js';
import { AUTO_RESOLVE } from './argument-descriptions.js';
import { ChecksArguments } from './check-arguments.js';
import type { OperationContext } from './context.js';
import { AsksForReports } from './reports-asked.js';

/** The root value of `AnswersCheck`. */
interface CheckRoot extends model.AnswersCheck {
  /** Of the answers as given. */
  readonly asked: ReportKey;
}

@Resolver(() => AnswersCheck)
export class AnswersCheckResolver {
  @Query(() => AnswersCheck, {
    nullable: true,
    description:
      'Whether upstream knows these answers: an answer that it does not have is ignored, and the report answers another question. Free of charge: buys nothing and stores nothing. At most 20 look-ups and two seconds; what is not known by then is `UNCHECKED`. Towards the limits of an operation and of the rate it counts as a report.',
  })
  // Its look-ups are more requests to upstream than a report is.
  @AsksForReports(() => 1)
  @ChecksArguments(({ answers }: { readonly answers: GivenAnswers }) => void canonicalAnswers(answers, 'answers'))
  async checkAnswers(
    @Arg('answers', () => AnswersInput, { description: 'The question that a report would answer.' })
    answers: GivenAnswers,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE })
    autoResolveJobTitle: boolean,
    @Ctx() { checker, signal }: OperationContext,
  ): Promise<CheckRoot> {
    const asked = identifyReport(answers, autoResolveJobTitle, 'answers');
    return { ...(await checker.check(asked.request, signal, { anyTitle: true })), asked };
  }

  @FieldResolver(() => Report, {
    description:
      'The report of these answers, by the id of the answers as given. Selecting its `pay` or `yoe` buys, as everywhere.',
  })
  report(@Root() { asked }: CheckRoot): ReportKey {
    return asked;
  }
}
