import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A wording that upstream accepts as an answer.' })
export class Suggestion {
  @Field(() => String, { description: 'The wording, to be sent in `AnswersInput` exactly as it is.' })
  answer!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      "Upstream's score of the fit, higher is better; its scale is not documented. Null: upstream gave none.",
  })
  score!: number | null;
}

@ObjectType({ description: 'What people with one job title do.' })
export class JobTitleTasks {
  @Field(() => String, { description: "The title, of upstream's own taxonomy." })
  jobTitle!: string;

  @Field(() => [String], { description: 'What the job consists of, in sentences. Empty: upstream gave none.' })
  tasks!: readonly string[];
}

@ObjectType({ description: "The titles of upstream's own taxonomy that a free job title may mean." })
export class JobTitleMatch {
  @Field(() => [Suggestion], { description: 'The titles, best first. Empty: upstream found none.' })
  matches!: readonly Suggestion[];

  @Field(() => [JobTitleTasks], {
    description: 'What the matched jobs consist of, to choose among them. Empty: upstream gave none.',
  })
  tasks!: readonly JobTitleTasks[];

  @Field(() => Int, {
    nullable: true,
    description: 'The years of experience upstream gives with the match. Null: upstream gave none.',
  })
  yearsExperience!: number | null;
}

@ObjectType({ description: 'A place that upstream knows.' })
export class LocationSuggestion {
  @Field(() => String, { description: 'The place, written out for people.' })
  text!: string;

  @Field(() => Int, { nullable: true, description: "Upstream's number for the place. Null: upstream gave none." })
  id!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "How often the place occurs in upstream's data, to rank by. Null: upstream gave none.",
  })
  frequency!: number | null;
}
