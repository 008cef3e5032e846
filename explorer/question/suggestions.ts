import { useEffect, useState } from 'react';
import type { Api } from '../api/api.ts';
import {
  MatchTitleDocument,
  SuggestAnswersDocument,
  SuggestPlacesDocument,
  type AnswerKind,
} from '../generated/operations.ts';
import { placeLine } from './question.ts';

/** Values for what was typed so far, best first. */
export type Suggest = (term: string, signal: AbortSignal) => Promise<readonly string[]>;

const MOST = 10;
const SETTLED_MS = 150;

export function suggestAnswers(api: Api, kind: AnswerKind): Suggest {
  return async (term, signal) => {
    const { data } = await api.request(SuggestAnswersDocument, { kind, term }, signal);
    return data?.suggestAnswers?.map(({ answer }) => answer) ?? [];
  };
}

/** Titles that begin like the term, otherwise those that mean something similar. */
export function suggestTitles(api: Api): Suggest {
  const suggest = suggestAnswers(api, 'JOB_TITLE');
  return async (term, signal) => {
    if (term.length < 4) return [];
    const titles = await suggest(term, signal);
    if (titles.length > 0) return titles;
    const { data } = await api.request(MatchTitleDocument, { jobTitle: term }, signal);
    return data?.matchJobTitle?.matches.map(({ answer }) => answer) ?? [];
  };
}

/** The most frequent places first. */
export function suggestPlaces(api: Api): Suggest {
  return async (term, signal) => {
    // What is looked for begins the text of a place.
    const { data } = await api.request(SuggestPlacesDocument, { term: term.split(',')[0] ?? term }, signal);
    const places = data?.suggestLocations?.toSorted((a, b) => (b.frequency ?? 0) - (a.frequency ?? 0)) ?? [];
    // A place whose parts are not told is understood as it is written.
    return places.slice(0, MOST).map(({ text, city, state, country }) => {
      const parts = { city: city ?? '', state: state ?? '', country: country ?? '' };
      return country ? placeLine(parts) : text;
    });
  };
}

/** What is suggested for a term now; nothing while `open` is false. */
export function useSuggestions(suggest: Suggest, term: string, open: boolean): readonly string[] {
  const [found, setFound] = useState<readonly string[]>([]);
  const wanted = term.trim();
  useEffect(() => {
    if (!open || wanted === '') {
      setFound([]);
      return undefined;
    }
    const ended = new AbortController();
    const search = (): void => {
      suggest(wanted, ended.signal).then(
        (values) => (ended.signal.aborted ? undefined : setFound(values.slice(0, MOST))),
        // The signal's reason alone, when something else is looked for.
        () => undefined,
      );
    };
    const timer = setTimeout(search, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [suggest, wanted, open]);
  return found;
}
