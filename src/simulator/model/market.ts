import { countries, jobTitles, productActivities } from '../labour-market.js';
import type { Country, JobTitle, Place } from '../labour-market-schema.js';

/** @returns the text normalized for comparison: letter case and extra spaces do not matter, everything else does. */
export function taxonomyKey(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Names as spelled in the data file, found in any letter case. */
class Names {
  readonly #byKey: Map<string, string>;

  constructor(names: Iterable<string>) {
    this.#byKey = new Map([...new Set(names)].toSorted().map((name) => [taxonomyKey(name), name]));
  }

  find(name: string): string | null {
    return this.#byKey.get(taxonomyKey(name)) ?? null;
  }

  all(): string[] {
    return [...this.#byKey.values()];
  }
}

export const skillNames = new Names(jobTitles.flatMap((job) => Object.keys(job.skills)));
export const certificationNames = new Names(jobTitles.flatMap((job) => Object.keys(job.certifications)));
export const activityNames = new Names(Object.keys(productActivities));

const titlesByKey = new Map(jobTitles.map((job) => [taxonomyKey(job.title), job]));

/** @returns the title with exactly this name; aliases are not considered. */
export function findTitle(name: string): JobTitle | null {
  return titlesByKey.get(taxonomyKey(name)) ?? null;
}

export function findCountry(name: string): Country | null {
  return countries.find((country) => taxonomyKey(country.name) === taxonomyKey(name)) ?? null;
}

/** @returns the state's places; empty if the country has no such state. */
export function placesOfState(country: Country, state: string): Place[] {
  return country.places.filter((place) => taxonomyKey(place.state) === taxonomyKey(state));
}

/** @returns the city among the given places; null if there is none. */
export function findCity(places: readonly Place[], city: string): Place | null {
  return places.find((place) => taxonomyKey(place.city) === taxonomyKey(city)) ?? null;
}
