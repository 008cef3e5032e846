import { createHash } from 'node:crypto';
import { badUserInput } from '../errors.js';
import type { ReportsRequest } from './report.js';

/** Increment when the canonical form changes meaning; the same answers then get a different id. */
const SCHEMA_VERSION = 1;
const ID = /^[A-Za-z0-9_-]{43}$/;

/** The id of a report: SHA-256 over its canonical answers, the autoResolve flag and a schema version, in base64url. */
export function reportId({ answers, autoResolveJobTitle }: ReportsRequest): string {
  const canonical = [
    SCHEMA_VERSION,
    autoResolveJobTitle,
    answers.jobTitle,
    answers.country,
    answers.state,
    answers.city,
    answers.yearsExperience,
    answers.highestDegreeEarned,
    answers.skills,
    answers.certifications,
    answers.averageSizeCompetitor,
    answers.companySales,
    answers.employerProductActivity,
  ];
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url');
}

/** Throws BAD_USER_INPUT for a string that cannot be a report id. */
export function parseReportId(id: string, argument: string): string {
  if (!ID.test(id)) {
    throw badUserInput(argument, 'is not a report id; an id has 43 characters from A–Z, a–z, 0–9, "-" and "_".');
  }
  return id;
}
