import { Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';

@ObjectType({
  description:
    'What the paid service was asked for, and what did not have to be asked for. Counted per report, as it is billed: pay and years of experience of one set of answers are two. Counted here; the invoice is counted upstream.',
})
export class Usage {
  @Field(() => DateTime, { description: 'The first moment counted.' })
  since!: Date | number;

  @Field(() => DateTime, { description: 'The moment up to which was counted.' })
  until!: Date | number;

  @Field(() => Int, { description: 'Reports asked of upstream.' })
  submitted!: number;

  @Field(() => Int, { description: 'Reports that came and are, or were, held here.' })
  collected!: number;

  @Field(() => Int, {
    description: 'Reports collected with a rating above zero: what upstream documents as billable.',
  })
  billable!: number;

  @Field(() => Int, { description: 'Reports that upstream refused or ended.' })
  failed!: number;

  @Field(() => Int, {
    description:
      'Reports that were sent but whose outcome is unknown, so they may be on the bill. They are never sent again by themselves.',
  })
  uncertain!: number;

  @Field(() => Int, {
    description:
      'Reports asked for here and served without a purchase: from the store, or by joining a purchase under way.',
  })
  saved!: number;
}
