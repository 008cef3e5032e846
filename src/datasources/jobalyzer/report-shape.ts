import type { ReportType } from '../../model/report.js';
import { isPlain } from './fields.js';

type Plain = Readonly<Record<string, unknown>>;

/** What a response holds that should be a report of one type. Pure. */
export type ReportShape =
  /** `report`: the object with the figures, `rating`: its rating, null if it has none that can be read. */
  | { readonly kind: 'report'; readonly report: Plain; readonly rating: number | null }
  /** The figures of the other type of report. */
  | { readonly kind: 'other-type' }
  /** Neither a figure nor a rating. */
  | { readonly kind: 'nothing' };

/** The fields of each type that have figures, somewhere below them. */
const FIGURES: Record<ReportType, readonly string[]> = {
  PAY: [
    ...['basepayreport', 'totalpayreport', 'hourlypayreport', 'bonus', 'commission', 'profitshare'],
    ...['totalcompanies', 'totalincumbents', 'totalprofilesanalyzed', 'rankedfactors'],
  ],
  YOE: ['ranges', 'majorshifts'],
};
const OTHER: Record<ReportType, ReportType> = { PAY: 'YOE', YOE: 'PAY' };

/**
 * A figure, or a rating (also 0), makes a report. The samples say `Report`, one place in the specification `Reports`, and some
 * responses have the figures without a wrapper: whichever of these has figures of this type counts.
 */
export function reportShape(body: unknown, type: ReportType): ReportShape {
  if (!isPlain(body)) return { kind: 'nothing' };
  const places = [field(body, 'report'), field(body, 'reports'), body].filter(isPlain);
  const full = places.find((place) => hasFigures(place, type));
  if (full) return { kind: 'report', report: full, rating: numberOf(field(full, 'reportrating')) };
  if (places.some((place) => isOfOtherType(place, type))) return { kind: 'other-type' };
  const rated = places.find((place) => numberOf(field(place, 'reportrating')) !== null);
  return rated
    ? { kind: 'report', report: rated, rating: numberOf(field(rated, 'reportrating')) }
    : { kind: 'nothing' };
}

/** Without figures of its own, also one that only names fields of the other type, as a report on too little data may. */
function isOfOtherType(place: Plain, type: ReportType): boolean {
  const names = Object.keys(place).map((name) => name.toLowerCase());
  const namesOf = (each: ReportType): boolean => FIGURES[each].some((name) => names.includes(name));
  return hasFigures(place, OTHER[type]) || (namesOf(OTHER[type]) && !namesOf(type));
}

function hasFigures(place: Plain, type: ReportType): boolean {
  return FIGURES[type].some((name) => hasFigure(field(place, name)));
}

/** Below one of these fields. */
const DEEPEST_FIGURE = 4;

/** Currency names and the like are none. */
function hasFigure(value: unknown, depth = DEEPEST_FIGURE): boolean {
  if (typeof value === 'object' && value !== null)
    return depth > 0 && Object.values(value).some((inner) => hasFigure(inner, depth - 1));
  return numberOf(value) !== null;
}

/** In any letter case; null if it is missing. */
function field(place: Plain, name: string): unknown {
  const found = Object.keys(place).find((key) => key.toLowerCase() === name && place[key] !== null);
  return found === undefined ? null : place[found];
}

/** A finite number, also one that is written as a string. */
function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*[-+]?[\d.]/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
