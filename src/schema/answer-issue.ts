import { Field, ObjectType } from 'type-graphql';

@ObjectType({
  description:
    "Upstream's remark on one answer: a warning on a report, or the reason for a rejection. All of it is upstream's wording; any field may be null.",
})
export class AnswerIssue {
  @Field(() => String, {
    nullable: true,
    description: "The answer, by upstream's name, such as `JobTitle`. Null: upstream gave none.",
  })
  answerId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The value that upstream objects to. Null: upstream gave none.',
  })
  answerValue!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Upstream's explanation, for humans. Null: upstream gave none.",
  })
  message!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Upstream's code for this kind of issue; there is no published list of codes. Null: upstream gave none.",
  })
  code!: string | null;
}
