import { ApiError, type AnswerIssue, type AnswerSuggestion } from '../../errors.js';
import type { AnswersCheck, CheckedAnswer } from '../../model/answers-check.js';
import { upstreamName } from '../jobalyzer/encode.js';

/** What buyers are told of a check. Pure. */

/** Those that upstream would ignore: a title that it resolves to another one is not. */
export function ignoredAnswers({ answers, matchedJobTitle }: AnswersCheck): readonly CheckedAnswer[] {
  return answers.filter(
    ({ field, verdict }) => verdict === 'UNKNOWN' && (field !== 'jobTitle' || matchedJobTitle === null),
  );
}

/** The warning that a report has for an answer that upstream ignores. */
export function ignoredWarning({ field, value }: CheckedAnswer): AnswerIssue {
  return {
    answerId: upstreamName(field),
    answerValue: value,
    message: `Jobalyzer does not know this answer and ignores it: the report is made without it.`,
    code: 'UNKNOWN_ANSWER',
  };
}

/** Why nothing is bought with answers that upstream would ignore; at least one. */
export function unknownAnswers(ignored: readonly CheckedAnswer[]): ApiError {
  const named = ignored.map(({ field, value }) => `${field} ${JSON.stringify(value)}`);
  const suggestions = ignored.flatMap(suggestionsFor);
  return new ApiError(
    'UNCONFIRMED_ANSWER',
    `Nothing was bought: Jobalyzer does not know ${named.join(' and ')}, and would ignore it. Ask with a value that suggestAnswers or suggestLocations returns, or without it.`,
    {
      issues: ignored.map((answer) => ({
        ...ignoredWarning(answer),
        message: 'Jobalyzer does not know this answer and would ignore it.',
      })),
      ...(suggestions.length > 0 && { suggestions }),
    },
  );
}

function suggestionsFor({ field, suggestions }: CheckedAnswer): AnswerSuggestion[] {
  return suggestions.map(({ answer, score }) => ({ answerId: upstreamName(field), answer, score }));
}
