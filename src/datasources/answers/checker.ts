import type { Logger } from 'pino';
import { ApiError } from '../../errors.js';
import { patientDeadline } from '../../lib/patient-deadline.js';
import type { AnswersCheck, CheckedAnswer, Verdict } from '../../model/answers-check.js';
import {
  ANSWER_NAMES,
  ANSWERS,
  canonicalAnswers,
  isGiven,
  type AnswerName,
  type Answers,
} from '../../model/answers.js';
import { caseKey } from '../../model/letter-case.js';
import type { AnswerKind } from '../../model/lookups.js';
import type { ReportsRequest } from '../../model/report.js';
import type { Lookups } from '../jobalyzer/lookups.js';
import { PLACE_FIELDS, placeVerdicts, type PlaceVerdicts } from './places.js';
import { createTrouble } from './trouble.js';
import { EXACT, MOST_SUGGESTIONS, UNCHECKED, verdictOf } from './verdicts.js';

/** Whether upstream knows the answers of a request. Free of charge: nothing is bought, and nothing stored. */
export interface AnswerChecker {
  /**
   * Looks the answers up: at most twenty look-ups, cached and shared with other callers, and at most two seconds. What cannot
   * be looked up is UNCHECKED. Throws the signal's reason when it aborts, and nothing else. What upstream would resolve the
   * title to is looked up if it is UNKNOWN; with `anyTitle`, always.
   */
  check(request: ReportsRequest, signal: AbortSignal, options?: { readonly anyTitle?: boolean }): Promise<AnswersCheck>;
}

const MOST_LOOKUPS = 20;
const LONGEST_CHECK_MS = 2_000;
/** A place may have more namesakes than an answer has suggestions, but a list as long as this is none of them. */
const MOST_PLACES = 100;

/** The answers that are looked up by themselves, and upstream's shortest terms. */
const LOOKED_UP: Partial<Record<AnswerName, { readonly kind: AnswerKind; readonly shortest: number }>> = {
  jobTitle: { kind: 'JOB_TITLE', shortest: 4 },
  skills: { kind: 'SKILLS', shortest: 2 },
  certifications: { kind: 'CERTIFICATIONS', shortest: 1 },
  employerProductActivity: { kind: 'EMPLOYER_PRODUCT_ACTIVITY', shortest: 2 },
};

type Match = Pick<AnswersCheck, 'matchedJobTitle' | 'jobTitleRating'>;
const NO_MATCH: Match = { matchedJobTitle: null, jobTitleRating: null };

export function createAnswerChecker(lookups: Lookups, log: Logger): AnswerChecker {
  const trouble = createTrouble(log);

  return {
    async check(request, signal, { anyTitle = false } = {}) {
      const deadline = patientDeadline(LONGEST_CHECK_MS, signal);
      // One is for what the title is resolved to.
      let left = MOST_LOOKUPS - 1;

      /** Null: it was not to be had. */
      async function attempt<T>(lookUp: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
        try {
          const found = await lookUp(deadline.signal);
          trouble.over();
          return found;
        } catch (error) {
          signal.throwIfAborted();
          trouble.report(error);
          return null;
        }
      }

      /** The folded term is the same for all spellings. If nothing comes of it, upstream may mind the letter case. */
      async function verdictByTerm<T extends Verdict | PlaceVerdicts>(
        term: string,
        lookUp: (term: string, signal: AbortSignal) => Promise<T>,
        isUnknown: (verdict: T) => boolean,
      ): Promise<T | null> {
        let verdict = null as T | null;
        for (const spelling of new Set([caseKey(term), term])) {
          if (left <= 0) return null;
          left -= 1;
          verdict = await attempt((within) => lookUp(spelling, within));
          if (!verdict || !isUnknown(verdict)) break;
        }
        return verdict;
      }

      async function textVerdict(field: AnswerName, value: string): Promise<Verdict> {
        const how = LOOKED_UP[field];
        if (!how || [...value].length < how.shortest) return UNCHECKED;
        const verdict = await verdictByTerm(
          value,
          async (term, within) => {
            const suggestions = await lookups.allSuggestions(how.kind, term, within);
            if (suggestions.length > MOST_SUGGESTIONS) throw tooMany(suggestions.length);
            return verdictOf(value, suggestions);
          },
          (found) => found.verdict === 'UNKNOWN',
        );
        return verdict ?? UNCHECKED;
      }

      async function placeVerdict({ city, state, country }: Answers): Promise<PlaceVerdicts | null> {
        if (!isGiven(city)) return null;
        return verdictByTerm(
          city,
          async (term, within) => {
            const places = await lookups.locations(term, within);
            if (places.length > MOST_PLACES) throw tooMany(places.length);
            return placeVerdicts(
              { city, state: state ?? null, country },
              places.map(({ text }) => text),
            );
          },
          (found) => found.city.verdict === 'UNKNOWN',
        );
      }

      async function match(isKnown: Promise<boolean>): Promise<Match> {
        if (!request.autoResolveJobTitle || (!anyTitle && (await isKnown))) return NO_MATCH;
        return (await attempt((within) => resolvedTitle(lookups, request.answers.jobTitle, within))) ?? NO_MATCH;
      }

      try {
        const { answers } = request;
        const place = placeVerdict(answers);
        const title = textVerdict('jobTitle', answers.jobTitle);
        const checking = textsOf(answers).map(async ([field, value]): Promise<CheckedAnswer> => {
          return { field, value, ...(await verdictOn(field, value)) };
        });
        async function verdictOn(field: AnswerName, value: string): Promise<Verdict> {
          if (field === 'jobTitle') return title;
          if (ANSWERS[field] === 'degree') return EXACT;
          const part = PLACE_FIELDS.find((name) => name === field);
          return part ? ((await place)?.[part] ?? UNCHECKED) : textVerdict(field, value);
        }
        const [checked, matched] = await Promise.all([
          Promise.all(checking),
          match(title.then(({ verdict }) => verdict !== 'UNKNOWN')),
        ]);
        return { answers: checked, corrected: correctedRequest(request, checked), ...matched };
      } finally {
        deadline.close();
      }
    },
  };
}

/** What a report would resolve the title to: the look-ups of impacts resolve it likewise, and say how well. */
async function resolvedTitle(lookups: Lookups, jobTitle: string, signal: AbortSignal): Promise<Match> {
  try {
    const { context } = await lookups.impact('education', jobTitle, true, signal);
    const { matchedJobTitle, jobTitleRating } = context ?? NO_MATCH;
    return { matchedJobTitle, jobTitleRating };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NOT_FOUND') return NO_MATCH;
    throw error;
  }
}

/** Every answer that is given, as text; the entries of lists one by one. */
function textsOf(answers: Answers): (readonly [AnswerName, string])[] {
  return ANSWER_NAMES.flatMap((name) => {
    const value = answers[name];
    return isGiven(value) ? [value].flat().map((each) => [name, String(each)] as const) : [];
  });
}

function correctedRequest(request: ReportsRequest, checked: readonly CheckedAnswer[]): ReportsRequest {
  const corrected = checked.filter(({ spelling }) => spelling !== null);
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

function tooMany(count: number): Error {
  return new Error(`Jobalyzer answered a look-up with ${count} values.`);
}
