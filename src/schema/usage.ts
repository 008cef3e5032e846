import { Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';

@ObjectType({
  description:
    "Reports requested from the paid service, and reports served without a purchase. Counted per report, as billed: pay and years of experience of one set of answers are two. These are this server's counts; the invoice is based on upstream's.",
})
export class Usage {
  @Field(() => DateTime, { description: 'Start of the period, inclusive.' })
  since!: Date | number;

  @Field(() => DateTime, { description: 'End of the period, inclusive.' })
  until!: Date | number;

  @Field(() => Int, { description: 'Reports requested from upstream.' })
  submitted!: number;

  @Field(() => Int, { description: 'Reports collected from upstream.' })
  collected!: number;

  @Field(() => Int, {
    description: 'Reports collected with a rating above zero, which upstream documents as billable.',
  })
  billable!: number;

  @Field(() => Int, { description: 'Reports that upstream rejected or could not produce.' })
  failed!: number;

  @Field(() => Int, {
    description:
      'Reports whose purchase was sent but whose outcome is unknown, so they may be billed. They are never bought again automatically.',
  })
  uncertain!: number;

  @Field(() => Int, {
    description:
      'Reports served without a purchase: from the store, or by joining a purchase in progress. Counted by the minute, including the whole minutes in which the period starts and ends.',
  })
  saved!: number;
}
