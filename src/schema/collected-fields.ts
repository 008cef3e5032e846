import { Float } from 'type-graphql';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { asGiven, required } from './declare.js';
import { MatchContext } from './match-context.js';

/** The fields that a collected report of either type has beside its figures. */
export const COLLECTED_FIELDS = {
  reportRating: asGiven(
    Float,
    "Upstream's confidence that its data supports this report, 0 to 1. 0: the data is sparse or conflicting, and according to upstream's documentation the report is not charged.",
  ),
  context: asGiven(MatchContext, 'How the job title was matched.'),
  warnings: required(
    [AnswerIssue],
    "What is to be said of the answers; the report was produced anyway. Upstream's warnings, and those of this server with a `code` of its own: `CORRECTED_ANSWER`, bought in upstream's spelling; `UNKNOWN_ANSWER`, upstream was expected to ignore it. Empty: none.",
  ),
  collectedAt: required(DateTime, 'When this server collected the report from upstream.'),
};
