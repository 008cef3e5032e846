import type { WireJobTitleMatch, WireLocations, WireSuggestions } from '../../contract/wire.js';
import { countries, degrees, jobTitles } from '../labour-market.js';
import { activityNames, certificationNames, skillNames, taxonomyKey } from './market.js';
import { rankTitles, yearsSuggested } from './title-match.js';

const MOST_SUGGESTIONS = 10;

/** The kinds that can be completed, whose letter case differs in the documents, and the minimum length of a term. */
const COMPLETIONS: Readonly<Record<string, { shortest: number; names: () => readonly string[] }>> = {
  JobTitle: { shortest: 4, names: () => jobTitles.map((job) => job.title) },
  Skills: { shortest: 2, names: () => skillNames.all() },
  Certifications: { shortest: 1, names: () => certificationNames.all() },
  EmployerProductActivity: { shortest: 2, names: () => activityNames.all() },
  HighestDegreeEarned: { shortest: 1, names: () => degrees.map((degree) => degree.name) },
};

/** @returns at most ten answers of the kind, best first; none if the term is too short; null for an unknown kind. */
export function completions(kind: string, term: string): WireSuggestions | null {
  const completion = Object.entries(COMPLETIONS).find(([name]) => name.toLowerCase() === kind.toLowerCase())?.[1];
  if (!completion) return null;
  const wanted = taxonomyKey(term);
  if (wanted.length < completion.shortest) return { Answers: [] };
  const answers = completion
    .names()
    .map((name) => ({ Answer: name, Score: completionScore(taxonomyKey(name), wanted) }))
    .filter(({ Score }) => Score > 0);
  return { Answers: best(answers, ({ Score }) => Score) };
}

/** @returns the known titles most similar to this one, with their tasks. */
export function titleMatches(submitted: string): WireJobTitleMatch {
  const matches = rankTitles(submitted).slice(0, MOST_SUGGESTIONS);
  return {
    Answers: matches.map(({ job, score }) => ({ Answer: job.title, Score: score })),
    Tasks: Object.fromEntries(matches.map(({ job }) => [job.title, [...job.tasks]])),
    YearsExperience: yearsSuggested(submitted),
  };
}

const locations = countries.flatMap((country, countryIndex) =>
  country.places.map((place, placeIndex) => ({
    Text: `${place.city}, ${place.state}, ${country.name}`,
    Id: 1_000 * (countryIndex + 1) + placeIndex,
    Frequency: Math.round(10_000 * country.size * place.share),
  })),
);

/** @returns at most ten places that start with the term or have a word that does, the most frequent first. */
export function locationMatches(term: string): WireLocations {
  const wanted = taxonomyKey(term);
  const found = wanted ? locations.filter(({ Text }) => completionScore(taxonomyKey(Text), wanted) > 0) : [];
  return { Name: 'Location', Results: best(found, ({ Frequency }) => Frequency) };
}

/** 100 for the whole name, less for a prefix of it, less again for a prefix of a later word, 0 for no match. */
function completionScore(name: string, wanted: string): number {
  if (name === wanted) return 100;
  const covered = Math.round((20 * wanted.length) / name.length);
  if (name.startsWith(wanted)) return 75 + covered;
  const laterWords = name.split(/[^\p{L}\p{N}]+/u).slice(1);
  const rest = laterWords.map((_, at) => laterWords.slice(at).join(' '));
  return rest.some((words) => words.startsWith(wanted)) ? 45 + covered : 0;
}

function best<T>(items: readonly T[], score: (item: T) => number): T[] {
  return items.toSorted((a, b) => score(b) - score(a)).slice(0, MOST_SUGGESTIONS);
}
