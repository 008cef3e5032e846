import type { AnswerKind } from '../../model/lookups.js';
import type { Answers, Degree } from '../../model/answers.js';
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

const REPORT_KEYS: Record<ReportType, WireReportKey> = { PAY: 'pay', YOE: 'yoe' };

/** The last segment of the autocomplete path; also the `AnswerId` of an issue about such an answer. */
export const ANSWER_IDS: Record<AnswerKind, string> = {
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
  const wire: WireAnswers = { JobTitle: answers.jobTitle, Country: answers.country };
  if (answers.state !== null) wire.State = answers.state;
  if (answers.city !== null) wire.City = answers.city;
  if (answers.yearsExperience !== null) wire.YearsExperience = answers.yearsExperience;
  if (answers.highestDegreeEarned !== null) wire.HighestDegreeEarned = DEGREES[answers.highestDegreeEarned];
  if (answers.skills.length > 0) wire.Skills = [...answers.skills];
  if (answers.certifications.length > 0) wire.Certifications = [...answers.certifications];
  if (answers.averageSizeCompetitor !== null) wire.AverageSizeCompetitor = answers.averageSizeCompetitor;
  if (answers.companySales !== null) wire.CompanySales = answers.companySales;
  if (answers.employerProductActivity !== null) wire.EmployerProductActivity = answers.employerProductActivity;
  return wire;
}
