import type { GraphQLSchema } from 'graphql';
import type { Services } from '../context.js';
import type { Documents } from '../documents.js';
import { createStoredAnswers, type StoredAnswers, type StoredAnswersOptions } from '../layers/stored-answers.js';
import { planOf } from './plan.js';
import { createPlans } from './plans.js';
import { createReportsInMemory } from './reports-in-memory.js';
import { createWrittenReports } from './written-reports.js';

export interface StoredAnswersParts extends Pick<
  StoredAnswersOptions,
  'repeated' | 'safelist' | 'maxReports' | 'rate'
> {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly services: Pick<Services, 'reports' | 'reportWaitMs'>;
}

/** The layers of stored answers with all that they consist of. */
export function openStoredAnswers({ schema, documents, services, ...options }: StoredAnswersParts): StoredAnswers {
  const { reports, reportWaitMs } = services;
  const memory = createReportsInMemory(reports, { reportWaitMs });
  const written = createWrittenReports();
  const plans = createPlans({
    documents,
    compile: (document, definition) =>
      planOf({ schema, limits: { reportWaitMs }, memory, written }, document, definition),
  });
  return createStoredAnswers({ ...options, plans, memory, reports });
}
