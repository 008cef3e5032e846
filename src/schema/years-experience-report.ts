import { Field, Float, Int, ObjectType } from 'type-graphql';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { MatchContext } from './match-context.js';

const amountAt = (percentile: number) =>
  `Base pay at percentile ${percentile} of the range: ${percentile} % of people in it earn less. In the report's currency, per year. Null: upstream gave none.`;

@ObjectType({ description: 'The currency of all amounts in a report, as reported by upstream.' })
export class Currency {
  @Field(() => String, { nullable: true, description: "The currency's name. Null: upstream gave none." })
  name!: string | null;

  @Field(() => Int, { nullable: true, description: "Upstream's numeric id of the currency. Null: upstream gave none." })
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
  @Field(() => String, { nullable: true, description: "Upstream's name of the range. Null: upstream gave none." })
  name!: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Share of people in this range. Upstream does not document whether 1 or 100 means all of them. Null: upstream gave none.',
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
    'A point in a career at which upstream reports a major shift. Upstream documents neither the meaning nor the unit of `target` and `actual`; they are passed on unchanged.',
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
    'How the base pay of a job changes over a career. All figures are as reported by upstream; null means that upstream gave none.',
})
export class YearsExperienceReport {
  @Field(() => Currency, {
    nullable: true,
    description: 'The currency of all amounts in `ranges`. Null: upstream gave none.',
  })
  currency!: Currency | null;

  @Field(() => [ExperienceRange], {
    description: 'Base pay by range of experience, in upstream order. Empty: upstream gave none.',
  })
  ranges!: readonly ExperienceRange[];

  @Field(() => [ExperienceShift], {
    description: 'The major shifts of a career, in upstream order. Empty: upstream gave none.',
  })
  majorShifts!: readonly ExperienceShift[];

  @Field(() => Float, {
    nullable: true,
    description:
      "Upstream's confidence that its data supports this report, 0 to 1. 0: the data is sparse or conflicting, and according to upstream's documentation the report is not charged. Null: upstream gave none.",
  })
  reportRating!: number | null;

  @Field(() => MatchContext, {
    nullable: true,
    description: 'How the job title was matched. Null: upstream gave none.',
  })
  context!: MatchContext | null;

  @Field(() => [AnswerIssue], {
    description: "Upstream's warnings about the answers; the report was produced anyway. Empty: none.",
  })
  warnings!: readonly AnswerIssue[];

  @Field(() => DateTime, { description: 'When this server collected the report from upstream.' })
  collectedAt!: Date | number;
}
