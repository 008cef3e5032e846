import type { Simulator } from '../../src/simulator/simulator.js';
import type { Built } from './built.ts';
import { makeQuestion, nameOf, type Question, type ReportType } from './questions.ts';

/** What happens outside the server, and so is still known when it has been killed. */
export interface World {
  readonly built: Built;
  readonly simulator: Simulator;
  readonly random: () => number;
  /** Everything that was ever asked. */
  readonly questions: Question[];
  /** How often each report was knowingly bought again: the only duplicates there may be. */
  readonly resubmits: Map<string, number>;
  /** Reports that were uncertain when the last restart was looked at. */
  uncertain: readonly Purchase[];
  readonly violations: Violation[];
  kill: number;
}

export interface Purchase {
  readonly question: Question;
  readonly type: ReportType;
}

/** An invariant that did not hold. */
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

/** How often the simulator accepted each report, by the name `nameOf` gives it. */
export function acceptedReports({ simulator }: World): Map<string, number> {
  const accepted = new Map<string, number>();
  for (const { key, type } of simulator.counters().purchases) {
    const name = `${key}:${type}`;
    accepted.set(name, (accepted.get(name) ?? 0) + 1);
  }
  return accepted;
}

export function resubmitsOf({ resubmits }: World, { question, type }: Purchase): number {
  return resubmits.get(nameOf(question, type)) ?? 0;
}

/** To be called before the request is sent: it may be acted on though its answer is lost. */
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
