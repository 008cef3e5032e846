import { graphql } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import type { ReportReading, ReportSnapshot } from '../../src/datasources/reports/read.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import { reportId } from '../../src/model/report-id.js';
import type { ReportKey, StatusEvent } from '../../src/model/report.js';
import { statusEventRoot, type ReportRoot } from '../../src/resolvers/report-root.js';
import { buildGraphQLSchema } from '../../src/resolvers/schema.js';
import { NURSE } from '../fixtures/answers/answers.js';

const REQUEST = {
  answers: canonicalAnswers({ ...NURSE, skills: ['CPR'] }, 'answers'),
  autoResolveJobTitle: true,
};
const REPORT: ReportKey = { id: reportId(REQUEST), request: REQUEST };
const EVENT: StatusEvent = {
  report: REPORT,
  type: 'PAY',
  status: 'FAILED',
  at: new Date(0),
  attempt: 3,
  retryAfterMs: null,
  failure: { code: 'REPORT_FAILED', message: 'Jobalyzer could not produce this report.' },
  failingSince: new Date(7),
};

describe('a report inside an event', () => {
  const snapshot: ReportSnapshot = {
    statuses: { PAY: 'FAILED', YOE: 'PENDING' },
    failures: () => [],
    expiresAt: () => null,
    collected: () => Promise.resolve(null),
  };

  it('takes no snapshot until a field needs one, and then one for all of them', async () => {
    const reports = { snapshot: vi.fn<ReportReading['snapshot']>(() => Promise.resolve(snapshot)) };
    const root = statusEventRoot(EVENT, reports as unknown as ReportReading).report as ReportRoot;
    expect(root).toMatchObject(REPORT);
    expect(reports.snapshot).not.toHaveBeenCalled();
    expect(await Promise.all([root.snapshot?.(), root.snapshot?.()])).toEqual([snapshot, snapshot]);
    expect(await root.snapshot?.()).toBe(snapshot);
    expect(reports.snapshot).toHaveBeenCalledExactlyOnceWith(REPORT.id);
  });

  it('has the failure of the event, with no issues if none were stored', () => {
    const { reportId: id, failure, attempt } = statusEventRoot(EVENT, {} as ReportReading);
    expect({ id, attempt }).toEqual({ id: REPORT.id, attempt: 3 });
    expect(failure).toEqual({
      type: 'PAY',
      code: 'REPORT_FAILED',
      message: 'Jobalyzer could not produce this report.',
      issues: [],
      since: new Date(7),
    });
  });
});

it('a report stored by a release that knew fewer answers has them all, the later ones absent', async () => {
  const { skills: _skills, employerProductActivity: _activity, ...stored } = REQUEST.answers;
  const found = { id: REPORT.id, request: { answers: stored, autoResolveJobTitle: true } };
  const { data, errors } = await graphql({
    schema: buildGraphQLSchema(),
    source: `{ reportById(id: "${REPORT.id}") { id answers { jobTitle state skills employerProductActivity } } }`,
    contextValue: { reports: { find: () => Promise.resolve(found) } },
  });
  expect(errors).toBeUndefined();
  expect(data?.['reportById']).toEqual({
    id: REPORT.id,
    answers: { jobTitle: 'Registered Nurse', state: null, skills: [], employerProductActivity: null },
  });
});
