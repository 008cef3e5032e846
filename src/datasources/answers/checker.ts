import type { Logger } from 'pino';
import { patientDeadline } from '../../lib/patient-deadline.js';
import type { AnswersCheck, CheckedAnswer, Verdict } from '../../model/answers-check.js';
import {
  ANSWER_NAMES,
  ANSWERS,
  canonicalAnswers,
  completeAnswers,
  isGiven,
  type AnswerName,
  type Answers,
} from '../../model/answers.js';
import type { ReportsRequest } from '../../model/report.js';
import type { RememberedLookups } from '../jobalyzer/lookups.js';
import { CheckLookups, UNRESOLVED, type ResolvedTitle } from './check-lookups.js';
import { createCheckPause } from './check-pause.js';
import { PLACE_FIELDS } from './places.js';
import { createTrouble } from './trouble.js';
import { EXACT, UNCHECKED } from './verdicts.js';

/** Whether upstream knows the answers of a request. Free of charge: nothing is bought, and nothing stored. */
export interface AnswerChecker {
  /**
   * Looks the answers up: at most twenty look-ups, cached and shared with other callers, and at most two seconds. What cannot
   * be looked up is UNCHECKED. Throws the signal's reason when it aborts, and nothing else. What upstream would resolve the
   * title to is looked up if it is UNKNOWN; with `anyTitle`, always.
   */
  check(request: ReportsRequest, signal: AbortSignal, options?: { readonly anyTitle?: boolean }): Promise<AnswersCheck>;
}

const LONGEST_CHECK_MS = 2_000;

export function createAnswerChecker(
  lookups: RememberedLookups,
  log: Logger,
  pause = createCheckPause(),
): AnswerChecker {
  const trouble = createTrouble(log);

  return {
    async check(request, signal, { anyTitle = false } = {}) {
      const deadline = patientDeadline(LONGEST_CHECK_MS, signal);
      const own = new CheckLookups(lookups, pause, trouble, signal, deadline.signal);
      try {
        return await checked(request, own, anyTitle);
      } finally {
        deadline.close();
        own.settle();
      }
    },
  };
}

async function checked(request: ReportsRequest, lookups: CheckLookups, anyTitle: boolean): Promise<AnswersCheck> {
  const { autoResolveJobTitle } = request;
  const answers = completeAnswers(request.answers);
  const title = lookups.text('jobTitle', answers.jobTitle);
  const place = lookups.place(answers);

  async function verdictOn(field: AnswerName, value: string): Promise<Verdict> {
    if (field === 'jobTitle') return title;
    if (ANSWERS[field] === 'degree') return EXACT;
    const part = PLACE_FIELDS.find((name) => name === field);
    return part ? ((await place)?.[part] ?? UNCHECKED) : lookups.text(field, value);
  }

  async function resolvedTitle(): Promise<ResolvedTitle> {
    const isWanted = autoResolveJobTitle && (anyTitle || (await title).verdict === 'UNKNOWN');
    return isWanted ? lookups.resolvedTitle(answers.jobTitle) : UNRESOLVED;
  }

  const checking = textsOf(answers).map(async ([field, value]): Promise<CheckedAnswer> => {
    return { field, value, ...(await verdictOn(field, value)) };
  });
  const [found, resolved] = await Promise.all([Promise.all(checking), resolvedTitle()]);
  return { answers: found, corrected: correctedRequest(request, found), ...resolved };
}

/** Every answer that is given, as text; the entries of lists one by one. */
function textsOf(answers: Answers): (readonly [AnswerName, string])[] {
  return ANSWER_NAMES.flatMap((name) => {
    const value = answers[name];
    return isGiven(value) ? [value].flat().map((each) => [name, String(each)] as const) : [];
  });
}

function correctedRequest(request: ReportsRequest, found: readonly CheckedAnswer[]): ReportsRequest {
  const corrected = found.filter(({ spelling }) => spelling !== null);
  if (corrected.length === 0) return request;
  const spellingOf = (field: string, value: unknown): unknown =>
    corrected.find((answer) => answer.field === field && answer.value === value)?.spelling ?? value;
  const answers = Object.entries(request.answers).map(([field, value]) => [
    field,
    Array.isArray(value) ? value.map((each) => spellingOf(field, each)) : spellingOf(field, value),
  ]);
  try {
    return { ...request, answers: canonicalAnswers(Object.fromEntries(answers) as Answers, 'answers') };
  } catch {
    // An earlier release stored it, and this one would refuse it: it is left as it is.
    return request;
  }
}
