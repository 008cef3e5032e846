import { Float, Int } from 'type-graphql';
import type * as model from '../model/report-contents.js';
import { asGiven, nullable, objectType, required } from './declare.js';
import { SHARE_SCALE } from './scales.js';

const amountAt = (percentile: number) =>
  `The amount at percentile ${percentile}: ${percentile} % of people earn less. Same currency and period as the enclosing field.`;

const Percentile = objectType<model.Percentile>('Percentile', 'One point of a pay distribution.', {
  percentile: required(Float, 'The percentile, 0 to 100.'),
  value: required(Float, 'The amount at this percentile, in the same currency and period as its statistics.'),
});

const ReportStatistics = objectType<model.ReportStatistics>(
  'ReportStatistics',
  "Upstream's additional statistics of the same amounts. Null means that upstream gave none. `mean` and `stdDev` are amounts; `skewness` and `kurtosis` have no unit.",
  {
    count: asGiven(Int, 'Number of people in these statistics.'),
    percent: asGiven(Float, `Share of people in these statistics. ${SHARE_SCALE}`),
    mean: asGiven(Float, 'The arithmetic mean, as an amount.'),
    stdDev: asGiven(Float, 'The standard deviation, as an amount.'),
    skewness: asGiven(Float, 'Skewness of the distribution; 0 is symmetric.'),
    kurtosis: asGiven(
      Float,
      'Kurtosis of the distribution; upstream does not document whether a normal distribution has 0 or 3.',
    ),
  },
);

export const PayStatistics = objectType<model.PayStatistics>(
  'PayStatistics',
  'Distribution of one kind of pay. Amounts are in the currency of `currencyName`, per year, or per hour in `PayReport.hourlyPay`. All figures are as reported by upstream.',
  {
    currencyName: asGiven(String, 'The currency of all amounts here.'),
    currencyCode: nullable(
      String,
      'The ISO 4217 code of the currency, such as `USD`, where it can be told from `currencyName`, or from the country of the answers where that names no currency of its own. Null: it cannot be told.',
    ),
    currencyFormat: asGiven(
      String,
      "Upstream's pattern for writing an amount in this currency; its syntax is not documented.",
    ),
    count: asGiven(Int, 'Number of people in the data.'),
    percent: asGiven(Float, `Share of people in the data. ${SHARE_SCALE}`),
    percentile10: asGiven(Float, amountAt(10)),
    percentile25: asGiven(Float, amountAt(25)),
    percentile50: asGiven(Float, `The median. ${amountAt(50)}`),
    percentile75: asGiven(Float, amountAt(75)),
    percentile90: asGiven(Float, amountAt(90)),
    average: asGiven(Float, 'The average amount, in the same currency and period as the enclosing field.'),
    statistics: asGiven(ReportStatistics, 'Mean, standard deviation and shape of the same amounts.'),
    percentiles: required(
      [Percentile],
      'Every percentile upstream gave, ascending, for plotting the distribution. Empty: upstream gave none.',
    ),
  },
);
