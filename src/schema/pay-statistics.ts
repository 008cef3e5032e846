import { Field, Float, Int, ObjectType } from 'type-graphql';

const amountAt = (percentile: number) =>
  `The amount at percentile ${percentile}: ${percentile} % of people earn less. Same currency and period as the enclosing field. Null: upstream gave none.`;

@ObjectType({ description: 'One point of a pay distribution.' })
export class Percentile {
  @Field(() => Float, { description: 'The percentile, 0 to 100.' })
  percentile!: number;

  @Field(() => Float, {
    description: 'The amount at this percentile, in the same currency and period as its statistics.',
  })
  value!: number;
}

@ObjectType({
  description:
    "Upstream's additional statistics of the same amounts. Null means that upstream gave none. `mean` and `stdDev` are amounts; `skewness` and `kurtosis` have no unit.",
})
export class ReportStatistics {
  @Field(() => Int, {
    nullable: true,
    description: 'Number of people in these statistics. Null: upstream gave none.',
  })
  count!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Share of people in these statistics. Upstream does not document whether 1 or 100 means all of them. Null: upstream gave none.',
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
    description: 'Skewness of the distribution; 0 is symmetric. Null: upstream gave none.',
  })
  skewness!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Kurtosis of the distribution; upstream does not document whether a normal distribution has 0 or 3. Null: upstream gave none.',
  })
  kurtosis!: number | null;
}

@ObjectType({
  description:
    'Distribution of one kind of pay. Amounts are in the currency of `currencyName`, per year, or per hour in `PayReport.hourlyPay`. All figures are as reported by upstream.',
})
export class PayStatistics {
  @Field(() => String, { nullable: true, description: 'The currency of all amounts here. Null: upstream gave none.' })
  currencyName!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Upstream's pattern for writing an amount in this currency; its syntax is not documented. Null: upstream gave none.",
  })
  currencyFormat!: string | null;

  @Field(() => Int, { nullable: true, description: 'Number of people in the data. Null: upstream gave none.' })
  count!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Share of people in the data. Upstream does not document whether 1 or 100 means all of them. Null: upstream gave none.',
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
      'The average amount, in the same currency and period as the enclosing field. Null: upstream gave none.',
  })
  average!: number | null;

  @Field(() => ReportStatistics, {
    nullable: true,
    description: 'Mean, standard deviation and shape of the same amounts. Null: upstream gave none.',
  })
  statistics!: ReportStatistics | null;

  @Field(() => [Percentile], {
    description: 'Every percentile upstream gave, ascending, for plotting the distribution. Empty: upstream gave none.',
  })
  percentiles!: readonly Percentile[];
}
