import { Float, Int } from 'type-graphql';
import type * as model from '../model/report-contents.js';
import { COLLECTED_FIELDS } from './collected-fields.js';
import { asGiven, nullable, objectType, required } from './declare.js';
import { SHARE_SCALE } from './scales.js';

const amountAt = (percentile: number) =>
  `Base pay at percentile ${percentile} of the range: ${percentile} % of people in it earn less. In the report's currency, per year.`;

const Currency = objectType<model.Currency>(
  'Currency',
  'The currency of all amounts in a report, as reported by upstream.',
  {
    name: asGiven(String, "The currency's name."),
    id: asGiven(Int, "Upstream's numeric id of the currency."),
    format: asGiven(String, "Upstream's pattern for writing an amount in this currency; its syntax is not documented."),
    abbreviation: asGiven(String, "The currency's abbreviation, such as `USD`."),
  },
);

const ExperienceRange = objectType<model.ExperienceRange>(
  'ExperienceRange',
  "Base pay of the people within one range of years of experience. Amounts are in the report's currency.",
  {
    name: asGiven(String, "Upstream's name of the range."),
    minYears: nullable(
      Int,
      'The lower end of the range in years of experience, read from `name`: 1 in `1-4 years`, 0 in `<1 year`, 20 in `20 years or more`. Null: the name does not say it.',
    ),
    maxYears: nullable(
      Int,
      'The upper end in years, read from `name`: 4 in `1-4 years`, 1 in `<1 year`. Null: the range has no upper end, or, with `minYears` null too, the name does not say it.',
    ),
    percent: asGiven(Float, `Share of people in this range. ${SHARE_SCALE}`),
    average: asGiven(Float, "Average base pay in the range, in the report's currency, per year."),
    stdDev: asGiven(Float, "Standard deviation of base pay in the range, in the report's currency, per year."),
    percentile10: asGiven(Float, amountAt(10)),
    percentile25: asGiven(Float, amountAt(25)),
    percentile50: asGiven(Float, `The median. ${amountAt(50)}`),
    percentile75: asGiven(Float, amountAt(75)),
    percentile90: asGiven(Float, amountAt(90)),
  },
);

const ExperienceShift = objectType<model.ExperienceShift>(
  'ExperienceShift',
  'A point in a career at which upstream reports a major shift. Upstream documents neither the meaning nor the unit of `target` and `actual`; they are passed on unchanged.',
  {
    experience: asGiven(Int, 'Years of experience at the shift.'),
    target: asGiven(Float, "Upstream's `Target` at the shift; meaning and unit are not documented."),
    actual: asGiven(Float, "Upstream's `Actual` at the shift; meaning and unit are not documented."),
  },
);

export const YearsExperienceReport = objectType<model.CollectedReport<'YOE'>>(
  'YearsExperienceReport',
  'How the base pay of a job changes over a career. All figures are as reported by upstream; null means that upstream gave none.',
  {
    currency: asGiven(Currency, 'The currency of all amounts in `ranges`.'),
    ranges: required(
      [ExperienceRange],
      'Base pay by range of experience, in upstream order. Empty: upstream gave none.',
    ),
    majorShifts: required(
      [ExperienceShift],
      'The major shifts of a career, in upstream order. Empty: upstream gave none.',
    ),
    ...COLLECTED_FIELDS,
  },
);
