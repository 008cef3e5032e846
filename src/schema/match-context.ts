import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'What upstream made of the job title, in its own words.' })
export class MatchContext {
  @Field(() => String, {
    nullable: true,
    description: 'The job title as upstream received it. Null: upstream did not say.',
  })
  submittedJobTitle!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The title of upstream's own taxonomy that was used instead. Null: upstream did not say.",
  })
  matchedJobTitle!: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Upstream's confidence that the two titles mean the same job: 0 to 100, rounded to tens, higher is better. Null: upstream did not say.",
  })
  jobTitleRating!: number | null;
}
