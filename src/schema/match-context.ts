import { Int } from 'type-graphql';
import type * as model from '../model/report-contents.js';
import { asGiven, objectType } from './declare.js';

export const MatchContext = objectType<model.MatchContext>('MatchContext', 'How upstream matched the job title.', {
  submittedJobTitle: asGiven(String, 'The job title as upstream received it.'),
  matchedJobTitle: asGiven(String, "The title in upstream's taxonomy that was used instead."),
  jobTitleRating: asGiven(
    Int,
    "Upstream's confidence that the two titles mean the same job: 0 to 100, rounded to tens, higher is better.",
  ),
});
