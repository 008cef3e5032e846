import type { ReportType } from '../../model/report.js';
import { isPlain, numberOf } from './fields.js';

type Plain = Readonly<Record<string, unknown>>;

/** What a response holds that should be a report of one type. Pure. */
export type ReportShape = InWrapper &
  (
    | /** `rating`: null if it has none that can be read. */
      { readonly kind: 'report'; readonly rating: number | null }
      /** The figures of the other type of report. */
    | { readonly kind: 'other-type' }
    /** Neither a figure nor a rating. */
    | { readonly kind: 'nothing' }
  );

/** Where it was found; null: the body itself, without a wrapper. */
interface InWrapper {
  readonly wrapper: Wrapper | null;
}

type Wrapper = 'Report' | 'Reports';

interface Place extends InWrapper {
  readonly fields: Plain;
}

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
  if (!isPlain(body)) return { kind: 'nothing', wrapper: null };
  const places = placesIn(body);
  const full = places.find(({ fields }) => hasFigures(fields, type));
  if (full) return { kind: 'report', wrapper: full.wrapper, rating: ratingOf(full) };
  const other = places.find(({ fields }) => isOfOtherType(fields, type));
  if (other) return { kind: 'other-type', wrapper: other.wrapper };
  const rated = places.find((place) => ratingOf(place) !== null);
  if (rated) return { kind: 'report', wrapper: rated.wrapper, rating: ratingOf(rated) };
  return { kind: 'nothing', wrapper: places[0]?.wrapper ?? null };
}

function placesIn(body: Plain): Place[] {
  const given: readonly [Wrapper | null, unknown][] = [
    ['Report', field(body, 'report')],
    ['Reports', field(body, 'reports')],
    [null, body],
  ];
  return given.flatMap(([wrapper, fields]) => (isPlain(fields) ? [{ wrapper, fields }] : []));
}

function ratingOf({ fields }: Place): number | null {
  return numberOf(field(fields, 'reportrating'));
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

/** Texts, which may look like a figure: a format of .NET can be `0.00`. */
const TEXTS = ['currencyname', 'currencyformat', 'field', 'name'];

function hasFigure(value: unknown, depth = DEEPEST_FIGURE): boolean {
  if (typeof value !== 'object' || value === null) return numberOf(value) !== null;
  return (
    depth > 0 &&
    Object.entries(value).some(([name, inner]) => !TEXTS.includes(name.toLowerCase()) && hasFigure(inner, depth - 1))
  );
}

/** In any letter case; null if it is missing. */
function field(place: Plain, name: string): unknown {
  const found = Object.keys(place).find((key) => key.toLowerCase() === name && place[key] !== null);
  return found === undefined ? null : place[found];
}
