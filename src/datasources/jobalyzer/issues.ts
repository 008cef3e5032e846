import { parseJson } from '../../lib/json.js';
import { answerNamed } from '../../model/answers.js';
import { upstreamName } from './encode.js';
import { isPlain, type Fields } from './fields.js';
import type { AnswerIssue } from '../../errors.js';

/** Every client gets them with each response, and thousands have been seen. */
const MOST_ISSUES = 50;
const LONGEST_TEXT = 500;
/** Where a message repeats what upstream said of all issues. */
const LONGEST_SUMMARY = 1_000;

const PARTS = ['answerid', 'answervalue', 'message', 'code'];

/**
 * The issues in a field, at most 50, with texts of at most 500 characters: objects, texts, or a map from an answer to what is
 * wrong with it. What is none of these is omitted.
 */
export function decodeIssues(body: Fields, field: 'Warnings' | 'Errors'): AnswerIssue[] {
  return first(issuesIn(body.raw(field)));
}

/** The warnings and errors that accompany a usable result, at most 50. */
export function remarks(body: Fields): AnswerIssue[] {
  return [...decodeIssues(body, 'Warnings'), ...decodeIssues(body, 'Errors')].slice(0, MOST_ISSUES);
}

/**
 * What the body of an error response says: its errors, or those of ProblemDetails with their title and detail. None if it
 * is not JSON.
 */
export function errorsIn(text: string): AnswerIssue[] {
  try {
    return first(issuesOfError(parseJson(text)));
  } catch {
    return [];
  }
}

/** The same limits for issues that an earlier release stored. */
export function limited(issues: readonly AnswerIssue[]): AnswerIssue[] {
  return first(issues);
}

/** The texts after one another, as far as they are short enough for a message. */
export function summary(texts: readonly string[], separator: string): string {
  return shortened(texts.join(separator), LONGEST_SUMMARY);
}

function first(issues: Iterable<AnswerIssue>): AnswerIssue[] {
  const kept: AnswerIssue[] = [];
  for (const { answerId, answerValue, message, code } of issues) {
    kept.push({
      answerId: short(answerId),
      answerValue: short(answerValue),
      message: short(message),
      code: short(code),
    });
    if (kept.length === MOST_ISSUES) break;
  }
  return kept;
}

function* issuesOfError(body: unknown): Generator<AnswerIssue> {
  if (!isPlain(body)) {
    yield* issuesIn(body);
    return;
  }
  const fields = lowerCased(body);
  yield* issuesIn(fields.get('errors'));
  for (const name of ['title', 'detail', 'message', 'errormessage']) yield* issuesIn(textOf(fields.get(name)));
}

function* issuesIn(value: unknown): Generator<AnswerIssue> {
  if (Array.isArray(value)) for (const element of value) yield* issueOf(element);
  else if (isPlain(value) && !isIssue(value))
    for (const key of Object.keys(value)) yield* issuesOfField(key, value[key]);
  else yield* issueOf(value);
}

/** One object or text. */
function* issueOf(value: unknown): Generator<AnswerIssue> {
  if (typeof value === 'string' && value.trim() !== '') yield { ...NOTHING, message: value };
  if (!isPlain(value)) return;
  const fields = lowerCased(value);
  const [answerId, answerValue, message, code] = PARTS.map((name) => textOf(fields.get(name)));
  yield { answerId, answerValue, message, code } as AnswerIssue;
}

const NOTHING: AnswerIssue = { answerId: null, answerValue: null, message: null, code: null };

/** What a map says of one field. A field that is none of the answers is named in the message. */
function* issuesOfField(field: string, value: unknown): Generator<AnswerIssue> {
  const [, last = ''] = /(\w{1,40})(?:\[\d{1,9}\])?$/.exec(field.slice(-60)) ?? [];
  const name = answerNamed(last);
  const answerId = name && upstreamName(name);
  const prefix = answerId === null && field.trim() !== '' ? `${field.slice(0, LONGEST_TEXT)}: ` : '';
  for (const issue of issuesIn(isPlain(value) ? [value] : value)) {
    yield { ...issue, answerId: issue.answerId ?? answerId, message: issue.message && prefix + issue.message };
  }
}

function isIssue(value: Readonly<Record<string, unknown>>): boolean {
  const fields = lowerCased(value);
  return PARTS.some((name) => textOf(fields.get(name)) !== null);
}

/** If a field occurs in both letter cases, the first one that has a value counts. */
function lowerCased(value: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const name of Object.keys(value)) fields.set(name.toLowerCase(), fields.get(name.toLowerCase()) ?? value[name]);
  return fields;
}

function textOf(value: unknown): string | null {
  const isText = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  return isText ? String(value) : null;
}

function short(text: string | null): string | null {
  return text === null ? null : shortened(text, LONGEST_TEXT);
}

/** Without control characters, which would break the lines of a terminal or a log. */
function shortened(text: string, longest: number): string {
  const head = text.slice(0, longest).replace(/\p{Cc}+/gu, ' ');
  // Never half of a character that is two code units long.
  return text.length <= longest
    ? head.toWellFormed()
    : `${head
        .slice(0, longest - 1)
        .replace(/[\uD800-\uDBFF]$/, '')
        .toWellFormed()}…`;
}
