import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf } from './questions.ts';
import { look } from './sights.ts';
import { reportsInLog } from './simulated-log.ts';
import { uncertainOf } from './uncertain.ts';
import { usageOf } from './usage.ts';
import { acceptedReports, askedReports, complain, describe, type Purchase, type World } from './world.ts';

/** The longest time until a doubt has been looked for again, after the simulator has its row. */
const LONGEST_RECONCILING_MS = 120_000;

/** Waits until whatever is in the log is no longer uncertain. What is not stays so. */
export async function reconciled(world: World, url: string): Promise<void> {
  const inLog = await reportsInLog(world);
  const until = performance.now() + LONGEST_RECONCILING_MS;
  for (;;) {
    world.uncertain = await uncertainOf(world, url, await look(world, url));
    const found = world.uncertain.filter(({ question, type }) => inLog.has(nameOf(question, type)));
    if (found.length === 0) return;
    if (performance.now() > until) return complain(world, 'in the usage log, and still uncertain', found.map(describe));
    await sleep(250);
  }
}

/** What the usage log did about the purchases that were cut off. */
export interface LogSummary {
  /** Reports that a kill cut off while they were sent. */
  readonly cutOff: number;
  /** Those that are uncertain in the end though they were bought: their rows are missing. */
  readonly boughtAndUncertain: number;
  /** Those that are uncertain and were refused: the kill came before the answer. */
  readonly refused: number;
  /** Those that are uncertain and never reached upstream: the kill came between the commit and the first byte. */
  readonly neverLeft: number;
  /** Reports that were bought and are not in the log, whether their purchase was cut off or not. */
  readonly missingRows: number;
}

/** Counts what is uncertain in the end, and checks that it is exactly what was cut off and is not in the log. */
export async function summarizeLog(world: World, url: string): Promise<LogSummary> {
  const inLog = await reportsInLog(world);
  const sights = await look(world, url);
  const uncertain = await uncertainOf(world, url, sights);
  const isUncertain = ({ question, type }: Purchase): boolean =>
    uncertain.some((doubt) => doubt.question === question && doubt.type === type);
  const found = uncertain.filter(({ question, type }) => inLog.has(nameOf(question, type)));
  if (found.length > 0) complain(world, 'in the usage log, and uncertain in the end', found.map(describe));
  const gone = sights.filter(({ question, type, status }) => {
    const wasCutOff = world.cutOff.has(`${question.id}:${type}`) && question.known;
    return wasCutOff && status !== 'READY' && !isUncertain({ question, type });
  });
  if (gone.length > 0) complain(world, 'cut off, and neither here nor uncertain', gone.map(describe));
  const accepted = acceptedReports(world);
  const bought = uncertain.filter(({ question, type }) => accepted.has(nameOf(question, type)));
  const asked = askedReports(world);
  const neverLeft = sights.filter(({ question, type, status }) => {
    return status === 'FAILED' && world.cutOff.has(`${question.id}:${type}`) && !asked.has(nameOf(question, type));
  });
  return {
    cutOff: world.cutOff.size,
    boughtAndUncertain: bought.length,
    refused: (await usageOf(url)).uncertain - bought.length - neverLeft.length,
    neverLeft: neverLeft.length,
    missingRows: [...accepted.keys()].filter((name) => !inLog.has(name)).length,
  };
}
