import { Arg, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import { percentileRank } from '../datasources/jobalyzer/percentile-rank.js';
import { PayStatistics } from '../schema/pay-statistics.js';

@Resolver(() => PayStatistics)
export class PayStatisticsResolver {
  @FieldResolver(() => Float, {
    nullable: true,
    description:
      'Where an amount of pay falls among these, 0 to 100: the share, in percent, of people who earn less. Interpolated linearly between neighbouring `percentiles`, never falling as the amount rises. Null outside what the data supports: below the lowest or above the highest percentile given, or where none was given.',
  })
  percentileRank(
    @Root() { percentiles }: PayStatistics,
    @Arg('amount', () => Float, { description: 'In the same currency and per the same period as the statistics.' })
    amount: number,
  ): number | null {
    return percentileRank(percentiles, amount);
  }
}
