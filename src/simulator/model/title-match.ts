import { jobTitles } from '../labour-market.js';
import type { JobTitle } from '../labour-market-schema.js';
import { taxonomyKey } from './market.js';

export interface TitleMatch {
  job: JobTitle;
  /** 0 to 100. */
  score: number;
}

/** The minimum score for a title to be resolved to another one. */
const GOOD_ENOUGH = 60;

/** Words for the seniority rather than the job, with the years of experience they suggest. */
const RANKS = new Map<string, number | null>([
  ['trainee', 0],
  ['intern', 0],
  ['entry', 0],
  ['level', null],
  ['junior', 1],
  ['jr', 1],
  ['i', null],
  ['ii', 4],
  ['iii', 7],
  ['experienced', 8],
  ['senior', 9],
  ['sr', 9],
  ['lead', 11],
  ['principal', 14],
]);

interface Likable {
  key: string;
  words: readonly string[];
  pairs: readonly string[];
}

/** Titles and their aliases, preprocessed once. */
const known = jobTitles.map((job) => ({ job, title: takeApart(job.title), aliases: job.aliases.map(takeApart) }));

/** Cache, since a title is resolved again at every poll. Bounded, so that many different titles cannot fill the memory. */
const resolved = new Map<string, TitleMatch | null>();
const MOST_RESOLVED = 2_000;

/** @returns the known title most similar to this one, or null if none is similar enough. */
export function resolveTitle(submitted: string): TitleMatch | null {
  const key = taxonomyKey(submitted);
  const before = resolved.get(key);
  if (before !== undefined) return before;
  const best = rankTitles(submitted)[0];
  const match = best && best.score >= GOOD_ENOUGH ? best : null;
  if (resolved.size >= MOST_RESOLVED) resolved.clear();
  resolved.set(key, match);
  return match;
}

/** @returns every title similar to this one, best first. */
export function rankTitles(submitted: string): TitleMatch[] {
  const wanted = takeApart(submitted);
  return known
    .map(({ job, title, aliases }) => ({ job, score: Math.round(100 * likeness(wanted, title, aliases)) }))
    .filter((match) => match.score >= 30)
    .toSorted((a, b) => b.score - a.score || b.job.profiles - a.job.profiles);
}

/** @returns the years of experience that words like "senior" suggest; null if there are none. */
export function yearsSuggested(submitted: string): number | null {
  for (const word of words(submitted)) {
    const years = RANKS.get(word);
    if (years !== undefined && years !== null) return years;
  }
  return null;
}

function likeness(wanted: Likable, title: Likable, aliases: readonly Likable[]): number {
  if (wanted.key === title.key) return 1;
  if (aliases.some(({ key }) => key === wanted.key)) return 0.95;
  // Only an exact match scores higher, so that a guess never scores as high as a known name.
  return Math.min(
    0.94,
    Math.max(similarity(wanted, title), ...aliases.map((alias) => 0.95 * similarity(wanted, alias))),
  );
}

function similarity(a: Likable, b: Likable): number {
  return Math.max(dice(a.words, b.words), dice(a.pairs, b.pairs));
}

function takeApart(text: string): Likable {
  const work = workWords(text);
  return { key: taxonomyKey(text), words: work, pairs: pairs(work.join(' ')) };
}

/** Sørensen–Dice coefficient: 1 for identical lists, 0 for nothing in common. */
function dice(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return 0;
  const rest = [...right];
  let common = 0;
  for (const item of left) {
    const at = rest.indexOf(item);
    if (at < 0) continue;
    rest.splice(at, 1);
    common += 1;
  }
  return (2 * common) / (left.length + right.length);
}

function pairs(text: string): string[] {
  // Titles are short; more pairs only cost time.
  return Array.from({ length: Math.min(Math.max(text.length - 1, 0), 80) }, (_, at) => text.slice(at, at + 2));
}

function workWords(text: string): string[] {
  const all = words(text);
  const work = all.filter((word) => !RANKS.has(word));
  return work.length > 0 ? work : all;
}

function words(text: string): string[] {
  const plain = text.slice(0, 200).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.split(/[^\p{L}\p{N}#+]+/u).filter(Boolean);
}
