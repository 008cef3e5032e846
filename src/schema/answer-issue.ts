import { Field, ObjectType } from 'type-graphql';

@ObjectType({
  description:
    "What upstream said of one answer: a warning beside a report, or the reason for a refusal. All of it is upstream's wording; any field may be null.",
})
export class AnswerIssue {
  @Field(() => String, {
    nullable: true,
    description: 'Which answer, by the name upstream gives it, such as `JobTitle`. Null: upstream did not say.',
  })
  answerId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The value that upstream objects to. Null: upstream did not say.',
  })
  answerValue!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Upstream's explanation, for people. Null: upstream gave none.",
  })
  message!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Upstream's code for this kind of issue; it publishes no list of them. Null: upstream gave none.",
  })
  code!: string | null;
}
