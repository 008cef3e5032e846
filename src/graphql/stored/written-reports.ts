import type { Kept } from '../../datasources/reports/cache.js';
import { ownText } from '../../lib/own-text.js';

/** What was written of reports in memory, to be used in every answer with the same report and selection. */
export interface WrittenReports {
  /** `selection`: anything that stands for it. */
  get(report: Kept, selection: object): string | undefined;
  set(report: Kept, selection: object, json: string): void;
}

/** Bounds, in characters; each text counts a bit more than it has. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
const LONGEST = 256 * 1024;
const OVERHEAD = 200;

type Generation = WeakMap<Kept, Map<object, string>>;

/**
 * In two generations, each of at most half of `most`: what is used moves to the younger one, and the older one is dropped as
 * a whole. What belongs to a report that has left the memory goes with it.
 */
export function createWrittenReports(most = MOST_CHARACTERS): WrittenReports {
  let young: Generation = new WeakMap();
  let old: Generation = new WeakMap();
  let size = 0;

  function add(report: Kept, selection: object, json: string): void {
    size += json.length + OVERHEAD;
    if (size > most / 2) {
      old = young;
      young = new WeakMap();
      size = json.length + OVERHEAD;
    }
    const texts = young.get(report);
    if (texts) texts.set(selection, json);
    else young.set(report, new Map([[selection, json]]));
  }

  return {
    get(report, selection) {
      const json = young.get(report)?.get(selection);
      if (json !== undefined) return json;
      const older = old.get(report)?.get(selection);
      if (older !== undefined) add(report, selection, older);
      return older;
    },
    set(report, selection, json) {
      if (json.length <= LONGEST) add(report, selection, ownText(json));
    },
  };
}
