import { ApiError } from '../../errors.js';
import type { AnswersCheck, Verdict } from '../../model/answers-check.js';
import { isGiven, type AnswerName, type Answers } from '../../model/answers.js';
import { caseKey } from '../../model/letter-case.js';
import type { AnswerKind } from '../../model/lookups.js';
import { NotRemembered, type Lookups, type RememberedLookups } from '../jobalyzer/lookups.js';
import type { CheckPause } from './check-pause.js';
import { placeVerdicts, type PlaceVerdicts } from './places.js';
import type { Trouble } from './trouble.js';
import { MOST_SUGGESTIONS, UNCHECKED, verdictOf } from './verdicts.js';

/** What the title is resolved to is one more. */
const MOST_LOOKUPS = { title: 2, place: 2, others: 15 };
type Share = keyof typeof MOST_LOOKUPS;
/** A place may have more namesakes than an answer has suggestions, but a list as long as this is none of them. */
const MOST_PLACES = 100;

/** The answers that are looked up by themselves, and upstream's shortest terms. */
const LOOKED_UP: Partial<Record<AnswerName, { readonly kind: AnswerKind; readonly shortest: number }>> = {
  jobTitle: { kind: 'JOB_TITLE', shortest: 4 },
  skills: { kind: 'SKILLS', shortest: 2 },
  certifications: { kind: 'CERTIFICATIONS', shortest: 1 },
  employerProductActivity: { kind: 'EMPLOYER_PRODUCT_ACTIVITY', shortest: 2 },
};

export type ResolvedTitle = Pick<AnswersCheck, 'matchedJobTitle' | 'jobTitleRating'>;
export const UNRESOLVED: ResolvedTitle = { matchedJobTitle: null, jobTitleRating: null };

/** The look-ups of one check, until `deadline` aborts. What cannot be had is UNCHECKED; only `caller` ends it with an error. */
export class CheckLookups {
  readonly #left = { ...MOST_LOOKUPS };
  /** Null: nothing was wanted that is not remembered. */
  #mayAsk: boolean | null = null;

  constructor(
    private readonly lookups: RememberedLookups,
    private readonly pause: CheckPause,
    private readonly trouble: Trouble,
    private readonly caller: AbortSignal,
    private readonly deadline: AbortSignal,
  ) {}

  /** After the check: whether what upstream was asked took too long. */
  settle(): void {
    // One whose caller has left says nothing.
    if (this.#mayAsk && !this.caller.aborted) this.pause.settle(this.deadline.aborted ? 'too-late' : 'in-time');
  }

  async text(field: AnswerName, value: string): Promise<Verdict> {
    const how = LOOKED_UP[field];
    if (!how || [...value].length < how.shortest) return UNCHECKED;
    const byTerm = async (term: string, lookups: Lookups): Promise<Verdict> => {
      const suggestions = await lookups.allSuggestions(how.kind, term, this.deadline);
      if (suggestions.length > MOST_SUGGESTIONS) throw tooMany(suggestions.length);
      return verdictOf(value, suggestions);
    };
    const share = field === 'jobTitle' ? 'title' : 'others';
    return (await this.#byAnyTerm(value, share, byTerm, ({ verdict }) => verdict === 'UNKNOWN')) ?? UNCHECKED;
  }

  /** Null: there is no city, or it cannot be looked up. */
  async place({ city, state, country }: Answers): Promise<PlaceVerdicts | null> {
    if (!isGiven(city)) return null;
    const byTerm = async (term: string, lookups: Lookups): Promise<PlaceVerdicts> => {
      const places = await lookups.allLocations(term, this.deadline);
      if (places.length > MOST_PLACES) throw tooMany(places.length);
      const texts = places.map(({ text }) => text);
      return placeVerdicts({ city, state, country }, texts);
    };
    return this.#byAnyTerm(city, 'place', byTerm, (found) => found.city.verdict === 'UNKNOWN');
  }

  /** What a report would resolve the title to: the look-ups of impacts resolve it likewise, and say how well. */
  async resolvedTitle(jobTitle: string): Promise<ResolvedTitle> {
    const resolved = await this.#attempt(async (lookups) => {
      const { context } = await lookups.impact('education', jobTitle, true, this.deadline).catch(noContext);
      return context ?? UNRESOLVED;
    });
    const { matchedJobTitle, jobTitleRating } = resolved ?? UNRESOLVED;
    return { matchedJobTitle, jobTitleRating };
  }

  /** The folded term is the same for all spellings. If nothing comes of it, upstream may mind the letter case. */
  async #byAnyTerm<T>(
    term: string,
    share: Share,
    byTerm: (term: string, lookups: Lookups) => Promise<T>,
    isUnknown: (found: T) => boolean,
  ): Promise<T | null> {
    let found = null as T | null;
    for (const spelling of new Set([caseKey(term), term])) {
      if (this.#left[share] === 0) return null;
      this.#left[share] -= 1;
      found = await this.#attempt((lookups) => byTerm(spelling, lookups));
      if (!found || !isUnknown(found)) break;
    }
    return found;
  }

  /** Null: it was not to be had. */
  async #attempt<T>(lookUp: (lookups: Lookups) => Promise<T>): Promise<T | null> {
    try {
      const found = await lookUp(this.lookups.remembered).catch((error: unknown) => {
        if (!(error instanceof NotRemembered) || !(this.#mayAsk ??= this.pause.enter())) throw error;
        return lookUp(this.lookups);
      });
      this.trouble.over();
      return found;
    } catch (error) {
      this.caller.throwIfAborted();
      this.trouble.report(error);
      return null;
    }
  }
}

function noContext(error: unknown): { readonly context: null } {
  if (error instanceof ApiError && error.code === 'NOT_FOUND') return { context: null };
  throw error;
}

function tooMany(count: number): Error {
  return new Error(`Jobalyzer answered a look-up with ${count} values.`);
}
