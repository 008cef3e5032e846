import { Fields } from './fields.js';
import type { AnswerIssue } from '../../errors.js';

/** Throws UPSTREAM_BAD_RESPONSE naming the field that cannot be read. */
export function decodeIssues(body: Fields, field: 'Warnings' | 'Errors'): AnswerIssue[] {
  return body.objects(field).map((issue) => ({
    answerId: issue.text('AnswerId'),
    answerValue: issue.text('AnswerValue'),
    message: issue.text('Message'),
    code: issue.text('Code'),
  }));
}

/**
 * The warnings and errors that accompany a usable result. Unreadable ones are dropped: they must not cost anything that was
 * paid for.
 */
export function remarks(body: Fields): AnswerIssue[] {
  return (['Warnings', 'Errors'] as const).flatMap((field) => {
    try {
      return decodeIssues(body, field);
    } catch {
      return [];
    }
  });
}

/** The errors in the body of an error response; none if it cannot be read. */
export function errorsIn(text: string): AnswerIssue[] {
  try {
    return decodeIssues(Fields.of(JSON.parse(text)), 'Errors');
  } catch {
    return [];
  }
}
