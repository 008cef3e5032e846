import type { TestContext } from 'vitest';
import type { TestServer } from '../fixtures/server/server.js';
import { halvesOf } from './halves.js';

const REPORT = halvesOf('Report');
const VIEWER = halvesOf('Viewer');
const IMPACT = halvesOf('ImpactReport');

const halfOfPage = (half: 0 | 1): string => `{
  report(answers: $answers) ${REPORT[half]}
  viewer ${VIEWER[half]}
  skillImpact(jobTitle: "Software Developer") ${IMPACT[half]}
}`;

const SHOWN = `{
  id
  status { pay yoe }
  pay(buy: false) { basePay { percentile50 } }
}`;

/** What the components of a page ask for. The names are such as the compiler of Relay demands of a module `Page`. */
export const OPERATIONS = {
  PageFirstQuery: `query PageFirstQuery($answers: AnswersInput!) ${halfOfPage(0)}`,
  PageSecondQuery: `query PageSecondQuery($answers: AnswersInput!) ${halfOfPage(1)}`,
  PageByIdQuery: `query PageByIdQuery($id: ID!) { reportById(id: $id) ${REPORT[0]} }`,
  PageByNodeQuery: `query PageByNodeQuery($id: ID!) { node(id: $id) { id ... on Report ${REPORT[0]} } }`,
  PageShownQuery: `query PageShownQuery($answers: AnswersInput!) { report(answers: $answers) ${SHOWN} }`,
  PageBoughtQuery: `query PageBoughtQuery($answers: AnswersInput!) {
    report(answers: $answers) { id pay { basePay { percentile50 } } }
  }`,
  PageStoredQuery: `query PageStoredQuery($answers: AnswersInput!) {
    report(answers: $answers) { id pay(buy: false) { basePay { percentile50 } } }
  }`,
  PageBothQuery: `query PageBothQuery($answers: AnswersInput!) {
    report(answers: $answers) { id pay { basePay { percentile50 } } yoe { ranges { name } } }
  }`,
  PagePatientQuery: `query PagePatientQuery($answers: AnswersInput!) {
    report(answers: $answers) { id pay(waitMs: 20000) { basePay { percentile50 } } }
  }`,
  PageFollowSubscription: `subscription PageFollowSubscription($answers: AnswersInput!) {
    reportStatus(answers: $answers) { type status report ${SHOWN} }
  }`,
} as const;

type OperationName = keyof typeof OPERATIONS;
type Variables = Readonly<Record<string, unknown>>;

/** A client that was set up as a page of the documents says. */
interface CachingClient {
  /** Shows a query as a component does: from the cache, else from the server, and from then on whatever the cache has. */
  mount(name: OperationName, variables: Variables): Component;
  /** Follows a report until its subscription completes. */
  follow(name: OperationName, variables: Variables): Promise<void>;
}

export interface Component {
  /** Everything it has shown, in order. */
  readonly shown: readonly Shown[];
}

export interface Shown {
  readonly report?: ShownReport | null;
  readonly reportById?: ShownReport | null;
  readonly node?: ShownReport | null;
}

interface ShownReport {
  readonly id: string;
  readonly status?: { readonly pay: string; readonly yoe: string };
  readonly pay?: { readonly basePay?: { readonly percentile50: number } | null } | null;
}

export type OpenClient = (context: TestContext, server: TestServer) => Promise<CachingClient>;
