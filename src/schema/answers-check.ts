import { Int } from 'type-graphql';
import type * as model from '../model/answers-check.js';
import { nullable, objectType, required } from './declare.js';
import { AnswerVerdict } from './enums.js';
import { Suggestion } from './suggestions.js';

/** In GraphQL, a field of an input is a text. */
type CheckedAnswerShape = Omit<model.CheckedAnswer, 'field'> & { readonly field: string };
type AnswersCheckShape = Omit<model.AnswersCheck, 'answers' | 'corrected'> & {
  readonly answers: readonly CheckedAnswerShape[];
};

const CheckedAnswer = objectType<CheckedAnswerShape>(
  'CheckedAnswer',
  'What upstream has for one answer, or for one entry of an answer that is a list.',
  {
    field: required(String, 'The field of `AnswersInput`.'),
    value: required(
      String,
      'What was given, in canonical form; a number or a `Degree` as text. Of a list one entry: the others have a `CheckedAnswer` each.',
    ),
    verdict: required(AnswerVerdict, 'Whether upstream has it.'),
    spelling: nullable(
      String,
      'How upstream spells it, and what is bought unless the server is set otherwise. Null: the answer is not `CORRECTED`.',
    ),
    suggestions: required(
      [Suggestion],
      'What upstream suggests instead, best first; for `city`, `state` and `country` those of the places that its city is found in, without a score. Empty for `EXACT` and `CORRECTED`, and if upstream suggests nothing.',
    ),
  },
);

/** Its other field is resolved in `resolvers/answers-check-resolver.ts`. */
export const AnswersCheck = objectType<AnswersCheckShape>(
  'AnswersCheck',
  'What upstream has for the answers of a report, as far as its look-ups tell. Free of charge.',
  {
    answers: required(
      [CheckedAnswer],
      'Every answer that was given, in the order of `AnswersInput`; an entry of a list is one answer.',
    ),
    matchedJobTitle: nullable(
      String,
      'The title that upstream resolves the job title to with `autoResolveJobTitle: true`. Null: it is false, no title is similar enough, or upstream did not tell.',
    ),
    jobTitleRating: nullable(
      Int,
      'How well that title matches: 0 to 100, rounded to tens, 100 for the same title. Null: upstream did not tell.',
    ),
  },
);
