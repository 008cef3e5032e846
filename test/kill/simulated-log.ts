import type { World } from './world.ts';

interface Logged {
  readonly key: string;
  readonly type: 'pay' | 'yoe';
  readonly missing: boolean;
}

/** The reports in the simulator's usage log, as `nameOf` names them. */
export async function reportsInLog({ simulator }: World): Promise<ReadonlySet<string>> {
  const response = await fetch(`${simulator.origin}/simulator/usage`);
  const logged = (await response.json()) as Logged[];
  return new Set(logged.flatMap(({ key, type, missing }) => (missing ? [] : `${key}:${type}`)));
}
