import { Field, Float, Int, ObjectType } from 'type-graphql';

const amountAt = (percentile: number) =>
  `The amount at percentile ${percentile}: ${percentile} % of the people earn less. In the currency and per the period of the field this was read from. Null: upstream gave none.`;

@ObjectType({ description: 'One point of a distribution of pay.' })
export class Percentile {
  @Field(() => Float, { description: 'Which percentile, 0 to 100.' })
  percentile!: number;

  @Field(() => Float, {
    description: 'The amount there, in the same currency and per the same period as its statistics.',
  })
  value!: number;
}

@ObjectType({
  description:
    "Upstream's further statistics of the same amounts. Null means that upstream gave none. `mean` and `stdDev` are amounts; skewness and kurtosis have no unit.",
})
export class ReportStatistics {
  @Field(() => Int, {
    nullable: true,
    description: 'How many people these statistics are about. Null: upstream gave none.',
  })
  count!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The share of people that these statistics are about. Upstream does not document whether 1 or 100 means all of them. Null: upstream gave none.',
  })
  percent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The arithmetic mean, as an amount. Null: upstream gave none.',
  })
  mean!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The standard deviation, as an amount. Null: upstream gave none.',
  })
  stdDev!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'How lopsided the distribution is; 0 is symmetric. Null: upstream gave none.',
  })
  skewness!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'How heavy the tails of the distribution are; upstream does not document whether a normal one is 0 or 3. Null: upstream gave none.',
  })
  kurtosis!: number | null;
}

@ObjectType({
  description:
    'How one kind of pay is distributed. Amounts are in the currency of `currencyName`, per year, but per hour under `PayReport.hourlyPay`. All of it is as upstream reports it.',
})
export class PayStatistics {
  @Field(() => String, { nullable: true, description: 'The currency of every amount here. Null: upstream gave none.' })
  currencyName!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Upstream's pattern for writing an amount in this currency; its syntax is not documented. Null: upstream gave none.",
  })
  currencyFormat!: string | null;

  @Field(() => Int, { nullable: true, description: 'How many people this is about. Null: upstream gave none.' })
  count!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The share of people that this is about. Upstream does not document whether 1 or 100 means all of them. Null: upstream gave none.',
  })
  percent!: number | null;

  @Field(() => Float, { nullable: true, description: amountAt(10) })
  percentile10!: number | null;

  @Field(() => Float, { nullable: true, description: amountAt(25) })
  percentile25!: number | null;

  @Field(() => Float, { nullable: true, description: `The median. ${amountAt(50)}` })
  percentile50!: number | null;

  @Field(() => Float, { nullable: true, description: amountAt(75) })
  percentile75!: number | null;

  @Field(() => Float, { nullable: true, description: amountAt(90) })
  percentile90!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The average amount, in the currency and per the period of the field this was read from. Null: upstream gave none.',
  })
  average!: number | null;

  @Field(() => ReportStatistics, {
    nullable: true,
    description: 'Mean, spread and shape of the same amounts. Null: upstream gave none.',
  })
  statistics!: ReportStatistics | null;

  @Field(() => [Percentile], {
    description:
      'Every percentile upstream gave, ascending: enough to draw the whole curve. Empty: upstream gave none.',
  })
  percentiles!: readonly Percentile[];
}
