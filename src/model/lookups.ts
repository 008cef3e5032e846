import type { MatchContext } from './report.js';

/** What upstream's free, synchronous endpoints tell. */

export interface Impact {
  readonly answer: string;
  readonly profileCount: number | null;
  readonly percentReporting: number | null;
  readonly medianBasePay: number | null;
  readonly payDifferential: number | null;
  readonly payDifferentialPercentage: number | null;
}

export interface ImpactReport {
  readonly impacts: readonly Impact[];
  readonly context: MatchContext | null;
}

export type ImpactKind = 'skills' | 'certs' | 'education';

export type AnswerKind =
  'JOB_TITLE' | 'SKILLS' | 'CERTIFICATIONS' | 'EMPLOYER_PRODUCT_ACTIVITY' | 'HIGHEST_DEGREE_EARNED';

export interface Suggestion {
  readonly answer: string;
  readonly score: number | null;
}

export interface JobTitleMatch {
  readonly matches: readonly Suggestion[];
  readonly tasks: readonly { readonly jobTitle: string; readonly tasks: readonly string[] }[];
  readonly yearsExperience: number | null;
}

export interface LocationSuggestion {
  readonly text: string;
  readonly id: number | null;
  readonly frequency: number | null;
}
