import { Int } from 'type-graphql';
import type * as model from '../model/report-contents.js';
import { COLLECTED_FIELDS } from './collected-fields.js';
import { asGiven, objectType, required } from './declare.js';
import { PayStatistics } from './pay-statistics.js';

const RankedFactor = objectType<model.RankedFactor>('RankedFactor', 'A factor that influences the pay of this job.', {
  field: required(String, "Upstream's name for the factor."),
  score: asGiven(Int, "Upstream's score of the factor; its scale is not documented."),
});

export const PayReport = objectType<model.CollectedReport<'PAY'>>(
  'PayReport',
  'What a job pays. All figures are as reported by upstream. Null means that upstream gave none, which is common for sparse data.',
  {
    basePay: asGiven(PayStatistics, 'Base pay: in the currency of `currencyName`, per year.'),
    totalPay: asGiven(PayStatistics, 'Total pay: in the currency of `currencyName`, per year.'),
    hourlyPay: asGiven(PayStatistics, 'Hourly pay: in the currency of `currencyName`, per hour.'),
    bonus: asGiven(PayStatistics, 'Bonus: in the currency of `currencyName`, per year.'),
    commission: asGiven(PayStatistics, 'Commission: in the currency of `currencyName`, per year.'),
    profitShare: asGiven(PayStatistics, 'Profit share: in the currency of `currencyName`, per year.'),
    totalCompanies: asGiven(Int, 'Number of companies in the data.'),
    totalIncumbents: asGiven(Int, 'Number of people in this job in the data.'),
    totalProfilesAnalyzed: asGiven(Int, 'Number of survey profiles analyzed for the report.'),
    rankedFactors: required(
      [RankedFactor],
      'The factors that influence the pay of this job, in upstream order. Empty: upstream gave none.',
    ),
    levelUsed: asGiven(String, 'The level upstream used; its values are not documented.'),
    ...COLLECTED_FIELDS,
  },
);
