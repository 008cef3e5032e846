import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'How upstream matched the job title.' })
export class MatchContext {
  @Field(() => String, {
    nullable: true,
    description: 'The job title as upstream received it. Null: upstream gave none.',
  })
  submittedJobTitle!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The title in upstream's taxonomy that was used instead. Null: upstream gave none.",
  })
  matchedJobTitle!: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Upstream's confidence that the two titles mean the same job: 0 to 100, rounded to tens, higher is better. Null: upstream gave none.",
  })
  jobTitleRating!: number | null;
}
