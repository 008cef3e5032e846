import type { WireAnswers, WireIssue, WireReportKey } from '../contract/wire.js';

export interface ReportRequest {
  types: WireReportKey[];
  answers: WireAnswers;
  autoResolve: boolean;
}

const REPORT_KEYS: readonly string[] = ['yoe', 'pay'] satisfies WireReportKey[];
/** Fields of the body. The documents spell them in more than one letter case. */
const BODY_NAMES = ['customerId', 'user', 'AutoResolveJobTitle', 'requestedReports', 'answers'] as const;
type BodyName = (typeof BODY_NAMES)[number];

type Check = (value: unknown) => string | null;

const text: Check = (value) => (typeof value === 'string' ? null : 'must be a string');
const requiredText: Check = (value) =>
  typeof value === 'string' && value.trim() ? null : 'is required and must be a string';
const texts: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? null : 'must be a list of strings';
const amount: Check = (value) => (numberOf(value) >= 0 ? null : 'must be a number, 0 or more');
const years: Check = (value) =>
  numberOf(value) >= 0 && numberOf(value) <= 99 ? null : 'must be a number from 0 to 99';

const ANSWERS: Readonly<Record<keyof WireAnswers, Check>> = {
  JobTitle: requiredText,
  Country: requiredText,
  State: text,
  City: text,
  YearsExperience: years,
  HighestDegreeEarned: text,
  Skills: texts,
  Certifications: texts,
  AverageSizeCompetitor: amount,
  CompanySales: amount,
  EmployerProductActivity: text,
};

/** Sent as numbers in the documents' programs and as text ("5") in their definitions. */
const NUMBERS = ['YearsExperience', 'AverageSizeCompetitor', 'CompanySales'] as const;

/**
 * Parses the body of a POST for reports: undocumented names are errors, so that a client's mistakes are found here and not
 * with the real service. Null is the same as absent, except for required answers.
 */
export function readReportRequest(
  given: Record<string, unknown>,
): { ok: true; request: ReportRequest } | { ok: false; errors: WireIssue[] } {
  const errors: WireIssue[] = [];
  const refuse = (id: string, value: unknown, reason: string) =>
    errors.push({
      AnswerId: id,
      AnswerValue: value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value),
      Message: `${id} ${reason}.`,
      Code: 'InvalidRequest',
    });

  const body: Partial<Record<BodyName, unknown>> = {};
  for (const [name, value] of Object.entries(given)) {
    const known = BODY_NAMES.find((documented) => documented.toLowerCase() === name.toLowerCase());
    if (known) body[known] = value;
    else refuse(name, value, 'is not a known field');
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
      answers: withNumbers(answers) as unknown as WireAnswers,
      autoResolve: autoResolve === true,
    },
  };
}

function withNumbers(answers: Record<string, unknown>): Record<string, unknown> {
  const numbers = NUMBERS.flatMap((name) => {
    const value = answers[name];
    return value === undefined || value === null ? [] : [[name, numberOf(value)] as const];
  });
  return { ...answers, ...Object.fromEntries(numbers) };
}

/** @returns the number, also of a text such as "5"; NaN if it is neither. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : Number.NaN;
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
