import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A value that upstream accepts as an answer.' })
export class Suggestion {
  @Field(() => String, { description: 'The value to use in `AnswersInput`, exactly as given.' })
  answer!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      "Upstream's score of the match; higher is better, the scale is not documented. Null: upstream gave none.",
  })
  score!: number | null;
}

@ObjectType({ description: 'The tasks of one job title.' })
export class JobTitleTasks {
  @Field(() => String, { description: "The title, from upstream's taxonomy." })
  jobTitle!: string;

  @Field(() => [String], { description: 'The tasks of the job, as sentences. Empty: upstream gave none.' })
  tasks!: readonly string[];
}

@ObjectType({ description: "Titles in upstream's taxonomy that match a free-text job title." })
export class JobTitleMatch {
  @Field(() => [Suggestion], { description: 'The titles, best first. Empty: upstream found none.' })
  matches!: readonly Suggestion[];

  @Field(() => [JobTitleTasks], {
    description: 'The tasks of the matched jobs, to help choose among them. Empty: upstream gave none.',
  })
  tasks!: readonly JobTitleTasks[];

  @Field(() => Int, {
    nullable: true,
    description: 'The years of experience upstream returns with the match. Null: upstream gave none.',
  })
  yearsExperience!: number | null;
}

@ObjectType({ description: 'A place that upstream knows.' })
export class LocationSuggestion {
  @Field(() => String, { description: 'The place, as text to display.' })
  text!: string;

  @Field(() => Int, { nullable: true, description: "Upstream's numeric id of the place. Null: upstream gave none." })
  id!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "How often the place occurs in upstream's data, useful for ranking. Null: upstream gave none.",
  })
  frequency!: number | null;
}
