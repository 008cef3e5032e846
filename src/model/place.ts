import { isCountry } from './currency-code.js';

/** A place as answers name it. All null: its text does not tell them apart. */
export interface PlaceAnswers {
  /** Null: the place is larger than a city. */
  readonly city: string | null;
  /** Null: the place is a country, or has none. */
  readonly state: string | null;
  readonly country: string | null;
}

const UNKNOWN: PlaceAnswers = { city: null, state: null, country: null };

/** The states of countries whose cities are always named with theirs, each with its abbreviation. */
const STATES_OF: Readonly<Record<string, string>> = {
  'United States':
    'Alabama AL, Alaska AK, Arizona AZ, Arkansas AR, California CA, Colorado CO, Connecticut CT, Delaware DE, District of Columbia DC, Florida FL, Georgia GA, Hawaii HI, Idaho ID, Illinois IL, Indiana IN, Iowa IA, Kansas KS, Kentucky KY, Louisiana LA, Maine ME, Maryland MD, Massachusetts MA, Michigan MI, Minnesota MN, Mississippi MS, Missouri MO, Montana MT, Nebraska NE, Nevada NV, New Hampshire NH, New Jersey NJ, New Mexico NM, New York NY, North Carolina NC, North Dakota ND, Ohio OH, Oklahoma OK, Oregon OR, Pennsylvania PA, Rhode Island RI, South Carolina SC, South Dakota SD, Tennessee TN, Texas TX, Utah UT, Vermont VT, Virginia VA, Washington WA, West Virginia WV, Wisconsin WI, Wyoming WY',
  Canada:
    'Alberta AB, British Columbia BC, Manitoba MB, New Brunswick NB, Newfoundland and Labrador NL, Northwest Territories NT, Nova Scotia NS, Nunavut NU, Ontario ON, Prince Edward Island PE, Quebec QC, Saskatchewan SK, Yukon YT',
};

interface State {
  readonly name: string;
  readonly country: string;
}

/** By their names and by their abbreviations. */
const STATES = new Map<string, State>(
  Object.entries(STATES_OF).flatMap(([country, states]) =>
    states.split(', ').flatMap((each) => {
      const state = { name: each.slice(0, -3), country };
      return [[state.name, state] as const, [each.slice(-2), state] as const];
    }),
  ),
);

/**
 * The place that a text names, as `City, State, Country`, `State, Country`, `City, State` or `Country`. What may mean two
 * different places is none of them: the first part of `London, United Kingdom` may be either a state or a city, and the answers
 * for the wrong one would be another report.
 */
export function placeNamed(text: string): PlaceAnswers {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) return UNKNOWN;
  const [first = '', second = '', country = ''] = parts;
  switch (parts.length) {
    case 1:
      return isCountry(first) && !STATES.has(first) ? { ...UNKNOWN, country: first } : UNKNOWN;
    case 2:
      return stateAndCountry(first, second) ?? cityAndState(first, second) ?? UNKNOWN;
    case 3:
      return isCountry(country) ? { city: first, state: stateNamed(second, country), country } : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function stateAndCountry(state: string, country: string): PlaceAnswers | null {
  const known = STATES.get(state);
  return known?.country === country ? { city: null, state: known.name, country } : null;
}

function cityAndState(city: string, state: string): PlaceAnswers | null {
  const known = STATES.get(state);
  return known && !isCountry(state) ? { city, state: known.name, country: known.country } : null;
}

/** The full name of a state, which may be abbreviated as in `WA`. What is no such abbreviation in this country is as it was. */
export function stateNamed(name: string, country: string): string {
  const known = STATES.get(name);
  return known?.country === country ? known.name : name;
}
