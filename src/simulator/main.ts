import { pino } from 'pino';
import { allowLostOutput } from '../lib/lost-output.js';
import { readCommandLine, whyNotInProduction } from './command-line.js';
import { SIMULATOR_CLIENT_ID, SIMULATOR_CLIENT_SECRET, startSimulator, type SimulatorOptions } from './simulator.js';

allowLostOutput('simulator');
const asked = readCommandLine(process.argv.slice(2));
if (asked.kind === 'help') {
  process.stdout.write(`${asked.text}\n`);
} else if (asked.kind === 'refused') {
  stop(asked.reason);
} else {
  await run(asked.options);
}

async function run(options: SimulatorOptions): Promise<void> {
  const refused = whyNotInProduction(process.env);
  if (refused) return stop(refused);
  let simulator;
  try {
    simulator = await startSimulator(options, pino({ name: 'simulator' }));
  } catch (error) {
    return stop((error as Error).message);
  }
  const { origin } = simulator;
  // The default secret protects nothing and can be shown; one that was set is not printed.
  const secret = options.clientSecret === undefined ? SIMULATOR_CLIENT_SECRET : '(as given)';
  process.stdout.write(
    [
      '',
      `  Jobalyzer simulator, with invented data: ${origin}`,
      `  JOBALYZER_URL=${origin}`,
      `  JOBALYZER_AUTH_URL=${origin}`,
      `  JOBALYZER_USAGE_URL=${origin}`,
      `  JOBALYZER_CLIENT_ID=${options.clientId ?? SIMULATOR_CLIENT_ID}`,
      `  JOBALYZER_CLIENT_SECRET=${secret}`,
      '',
      `  settings  GET, POST  ${origin}/simulator/settings`,
      `  counters  GET        ${origin}/simulator/counters`,
      `  usage     GET        ${origin}/simulator/usage`,
      `  reset     POST       ${origin}/simulator/reset`,
      `  revoke    POST       ${origin}/simulator/revoke-tokens`,
      '',
      '',
    ].join('\n'),
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close());
}

function stop(reason: string): void {
  process.stderr.write(`simulator: ${reason}\n`);
  process.exitCode = 1;
}
