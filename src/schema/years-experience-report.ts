import { Field, Float, Int, ObjectType } from 'type-graphql';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { MatchContext } from './match-context.js';

const amountAt = (percentile: number) =>
  `Base pay at percentile ${percentile} of the range: ${percentile} % of its people earn less. In the report's currency, per year. Null: upstream gave none.`;

@ObjectType({ description: 'The currency of every amount in a report, as upstream reports it.' })
export class Currency {
  @Field(() => String, { nullable: true, description: "The currency's name. Null: upstream gave none." })
  name!: string | null;

  @Field(() => Int, { nullable: true, description: "Upstream's number for the currency. Null: upstream gave none." })
  id!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Upstream's pattern for writing an amount in this currency; its syntax is not documented. Null: upstream gave none.",
  })
  format!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The currency's abbreviation, such as `USD`. Null: upstream gave none.",
  })
  abbreviation!: string | null;
}

@ObjectType({
  description: "Base pay of the people within one range of years of experience. Amounts are in the report's currency.",
})
export class ExperienceRange {
  @Field(() => String, { nullable: true, description: "Upstream's name for the range. Null: upstream gave none." })
  name!: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The share of people who fall in this range. Upstream does not document whether 1 or 100 means all of them. Null: upstream gave none.',
  })
  percent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Average base pay in the range, in the report's currency, per year. Null: upstream gave none.",
  })
  average!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Standard deviation of base pay in the range, in the report's currency, per year. Null: upstream gave none.",
  })
  stdDev!: number | null;

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
}

@ObjectType({
  description:
    'A point in a career at which upstream sees a major shift. Upstream documents neither the meaning nor the unit of `target` and `actual`; they are passed on as they come.',
})
export class ExperienceShift {
  @Field(() => Int, { nullable: true, description: 'Years of experience at the shift. Null: upstream gave none.' })
  experience!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Upstream's `Target` at the shift; meaning and unit are not documented. Null: upstream gave none.",
  })
  target!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Upstream's `Actual` at the shift; meaning and unit are not documented. Null: upstream gave none.",
  })
  actual!: number | null;
}

@ObjectType({
  description:
    'How the base pay of a job moves over a career. Every figure is as upstream reports it; null means that upstream gave none.',
})
export class YearsExperienceReport {
  @Field(() => Currency, {
    nullable: true,
    description: 'The currency of every amount in `ranges`. Null: upstream gave none.',
  })
  currency!: Currency | null;

  @Field(() => [ExperienceRange], {
    description: 'Base pay by range of experience, in the order upstream gave. Empty: upstream gave none.',
  })
  ranges!: readonly ExperienceRange[];

  @Field(() => [ExperienceShift], {
    description: 'The major shifts of a career, in the order upstream gave. Empty: upstream gave none.',
  })
  majorShifts!: readonly ExperienceShift[];

  @Field(() => Float, {
    nullable: true,
    description:
      "Upstream's confidence that its data supports this report, 0 to 1. 0: the data is sparse or conflicting, and upstream documents the report as not charged. Null: upstream gave none.",
  })
  reportRating!: number | null;

  @Field(() => MatchContext, {
    nullable: true,
    description: 'How the job title was matched. Null: upstream did not say.',
  })
  context!: MatchContext | null;

  @Field(() => [AnswerIssue], {
    description: 'What upstream remarked on the answers while making the report all the same. Empty: nothing.',
  })
  warnings!: readonly AnswerIssue[];

  @Field(() => DateTime, { description: 'When this server collected the report from upstream.' })
  collectedAt!: Date | number;
}
