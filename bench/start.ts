/** The time from launching a server to its first response. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { launchServer } from '../test/fixtures/server/server-process.ts';
import { serverSettings } from '../test/fixtures/server/settings.ts';
import { openClient } from './support/client.ts';
import { median, ms, quantile, table } from './support/figures.ts';
import { sizes } from './support/sizes.ts';
import { play } from './support/stage.ts';

const { runs: RUNS } = sizes({ runs: 10 });

await play(async (stage) => {
  const simulator = await stage.simulate();

  const untilResponse = async (
    settings: Record<string, string>,
    ending: NodeJS.Signals = 'SIGKILL',
  ): Promise<number> => {
    const startedAt = performance.now();
    const server = launchServer({ settings });
    try {
      const client = openClient(await server.listening);
      await client.ask('{ __typename }');
      const took = performance.now() - startedAt;
      await client.close();
      return took;
    } finally {
      await server.end(ending);
    }
  };
  const bareNode = async (): Promise<number> => {
    const startedAt = performance.now();
    await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
    return performance.now() - startedAt;
  };

  const measured: Record<string, number[]> = {
    'empty Node process': [],
    'real upstream': [],
    'embedded simulator': [],
  };
  const real = async (): Promise<Record<string, string>> => serverSettings(simulator.origin, await stage.directory());
  const simulated = async (): Promise<Record<string, string>> => ({ PORT: '0', DATA_DIR: await stage.directory() });
  // The first start after a build compiles; a server that is not killed leaves what it has compiled to the next.
  for (const settings of [await real(), await simulated()]) await untilResponse(settings, 'SIGTERM');
  // Alternating, so that other load on the machine affects all three equally.
  for (let run = 0; run < RUNS; run++) {
    measured['empty Node process']?.push(await bareNode());
    measured['real upstream']?.push(await untilResponse(await real()));
    measured['embedded simulator']?.push(await untilResponse(await simulated()));
  }
  const beside = (name: string): number =>
    median((measured[name] ?? []).map((time, run) => time / (measured['empty Node process']?.[run] ?? Number.NaN)));
  table(
    [`launch to first response, ${RUNS} runs`, 'median', 'fastest', 'slowest'],
    Object.entries(measured).map(([name, times]) => [
      name,
      ms(median(times)),
      ms(quantile(times, 0)),
      ms(quantile(times, 1)),
    ]),
  );
  return {
    figures: [
      {
        what: 'real upstream, beside an empty Node process',
        value: beside('real upstream'),
        unit: 'ratio',
        atMost: 12,
      },
      { what: 'embedded simulator, beside an empty Node process', value: beside('embedded simulator'), unit: 'ratio' },
      ...Object.entries(measured).map(([what, times]) => ({ what, value: median(times), unit: 'ms' as const })),
    ],
  };
});
