import type { Simulator } from '../../src/simulator/simulator.js';
import type { Built } from '../fixtures/server/built.ts';
import { makeQuestion, nameOf, type Question, type ReportType } from './questions.ts';

/** `none`: no usage log is set. `complete`: it has a row for each report. `missing`: some rows are missing. */
export const LOG_MODES = ['none', 'complete', 'missing'] as const;
export type LogMode = (typeof LOG_MODES)[number];

/** State outside of the server, which survives its kills. */
export interface World {
  readonly built: Built;
  readonly simulator: Simulator;
  readonly random: () => number;
  readonly log: LogMode;
  /** All questions asked so far. */
  readonly questions: Question[];
  /** Resubmissions of each report, the only duplicates allowed. */
  readonly resubmits: Map<string, number>;
  /** Reports that a kill cut off while they were sent: only these may be uncertain. */
  readonly cutOff: Set<string>;
  /** Reports that were uncertain at the last check. */
  uncertain: readonly Doubt[];
  readonly violations: Violation[];
  /** The UTC day on which it began. */
  readonly day: string;
  kill: number;
}

export interface Purchase {
  readonly question: Question;
  readonly type: ReportType;
}

/** An uncertain purchase. */
export interface Doubt extends Purchase {
  /** Of its SUBMISSION_UNCERTAIN: names this doubt when it is bought again. */
  readonly since: string;
}

/** A violated invariant. */
export interface Violation {
  readonly kill: number;
  readonly what: string;
  readonly reports: readonly string[];
}

export function complain(world: World, what: string, reports: readonly string[] = []): void {
  world.violations.push({ kill: world.kill, what, reports });
}

export function newQuestion(world: World): Question {
  const question = makeQuestion(world.built, world.questions.length + 1, world.random);
  world.questions.push(question);
  return question;
}

/** How often the simulator accepted each report, by its `nameOf`. */
export function acceptedReports({ simulator }: World): Map<string, number> {
  const accepted = new Map<string, number>();
  for (const { key, type } of simulator.counters().purchases) {
    const name = `${key}:${type}`;
    accepted.set(name, (accepted.get(name) ?? 0) + 1);
  }
  return accepted;
}

/** The reports that reached the simulator in a POST, accepted or not, by their `nameOf`. */
export function askedReports({ simulator }: World): Set<string> {
  return new Set(simulator.counters().asked.map(({ key, type }) => `${key}:${type}`));
}

export function resubmitsOf({ resubmits }: World, { question, type }: Purchase): number {
  return resubmits.get(nameOf(question, type)) ?? 0;
}

/** Must be called before the request is sent, which may take effect even if its response is lost. */
export function noteResubmit({ resubmits }: World, { question, type }: Purchase): void {
  const name = nameOf(question, type);
  resubmits.set(name, (resubmits.get(name) ?? 0) + 1);
}

export function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}

export function between(least: number, most: number, random: () => number): number {
  return least + (most - least) * random();
}

export function describe({ question, type }: Purchase): string {
  return `${question.id} ${type} (upstream: ${nameOf(question, type)})`;
}
