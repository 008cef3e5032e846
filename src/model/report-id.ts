import { hash } from 'node:crypto';
import { badUserInput } from '../errors.js';
import { ANSWER_NAMES, isGiven, type AnswerName, type AnswerValue } from './answers.js';
import type { ReportsRequest } from './report.js';

/** Increment when the canonical form changes meaning; the same answers then get a different id. */
const SCHEMA_VERSION = 1;
/** The answers up to this one were in the first release and are part of every id, given or not. */
const LAST_ORIGINAL_ANSWER: AnswerName = 'employerProductActivity';
const ID = /^[A-Za-z0-9_-]{43}$/;

/** The id of a report: SHA-256 over its canonical answers, the autoResolve flag and a schema version, in base64url. */
export function reportId({ answers, autoResolveJobTitle }: ReportsRequest): string {
  const values = ANSWER_NAMES.map((name): [string, AnswerValue] => [name, answers[name]]);
  const canonical = [SCHEMA_VERSION, autoResolveJobTitle, ...identifyingValues(values)];
  return hash('sha256', JSON.stringify(canonical), 'base64url');
}

/**
 * What of the answers, in the order of their table, identifies a report: of the original answers the values; of one that
 * was added later a pair of name and value, but only if it is given. So a new answer, appended to the table, leaves the
 * ids of all reports without it as they are.
 */
export function identifyingValues(
  answers: readonly (readonly [name: string, value: AnswerValue | undefined])[],
): unknown[] {
  const later = answers.findIndex(([name]) => name === LAST_ORIGINAL_ANSWER) + 1;
  return [
    ...answers.slice(0, later).map(([, value]) => value),
    ...answers.slice(later).filter(([, value]) => isGiven(value)),
  ];
}

/** Throws BAD_USER_INPUT for a string that cannot be a report id. */
export function parseReportId(id: string, argument: string): string {
  if (!ID.test(id)) {
    throw badUserInput(argument, 'is not a report id; an id has 43 characters from A–Z, a–z, 0–9, "-" and "_".');
  }
  return id;
}
