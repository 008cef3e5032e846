import { Int } from 'type-graphql';
import type * as model from '../model/usage.js';
import { DateTime } from './date-time.js';
import { objectType, required, type FieldsOf } from './declare.js';

const COUNTS: FieldsOf<model.UsageCounts> = {
  submitted: required(Int, 'Reports requested from upstream.'),
  collected: required(Int, 'Reports collected from upstream.'),
  billable: required(Int, 'Reports collected with a rating above zero, which upstream documents as billable.'),
  failed: required(
    Int,
    'Reports that upstream rejected or did not produce, except those that were asked for again and are pending or collected now.',
  ),
  uncertain: required(
    Int,
    'Reports whose purchase was sent but whose outcome is or was unknown, so they may be billed, except those that were collected after all. They are never bought again automatically. One that was bought again or closed still counts, unless the usage log tells what became of it.',
  ),
  recovered: required(
    Int,
    'Reports whose collection had failed or whose purchase was uncertain and that were collected after all. Included in `collected`, and no longer in `failed` or `uncertain`.',
  ),
  saved: required(
    Int,
    'Reports served without a purchase: from the store, or by joining a purchase in progress. Counted by the minute, including the whole minutes in which the period starts and ends.',
  ),
};

export const Usage = objectType<model.Usage>(
  'Usage',
  "Reports requested from the paid service, and reports served without a purchase. Counted per report, as billed: pay and years of experience of one set of answers are two. These are this server's counts; the invoice is based on upstream's.",
  {
    since: required(DateTime, 'Start of the period, inclusive.'),
    until: required(DateTime, 'End of the period, inclusive.'),
    ...COUNTS,
    uncertainNow: required(
      Int,
      'Reports that are uncertain at this moment, whenever that began: those that `uncertainReports` lists.',
    ),
  },
);

export const UsageDay = objectType<model.UsageDay>('UsageDay', 'What `Usage` counts, of one UTC day.', {
  day: required(String, 'The day, as `YYYY-MM-DD`.'),
  ...COUNTS,
});
