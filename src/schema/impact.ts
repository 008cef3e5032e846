import { Field, Float, Int, ObjectType } from 'type-graphql';
import { MatchContext } from './match-context.js';

@ObjectType({
  description:
    'What having one skill, certification or degree does to the pay of a job. Every figure is as upstream reports it; upstream names no currency for the amounts.',
})
export class Impact {
  @Field(() => String, { description: 'The skill, certification or degree.' })
  answer!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'How many profiles of the job report it. Null: upstream gave none.',
  })
  profileCount!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The share of the job's profiles that report it. Upstream does not document whether 1 or 100 means all of them. Null: upstream gave none.",
  })
  percentReporting!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Median base pay of those who have it, in a currency that upstream does not name. Null: upstream gave none.',
  })
  medianBasePay!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'By how much the pay of those who have it differs, as an amount in the same currency; negative is less. Null: upstream gave none.',
  })
  payDifferential!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The same difference as a percentage, as upstream reports it; negative is less. Null: upstream gave none.',
  })
  payDifferentialPercentage!: number | null;
}

@ObjectType({
  description: 'What moves the pay of a job title. It is no paid report: nothing is bought and nothing is waited for.',
})
export class ImpactReport {
  @Field(() => [Impact], {
    description: 'One for each answer, in the order upstream gave. Empty: upstream knows of none.',
  })
  impacts!: readonly Impact[];

  @Field(() => MatchContext, {
    nullable: true,
    description: 'How the job title was matched. Null: upstream did not say.',
  })
  context!: MatchContext | null;
}
