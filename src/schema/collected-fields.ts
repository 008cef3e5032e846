import { Float } from 'type-graphql';
import { WARNING_CODES } from '../model/warning-codes.js';
import { AnswerIssue } from './answer-issue.js';
import { DateTime } from './date-time.js';
import { asGiven, required } from './declare.js';
import { MatchContext } from './match-context.js';

const OWN_CODES = Object.entries(WARNING_CODES)
  .map(([code, meaning]) => `\`${code}\`, ${meaning}`)
  .join('; ');

/** The fields that a collected report of either type has beside its figures. */
export const COLLECTED_FIELDS = {
  reportRating: asGiven(
    Float,
    "Upstream's confidence that its data supports this report, 0 to 1. 0: the data is sparse or conflicting, and according to upstream's documentation the report is not charged.",
  ),
  context: asGiven(MatchContext, 'How the job title was matched.'),
  warnings: required(
    [AnswerIssue],
    `What is to be said of the answers and the figures; the report was produced anyway. Upstream's warnings, and those of this server with a \`code\` of its own: ${OWN_CODES}. Empty: none.`,
  ),
  collectedAt: required(DateTime, 'When this server collected the report from upstream.'),
};
