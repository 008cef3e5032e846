import { Arg, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import { percentileRank } from '../model/percentile-rank.js';
import type * as model from '../model/report-contents.js';
import { PayStatistics } from '../schema/pay-statistics.js';
import { Storable } from './storable.js';

@Resolver(() => PayStatistics)
export class PayStatisticsResolver {
  @Storable()
  @FieldResolver(() => Float, {
    nullable: true,
    description:
      'The percentile rank of an amount of pay, 0 to 100: the percentage of people who earn less. Interpolated linearly between neighbouring `percentiles`, never decreasing as the amount rises. Null outside the range of the data: below the lowest or above the highest percentile value, or if there are no percentiles.',
  })
  percentileRank(
    @Root() { percentiles }: model.PayStatistics,
    @Arg('amount', () => Float, { description: 'The amount, in the same currency and period as the statistics.' })
    amount: number,
  ): number | null {
    return percentileRank(percentiles, amount);
  }
}
