import type { AnswerIssue } from '../errors.js';
import type { Degree } from './answers.js';
import type { PlaceAnswers } from './place.js';
import type { MatchContext } from './report-contents.js';

/** What upstream's free, synchronous endpoints tell. Null: upstream gave none. */

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
  /** Figures that could not be read. */
  readonly warnings: readonly AnswerIssue[];
}

export type ImpactKind = 'skills' | 'certs' | 'education';

/** The answers that upstream suggests values for. */
export const AnswerKind = {
  JOB_TITLE: 'JOB_TITLE',
  SKILLS: 'SKILLS',
  CERTIFICATIONS: 'CERTIFICATIONS',
  EMPLOYER_PRODUCT_ACTIVITY: 'EMPLOYER_PRODUCT_ACTIVITY',
  HIGHEST_DEGREE_EARNED: 'HIGHEST_DEGREE_EARNED',
} as const;
export type AnswerKind = (typeof AnswerKind)[keyof typeof AnswerKind];

export interface Suggestion {
  readonly answer: string;
  readonly score: number | null;
  /** Of a degree that is known here; null for everything else. */
  readonly degree: Degree | null;
}

export interface JobTitleTasks {
  readonly jobTitle: string;
  readonly tasks: readonly string[];
}

export interface JobTitleMatch {
  readonly matches: readonly Suggestion[];
  readonly tasks: readonly JobTitleTasks[];
  readonly yearsExperience: number | null;
}

export interface LocationSuggestion extends PlaceAnswers {
  readonly text: string;
  readonly id: number | null;
  readonly frequency: number | null;
}
