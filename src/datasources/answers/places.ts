import { AnswerVerdict, type Verdict } from '../../model/answers-check.js';
import type { Answers } from '../../model/answers.js';
import { caseKey } from '../../model/letter-case.js';
import { canonicalText, MOST_SUGGESTIONS, spelled, UNCHECKED } from './verdicts.js';

/** What a look-up says of a place. Pure. */

/** The answers that are one place. A state is not necessarily given. */
export type Place = { readonly city: string; readonly country: string } & Pick<Answers, 'state'>;
export const PLACE_FIELDS = ['city', 'state', 'country'] as const;
type PlaceField = (typeof PLACE_FIELDS)[number];
export type PlaceVerdicts = Readonly<Record<PlaceField, Verdict>>;

const UNCHECKED_PLACE: PlaceVerdicts = { city: UNCHECKED, state: UNCHECKED, country: UNCHECKED };

/**
 * The verdicts on a place, given what upstream has for its city, as texts. Its parts go together: they are EXACT or CORRECTED
 * only if all that are given are those of one place, and if there is none, it is the city that is UNKNOWN.
 */
export function placeVerdicts(place: Place, texts: readonly string[]): PlaceVerdicts {
  const found = texts.map(placeIn);
  const readable = found.filter((other) => other !== null);
  const same = distinct(readable.filter((other) => isSame(place, other)));
  const exact = same.find((other) => PLACE_FIELDS.every((field) => !place[field] || place[field] === other[field]));
  const [only, ...others] = exact ? [exact] : same;
  if (only && others.length === 0) return forEach((field) => partVerdict(place[field], only[field]));
  if (only) return UNCHECKED_PLACE;

  const isUnknown =
    texts.length < MOST_SUGGESTIONS && found.every((other) => other?.city && other.state && other.country);
  return forEach((field) => ({
    verdict: field === 'city' && isUnknown ? AnswerVerdict.UNKNOWN : AnswerVerdict.UNCHECKED,
    spelling: null,
    suggestions: [...new Set(readable.map((other) => other[field]))]
      .filter((part) => part !== null && part !== place[field])
      .map((answer) => ({ answer: answer ?? '', score: null, degree: null })),
  }));
}

type FoundPlace = Readonly<Record<PlaceField, string | null>>;

/** "City, State, Country", or "City, Country"; null: anything else, in which it is not known what is what. */
function placeIn(text: string): FoundPlace | null {
  const parts = text.split(',').map(canonicalText);
  if (parts.length < 2 || parts.length > 3 || parts.includes(null)) return null;
  const [city = null, ...rest] = parts;
  const country = rest.pop() ?? null;
  return { city, state: rest[0] ?? null, country };
}

/** Whether all parts that are given are those of the other place, in whichever letter case. */
function isSame(place: Place, other: FoundPlace): boolean {
  return PLACE_FIELDS.every((field) => {
    const part = place[field];
    return !part || caseKey(part) === caseKey(other[field] ?? '');
  });
}

function distinct(places: readonly FoundPlace[]): FoundPlace[] {
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

function partVerdict(given: string | null, found: string | null): Verdict {
  return given && found ? spelled(given, [found]) : UNCHECKED;
}

function forEach(verdictOn: (field: PlaceField) => Verdict): PlaceVerdicts {
  return { city: verdictOn('city'), state: verdictOn('state'), country: verdictOn('country') };
}
