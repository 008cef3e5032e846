import type { ReportService } from '../../datasources/reports/service.js';
import type { FixedWindow } from '../../lib/fixed-window.js';
import type { Client } from '../../model/client.js';
import type { AuthenticatedRequest, IdentifiedRequest, Layer, Outcome, Receive, Variables } from '../operation.js';
import type { Safelist } from '../persisted/safelist.js';
import type { Plan } from '../stored/plan.js';
import type { Plans } from '../stored/plans.js';
import { storedAnswer, type RepeatedAnswers, type StoredAnswer } from '../stored/repeated.js';
import type { ReportsInMemory } from '../stored/reports-in-memory.js';

export interface StoredAnswersOptions {
  readonly plans: Plans;
  readonly memory: ReportsInMemory;
  readonly repeated: RepeatedAnswers;
  readonly reports: Pick<ReportService, 'isInMemory' | 'usage'>;
  /** The list that holds now; null: any operation is served. */
  readonly safelist: (() => Safelist) | null;
  /** How many reports one operation may ask for. */
  readonly maxReports: number;
  readonly rate: FixedWindow;
}

export interface StoredAnswers {
  /** A request in the same words as one before: its answer, if it is still right. It is not read for that. */
  readonly repeat: Layer<Receive<IdentifiedRequest>>;
  /** A query whose reports are all in memory: its answer is made of them, or is that to the same query with the same variables. */
  readonly answer: Layer<Receive<AuthenticatedRequest>>;
}

/**
 * What may be stored, and for how long. An answer is made of fields that are declared `Storable`, which know nothing of who
 * asks, and of reports in memory; so it is the same for everybody, and stays right as long as each of these very reports is in
 * memory and has not expired, and its operation is on the same safelist. It is counted like the answer of an execution: points
 * of the rate, and reports that were not bought. Whatever cannot be answered so is left to the next layer as if nothing had
 * been tried.
 */
export function createStoredAnswers(options: StoredAnswersOptions): StoredAnswers {
  const { plans, memory, repeated, reports, safelist, maxReports, rate } = options;
  const currentList = (): Safelist | null => safelist?.() ?? null;

  function isRight({ parts, safelist: list }: StoredAnswer): boolean {
    return list === currentList() && parts.every((part) => reports.isInMemory(part));
  }

  /** Null: the client may not ask for so many reports, or not yet. */
  function served({ outcome, reports: asked, parts }: StoredAnswer, client: Client): Outcome | null {
    // The first point is used already.
    if (asked > maxReports || (asked > 1 && rate.use(client.name, asked - 1) !== null)) return null;
    if (parts.length > 0) reports.usage.countSaved(parts.length);
    return outcome;
  }

  /** The right answer that is kept under this text. */
  function known(text: string): StoredAnswer | null {
    const answer = repeated.get(text);
    return answer && isRight(answer) ? answer : null;
  }

  function made(plan: Plan, variables: Variables | null): StoredAnswer | null {
    memory.begin();
    try {
      const { json, reports: count } = plan.run(variables);
      const parts = memory.taken().map(({ place }) => place);
      const { definition } = plan;
      return storedAnswer({ definition, json, reports: count, parts, safelist: currentList() }, 'made');
    } catch {
      return null;
    }
  }

  return {
    repeat: (next) => (request) => {
      const answer = request.received === null ? null : known(request.received);
      return (answer && served(answer, request.client)) || next(request);
    },

    answer: (next) => (request) => {
      const { received, client, variables } = request;
      const plan = plans.find(request);
      if (!plan) return next(request);
      const meaning = meaningOf(plan, variables);
      const same = known(meaning);
      const answer = same ?? made(plan, variables);
      const outcome = answer && served(answer, client);
      if (!outcome) return next(request);
      if (!same) repeated.offer(meaning, answer);
      if (received !== null) repeated.offer(received, answer);
      return outcome;
    },
  };
}

/** A character that is no byte: what is received does not begin with it, whoever writes it. */
const NO_BYTE = '\u2261';

/** What is asked for, in whatever words. Variables were JSON when they were received. */
function meaningOf({ number }: Plan, variables: Variables | null): string {
  return `${NO_BYTE}${number} ${JSON.stringify(variables)}`;
}
