import type { AnswerKind } from '../../model/lookups.js';
import { ANSWER_NAMES, ANSWERS, isGiven, type AnswerName, type Answers, type Degree } from '../../model/answers.js';
import type { ReportsRequest, ReportType } from '../../model/report.js';
import type { WireAnswers, WireReportKey, WireReportsRequest } from '../../contract/wire.js';

/** Upstream's names of degrees, exactly: it compares them case-sensitively. */
const DEGREES: Record<Degree, string> = {
  ANY: 'Any',
  HIGH_SCHOOL: 'GED or High School Diploma',
  ASSOCIATES: "Associate's Degree",
  BACHELORS: "Bachelor's Degree",
  MASTERS: "Master's Degree (non-MBA)",
  MBA: 'Master of Business Administration (MBA)',
  LAW: 'Juris Doctor (JD), Master of Jurisprudence, or Master of Law (LLM)',
  DOCTORATE: 'Doctorate (PhD)',
  MEDICINE: 'Doctor of Medicine (MD)',
};

const BY_NAME = new Map(Object.entries(DEGREES).map(([degree, name]) => [name, degree as Degree]));

/** The degree that upstream calls so; null for any other name. */
export function degreeNamed(name: string): Degree | null {
  return BY_NAME.get(name.trim()) ?? null;
}

const REPORT_KEYS: Record<ReportType, WireReportKey> = { PAY: 'pay', YOE: 'yoe' };

/** The last segment of the autocomplete path; also the `AnswerId` of an issue about such an answer. */
export const ANSWER_IDS: Record<AnswerKind, Capitalize<AnswerName>> = {
  JOB_TITLE: 'JobTitle',
  SKILLS: 'Skills',
  CERTIFICATIONS: 'Certifications',
  EMPLOYER_PRODUCT_ACTIVITY: 'EmployerProductActivity',
  HIGHEST_DEGREE_EARNED: 'HighestDegreeEarned',
};

export function encodeReportsRequest(
  { answers, autoResolveJobTitle }: ReportsRequest,
  types: readonly ReportType[],
  customerId: string,
): WireReportsRequest {
  return {
    customerId,
    user: customerId,
    AutoResolveJobTitle: autoResolveJobTitle,
    requestedReports: types.map((type) => REPORT_KEYS[type]),
    answers: encodeAnswers(answers),
  };
}

/** Only given answers are sent: an absent answer is an absent key, never null or an empty list. */
function encodeAnswers(answers: Answers): WireAnswers {
  const given = ANSWER_NAMES.filter((name) => isGiven(answers[name]));
  const wire: unknown = Object.fromEntries(given.map((name) => [upstreamName(name), encodeAnswer(name, answers)]));
  return wire as WireAnswers;
}

function encodeAnswer(name: AnswerName, answers: Answers): unknown {
  return ANSWERS[name] === 'degree' ? DEGREES[answers[name] as Degree] : answers[name];
}

/** Upstream's name of an answer is ours in PascalCase. */
export function upstreamName<Name extends AnswerName>(name: Name): Capitalize<Name> {
  return (name.charAt(0).toUpperCase() + name.slice(1)) as Capitalize<Name>;
}
