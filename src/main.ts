import { createApp } from './app.js';
import { ConfigError, environment, readConfig } from './config.js';

/** A stop that takes longer than this is not a stop: everything in it is bounded more tightly. */
const LONGEST_STOP_MS = 20_000;

try {
  const app = await createApp(readConfig(environment()));
  const url = await app.listen();
  app.log.info({ url: `${url}/graphql` }, 'GraphQL API');
  app.log.info({ url: `${url}/graphiql` }, 'playground');
  if (app.simulator) {
    app.log.warn(
      { simulator: app.simulator.origin },
      'SIMULATED DATA: no Jobalyzer credentials are set, so every figure is invented',
    );
  }

  const stop = (signal: NodeJS.Signals): void => {
    app.log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
    void app.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    error instanceof ConfigError ? `The settings are wrong:\n${reason}\n` : `The start failed: ${reason}\n`,
  );
  process.exitCode = 1;
}
