import { Field, Float, Int, ObjectType } from 'type-graphql';
import { MatchContext } from './match-context.js';

@ObjectType({
  description:
    'How one skill, certification or degree affects the pay of a job. All figures are as reported by upstream, which does not state the currency of the amounts.',
})
export class Impact {
  @Field(() => String, { description: 'The skill, certification or degree.' })
  answer!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of profiles of this job that report it. Null: upstream gave none.',
  })
  profileCount!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Share of the job's profiles that report it. Upstream does not document whether 1 or 100 means all of them. Null: upstream gave none.",
  })
  percentReporting!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Median base pay of people who have it, in a currency that upstream does not state. Null: upstream gave none.',
  })
  medianBasePay!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Difference in pay of people who have it, as an amount in the same currency; negative means less. Null: upstream gave none.',
  })
  payDifferential!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The same difference as a percentage, as reported by upstream; negative means less. Null: upstream gave none.',
  })
  payDifferentialPercentage!: number | null;
}

@ObjectType({
  description:
    'How skills, certifications or degrees affect the pay of a job title. Free of charge and available immediately.',
})
export class ImpactReport {
  @Field(() => [Impact], {
    description: 'One per skill, certification or degree, in upstream order. Empty: upstream gave none.',
  })
  impacts!: readonly Impact[];

  @Field(() => MatchContext, {
    nullable: true,
    description: 'How the job title was matched. Null: upstream gave none.',
  })
  context!: MatchContext | null;
}
