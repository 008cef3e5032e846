import { ApiError, type AnswerIssue, type AnswerSuggestion } from '../../errors.js';
import type { AnswersCheck, CheckedAnswer } from '../../model/answers-check.js';
import { ANSWER_NAMES, type AnswerName } from '../../model/answers.js';
import { caseKey } from '../../model/letter-case.js';
import type { ReportsRequest } from '../../model/report.js';
import type { WarningCode } from '../../model/warning-codes.js';
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
    code: 'UNKNOWN_ANSWER' satisfies WarningCode,
  };
}

/** The warnings that a report has for each answer that was asked for in another spelling than it was bought with. */
export function correctionWarnings(asked: ReportsRequest, bought: ReportsRequest): readonly AnswerIssue[] {
  return ANSWER_NAMES.flatMap((field) => {
    const spellings = textsOf(bought, field);
    return textsOf(asked, field)
      .filter((value) => !spellings.includes(value))
      .flatMap((value) => {
        const spelling = spellings.find((each) => caseKey(each) === caseKey(value));
        return spelling === undefined ? [] : correctionWarning(field, value, spelling);
      });
  });
}

function correctionWarning(field: AnswerName, value: string, spelling: string): AnswerIssue {
  return {
    answerId: upstreamName(field),
    answerValue: value,
    message: `Bought as ${JSON.stringify(spelling)}, which is how Jobalyzer spells it.`,
    code: 'CORRECTED_ANSWER' satisfies WarningCode,
  };
}

function textsOf({ answers }: ReportsRequest, field: AnswerName): readonly string[] {
  return [answers[field]].flat().filter((value) => typeof value === 'string');
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
