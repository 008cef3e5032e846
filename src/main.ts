import { createApp, type App } from './app.js';
import { ConfigError, environment, readConfig } from './config.js';

/** A stop that takes longer than this is not a stop: everything in it is bounded more tightly. */
const LONGEST_STOP_MS = 20_000;

try {
  const app = await createApp(readConfig(environment()));
  stopOnSignals(app);
  const url = await app.listen().catch(async (error: unknown) => {
    await app.close();
    throw new Error('HOST, PORT: it cannot listen there.', { cause: error });
  });
  app.log.info({ url: `${url}/graphql` }, 'GraphQL API');
  app.log.info({ url: `${url}/graphiql` }, 'playground');
  if (app.simulator) {
    app.log.warn(
      { simulator: app.simulator.origin },
      'SIMULATED DATA: no Jobalyzer credentials are set, so every figure is invented',
    );
  }
} catch (error) {
  const reason = reasonOf(error);
  process.stderr.write(
    error instanceof ConfigError ? `The settings are wrong:\n${reason}\n` : `The start failed: ${reason}\n`,
  );
  process.exitCode = 1;
}

/** What failed, and what was at the root of it where that does not say so itself. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  return error.message.includes(root.message) ? error.message : `${error.message} ${root.message}`;
}

/** Whatever ends this process, purchases in flight are finished and stored first. */
function stopOnSignals(app: App): void {
  let stopping = false;
  const stop = (exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
    void app.close().then(() => process.exit(exitCode));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // On, not once: a second signal would otherwise end the process with purchases in flight.
    process.on(signal, () => {
      app.log.info({ signal }, 'stopping');
      stop(0);
    });
  }
  process.on('uncaughtException', (error) => {
    app.log.fatal({ err: error }, 'stopping after an unexpected error');
    stop(1);
  });
}
