import { Field, Float, Int, ObjectType } from 'type-graphql';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { MatchContext } from './match-context.js';
import { PayStatistics } from './pay-statistics.js';

@ObjectType({ description: 'One thing that influences the pay of this job.' })
export class RankedFactor {
  @Field(() => String, { description: "The factor, by upstream's name for it." })
  field!: string;

  @Field(() => Int, {
    nullable: true,
    description: "Upstream's score of the factor; its scale is not documented. Null: upstream gave none.",
  })
  score!: number | null;
}

@ObjectType({
  description:
    'What a job pays. Every figure is as upstream reports it; null means that upstream gave none, which is common where its data is sparse.',
})
export class PayReport {
  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Base pay: currency of `currencyName`, per year. Null: upstream gave none.',
  })
  basePay!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Total pay: currency of `currencyName`, per year. Null: upstream gave none.',
  })
  totalPay!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Hourly pay: currency of `currencyName`, per hour. Null: upstream gave none.',
  })
  hourlyPay!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Bonus: currency of `currencyName`, per year. Null: upstream gave none.',
  })
  bonus!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Commission: currency of `currencyName`, per year. Null: upstream gave none.',
  })
  commission!: PayStatistics | null;

  @Field(() => PayStatistics, {
    nullable: true,
    description: 'Profit share: currency of `currencyName`, per year. Null: upstream gave none.',
  })
  profitShare!: PayStatistics | null;

  @Field(() => Int, { nullable: true, description: 'How many companies the data is from. Null: upstream gave none.' })
  totalCompanies!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many people in the job the data is about. Null: upstream gave none.',
  })
  totalIncumbents!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many survey profiles were analyzed for the report. Null: upstream gave none.',
  })
  totalProfilesAnalyzed!: number | null;

  @Field(() => [RankedFactor], {
    description: 'What influences the pay of this job, in the order upstream gave. Empty: upstream gave none.',
  })
  rankedFactors!: readonly RankedFactor[];

  @Field(() => String, {
    nullable: true,
    description: 'The level upstream settled on, in its own words, which are not documented. Null: upstream gave none.',
  })
  levelUsed!: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Upstream's confidence that its data supports this report, 0 to 1. 0: the data is sparse or conflicting, and upstream documents the report as not charged. Null: upstream gave none.",
  })
  reportRating!: number | null;

  @Field(() => MatchContext, {
    nullable: true,
    description: 'How the job title was matched. Null: upstream did not say.',
  })
  context!: MatchContext | null;

  @Field(() => [AnswerIssue], {
    description: 'What upstream remarked on the answers while making the report all the same. Empty: nothing.',
  })
  warnings!: readonly AnswerIssue[];

  @Field(() => DateTime, { description: 'When this server collected the report from upstream.' })
  collectedAt!: Date | number;
}
