import type * as model from '../model/report.js';
import { asGiven, objectType } from './declare.js';

export const AnswerIssue = objectType<model.AnswerIssue>(
  'AnswerIssue',
  "Upstream's remark on one answer: a warning on a report, or the reason for a rejection. All of it but `field` is upstream's wording, unless `code` is one of this server's own (see `PayReport.warnings`); any field may be null.",
  {
    answerId: asGiven(String, "The answer, by upstream's name, such as `JobTitle`."),
    answerValue: asGiven(String, 'The value that upstream objects to.'),
    message: asGiven(String, "Upstream's explanation, for humans."),
    code: asGiven(
      String,
      "Upstream's code for this kind of issue, of which there is no published list, or one of this server's own.",
    ),
  },
);
