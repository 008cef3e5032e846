import { post } from '../fixtures/server/post.ts';
import { complain, type World } from './world.ts';

interface Usage {
  readonly submitted: number;
  readonly collected: number;
  readonly billable: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly recovered: number;
}

/** Checks that what is counted is what happened, once nothing is under way. `ready`: how many reports are. */
export async function checkUsage(world: World, url: string, ready: number): Promise<void> {
  const usage = await usageOf(url);
  const { submitted, collected, failed, uncertain, recovered } = usage;
  const said = JSON.stringify(usage);
  if (submitted !== collected + failed + uncertain) complain(world, `usage does not add up: ${said}`);
  if (collected !== ready) complain(world, `${ready} reports are ready, and usage says otherwise: ${said}`);
  // A link that arrived was stored, and one poll is not the last word: nothing was given up that could be had after all.
  if (recovered !== 0 && world.log === 'none')
    complain(world, `something was recovered that should not have been lost: ${said}`);
  // An uncertain report may or may not have been bought; every other purchase must have been collected.
  const bought = world.simulator.counters().submittedReports;
  if (bought < collected || bought > collected + uncertain) {
    complain(world, `${bought} reports were bought, and usage says otherwise: ${said}`);
  }
  await checkCharges(world, url, usage);
}

/** What was rejected or given up has been given back; everything else is charged, as long as it is still the same day. */
async function checkCharges(world: World, url: string, { collected, uncertain }: Usage): Promise<void> {
  if (today() !== world.day) return;
  const { data } = await post<{ viewer: { budget: { used: number } } }, object>(url, '{ viewer { budget { used } } }');
  const used = data?.viewer.budget.used;
  if (used !== collected + uncertain) {
    complain(world, `${used} reports are charged, and ${collected} were collected, ${uncertain} uncertain`);
  }
}

/** In UTC. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export async function usageOf(url: string): Promise<Usage> {
  const { data, errors } = await post<{ usage: Usage }, object>(
    url,
    '{ usage { submitted collected billable failed uncertain recovered } }',
  );
  if (!data) throw new Error(`The usage could not be read: ${errors[0]?.message}`);
  return data.usage;
}
