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
 * only if all that are given are those of one place. Only a city is UNKNOWN: if there is none of that name at all.
 */
export function placeVerdicts(place: Place, texts: readonly string[]): PlaceVerdicts {
  const readable = texts.map(placeIn).filter((other) => other !== null);
  const same = distinct(readable.filter((other) => isSame(place, other)));
  const exact = same.find((other) => PLACE_FIELDS.every((field) => !place[field] || place[field] === other[field]));
  const [only, ...others] = exact ? [exact] : same;
  if (only && others.length === 0) return forEach((field) => partVerdict(place[field], only[field]));
  if (only) return UNCHECKED_PLACE;

  // Elsewhere, or under another name of its state or country, it may be the same city.
  const isUnknown = texts.length < MOST_SUGGESTIONS && texts.every((text) => isOtherCity(place.city, text));
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

/** A text without a comma is no evidence: nothing says that it begins with a city. */
function isOtherCity(city: string, text: string): boolean {
  const [first = '', ...rest] = text.split(',');
  return rest.length > 0 && caseKey(canonicalText(first) ?? '') !== caseKey(city);
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
