import type { WireAnswers, WireIssue, WireReportKey } from '../contract/wire.js';
import { degrees } from './labour-market.js';

export interface ReportRequest {
  types: WireReportKey[];
  answers: WireAnswers;
  autoResolve: boolean;
}

const REPORT_KEYS: readonly string[] = ['yoe', 'pay'] satisfies WireReportKey[];
/** Fields of the body. `customerId` and `user` are checked against the token. */
const BODY_NAMES = ['customerid', 'user', 'AutoResolveJobTitle', 'requestedReports', 'answers'];

type Check = (value: unknown) => string | null;

const text: Check = (value) => (typeof value === 'string' ? null : 'must be a string');
const requiredText: Check = (value) =>
  typeof value === 'string' && value.trim() ? null : 'is required and must be a string';
const texts: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? null : 'must be a list of strings';
const amount: Check = (value) => (typeof value === 'number' && value >= 0 ? null : 'must be a number, 0 or more');
const years: Check = (value) =>
  typeof value === 'number' && value >= 0 && value <= 99 ? null : 'must be a number from 0 to 99';
const degree: Check = (value) =>
  degrees.some(({ name }) => name === value) ? null : 'must be one of the nine degrees, spelled exactly';

const ANSWERS: Readonly<Record<keyof WireAnswers, Check>> = {
  JobTitle: requiredText,
  Country: requiredText,
  State: text,
  City: text,
  YearsExperience: years,
  HighestDegreeEarned: degree,
  Skills: texts,
  Certifications: texts,
  AverageSizeCompetitor: amount,
  CompanySales: amount,
  EmployerProductActivity: text,
};

/**
 * Parses the body of a POST for reports strictly: undocumented names and values are errors, so that a client's mistakes
 * are found here and not with the real service. Null is the same as absent, except for required answers.
 */
export function readReportRequest(
  body: Record<string, unknown>,
): { ok: true; request: ReportRequest } | { ok: false; errors: WireIssue[] } {
  const errors: WireIssue[] = [];
  const refuse = (id: string, value: unknown, reason: string) =>
    errors.push({
      AnswerId: id,
      AnswerValue: value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value),
      Message: `${id} ${reason}.`,
      Code: 'InvalidRequest',
    });

  for (const name of Object.keys(body)) {
    if (!BODY_NAMES.includes(name) && !BODY_NAMES.includes(name.toLowerCase())) {
      refuse(name, body[name], 'is not a known field');
    }
  }

  const { requestedReports, AutoResolveJobTitle: autoResolve, answers } = body;
  const types = Array.isArray(requestedReports) ? (requestedReports as unknown[]) : [];
  const allKnown = types.every((type) => REPORT_KEYS.some((key) => key === type));
  if (types.length === 0 || !allKnown || new Set(types).size < types.length) {
    refuse('requestedReports', requestedReports, 'must be a list of "yoe", "pay" or both, each once');
  }
  if (autoResolve !== undefined && autoResolve !== null && typeof autoResolve !== 'boolean') {
    refuse('AutoResolveJobTitle', autoResolve, 'must be true or false');
  }

  if (!isObject(answers)) {
    refuse('answers', answers, 'is required and must be an object');
    return { ok: false, errors };
  }
  for (const name of Object.keys(answers)) {
    if (!Object.hasOwn(ANSWERS, name)) refuse(name, answers[name], 'is not a known answer');
  }
  for (const [name, check] of Object.entries(ANSWERS)) {
    const value = answers[name];
    if ((value === undefined || value === null) && check !== requiredText) continue;
    const reason = check(value);
    if (reason) refuse(name, value, reason);
  }
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    request: {
      types: types as WireReportKey[],
      answers: answers as unknown as WireAnswers,
      autoResolve: autoResolve === true,
    },
  };
}

/** @returns the JSON object in the text; null if it is not one. */
export function parseObject(json: unknown): Record<string, unknown> | null {
  if (typeof json !== 'string') return null;
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
