import { FieldResolver, Resolver, Root } from 'type-graphql';
import { answerNamed } from '../model/answers.js';
import type * as model from '../model/report.js';
import { AnswerIssue } from '../schema/answer-issue.js';
import { Storable } from './storable.js';

@Resolver(() => AnswerIssue)
export class AnswerIssueResolver {
  @Storable()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The field of `AnswersInput` that `answerId` stands for, such as `jobTitle`. Null: it stands for none of them.',
  })
  field(@Root() { answerId }: model.AnswerIssue): string | null {
    return answerNamed(answerId);
  }
}
