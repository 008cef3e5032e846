import { Field, Float, Int, ObjectType } from 'type-graphql';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { MatchContext } from './match-context.js';
import { PayStatistics } from './pay-statistics.js';

@ObjectType({ description: 'A factor that influences the pay of this job.' })
export class RankedFactor {
  @Field(() => String, { description: "Upstream's name for the factor." })
  field!: string;

  @Field(() => Int, {
    nullable: true,
    description: "Upstream's score of the factor; its scale is not documented. Null: upstream gave none.",
  })
  score!: number | null;
}

@ObjectType({
  description:
    'What a job pays. All figures are as reported by upstream. Null means that upstream gave none, which is common for sparse data.',
})
export class PayReport {
  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Base pay: in the currency of `currencyName`, per year. Null: upstream gave none.',
  })
  basePay!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Total pay: in the currency of `currencyName`, per year. Null: upstream gave none.',
  })
  totalPay!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Hourly pay: in the currency of `currencyName`, per hour. Null: upstream gave none.',
  })
  hourlyPay!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Bonus: in the currency of `currencyName`, per year. Null: upstream gave none.',
  })
  bonus!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Commission: in the currency of `currencyName`, per year. Null: upstream gave none.',
  })
  commission!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Profit share: in the currency of `currencyName`, per year. Null: upstream gave none.',
  })
  profitShare!: PayStatistics | null;

  @Field(() => Int, { nullable: true, description: 'Number of companies in the data. Null: upstream gave none.' })
  totalCompanies!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of people in this job in the data. Null: upstream gave none.',
  })
  totalIncumbents!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of survey profiles analyzed for the report. Null: upstream gave none.',
  })
  totalProfilesAnalyzed!: number | null;

  @Field(() => [RankedFactor], {
    description: 'The factors that influence the pay of this job, in upstream order. Empty: upstream gave none.',
  })
  rankedFactors!: readonly RankedFactor[];

  @Field(() => String, {
    nullable: true,
    description: 'The level upstream used; its values are not documented. Null: upstream gave none.',
  })
  levelUsed!: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Upstream's confidence that its data supports this report, 0 to 1. 0: the data is sparse or conflicting, and according to upstream's documentation the report is not charged. Null: upstream gave none.",
  })
  reportRating!: number | null;

  @Field(() => MatchContext, {
    nullable: true,
    description: 'How the job title was matched. Null: upstream gave none.',
  })
  context!: MatchContext | null;

  @Field(() => [AnswerIssue], {
    description: "Upstream's warnings about the answers; the report was produced anyway. Empty: none.",
  })
  warnings!: readonly AnswerIssue[];

  @Field(() => DateTime, { description: 'When this server collected the report from upstream.' })
  collectedAt!: Date | number;
}
